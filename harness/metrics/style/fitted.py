"""A style model fitted to a task's anchors: once per process, for all arms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from harness.metrics.style.anchors import Anchors
from harness.metrics.style.content import borrowed, leakage
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.model import StyleModel, fit

CLEAR: Final = 0.85
"""AUROC of unseen house against generic texts, at least: below, the ends of the scale overlap"""


@dataclass(frozen=True)
class Fitted:
    """A model and what is known of it."""

    model: StyleModel
    facts: Mapping[str, Any]

    @property
    def unclear(self) -> str:
        """Why the scale means nothing; "" when it does."""
        if self.model.separation >= CLEAR:
            return ""
        return (
            "the references are not told from their sources by their style "
            f"(AUROC {self.model.separation:.2f}, at least {CLEAR} is needed)"
        )

    def read(self, texts: Sequence[str]) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield the style match of each text and what it is made of."""
        found = self.model.read(texts)
        columns = (found.value, found.place, found.order, found.range)
        for value, place, order, within in zip(*columns, strict=True):
            yield float(value), {"place": _short(place), "order": _short(order), "range": _short(within)}


@lru_cache(maxsize=4)
def fitted(anchors: Anchors, encoder: StyleEncoder | None) -> Fitted:
    """Return the model of these anchors."""
    model = fit(anchors.house, anchors.generic, anchors.topics, anchors.generic_topics, encoder)
    facts = {
        "house": len(anchors.house),
        "generic": len(anchors.generic),
        "writer": anchors.writer,
        "separation": _short(model.separation),
        "leakage": _short(leakage(lambda texts: model.read(texts).value, anchors.house, anchors.sources)),
        "borrowed": None if (value := _borrowed(model, anchors)) is None else _short(value),
    }
    return Fitted(model, facts)


def _borrowed(model: StyleModel, anchors: Anchors) -> float | None:
    return borrowed(lambda texts: model.read(texts).value, anchors.generic, anchors.house)


def _short(value: float) -> float:
    return round(float(value), 4)
