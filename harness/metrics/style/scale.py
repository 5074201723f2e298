"""The style scale of a task: a model fitted to its anchors, once per process, for all arms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from harness.metrics.style.anchors import Anchors
from harness.metrics.style.content import leakage
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.model import StyleModel, fit

CLEAR: Final = 0.85
"""least AUROC of unseen reference against generic texts: below it, the ends of the scale overlap"""

PARTS: Final = ("place", "order", "range", "ending", "outside")
"""of a text's value, as they stand in the details of a score"""


@dataclass(frozen=True)
class StyleScale:
    """A fitted model and how reliable it is."""

    model: StyleModel
    facts: Mapping[str, Any]
    """for the record"""

    @property
    def unclear(self) -> str:
        """Why the scale must not be used; "" when it may."""
        if self.model.separation >= CLEAR:
            return ""
        return (
            "the style of the references does not differ enough from their sources' "
            f"(AUROC {self.model.separation:.2f}, at least {CLEAR} is needed)"
        )

    def read(self, texts: Sequence[str]) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield the style match of each text and its parts."""
        values = self.model.read(texts)
        parts = {name: getattr(values, name) for name in PARTS}
        for number, value in enumerate(values.value):
            yield float(value), {name: _short(part[number]) for name, part in parts.items()}


@lru_cache(maxsize=4)
def fitted(anchors: Anchors, encoder: StyleEncoder | None) -> StyleScale:
    """Return the scale of these anchors."""
    model = fit(anchors.references, anchors.generic, anchors.topics, anchors.generic_topics, encoder)
    facts = {
        "house": len(anchors.references),  # the name that it has in every record
        "generic": len(anchors.generic),
        "writer": anchors.writer,
        "separation": _short(model.separation),
        "leakage": _short(leakage(lambda texts: model.read(texts).value, anchors.references, anchors.sources)),
        "borrowed": None if model.ending_facts.borrowed is None else _short(model.ending_facts.borrowed),
        "lost": _short(model.ending_facts.lost),
    }
    return StyleScale(model, facts)


def _short(value: float) -> float:
    return round(float(value), 4)
