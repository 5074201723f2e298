"""Style match: how near is the answer's style to the reference style, whatever it says? No judge and no model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import abstained, failure_note
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.scale import StyleScale, fitted
from harness.types import Pair, Reason, Score


@dataclass(frozen=True)
class StyleMatch(Metric):
    """0 = written as a generic writer of the same content would, 1 = another text in the style of the references.

    Whether the answer is right does not matter: a refusal is measured like any other answer, and a failed prediction
    scores 0. No value where the task has too few references, or where their style does not differ from their sources'.
    """

    KEY: ClassVar[str] = "harness.metrics.style_match.StyleMatch"

    encoder: StyleEncoder | None
    """a style embedding instead of the built-in features; None for the built-in ones"""

    VERSION: ClassVar[int] = 7
    kind: ClassVar[Kind] = "style"
    unit: ClassVar[str] = "style: 0 a generic writer of the same content, 1 the reference style"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    @property
    def name(self) -> str:
        return "style_match" if self.encoder is None else "style_embedding"

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        refused = self._refused() if pairs else ""
        if refused:
            return [Score(example.id, self.name, None, "not_applicable", refused) for example, _ in pairs]
        return list(self._scores(pairs))

    def facts(self) -> Mapping[str, Any]:
        """Return what the ends of the scale are made of, and how reliable it is."""
        refused = self._refused()
        measured = {} if self.context.reference_style.missing else self._scale().facts
        return {"refused": refused, **measured}

    def _refused(self) -> str:
        return self.context.reference_style.missing or self._scale().unclear

    def _scale(self) -> StyleScale:
        return fitted(self.context.reference_style, self.encoder)

    def _scores(self, pairs: Sequence[Pair]) -> Iterator[Score]:
        texts = [prediction.text for _, prediction in pairs if not prediction.failed]
        measured = iter(self._scale().read(texts) if texts else ())
        for example, prediction in pairs:
            if prediction.failed:
                yield Score(example.id, self.name, self.worst, note=failure_note(prediction))
                continue
            value, parts = next(measured)
            reason: Reason = "abstained" if abstained(example, prediction) else ""
            yield Score(example.id, self.name, value, reason, details=parts)
