"""Style match: how near is the answer's manner to the house's, whatever the answer says? No judge, no model asked."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.metrics.reference_scoring import abstained, failure_note
from harness.metrics.style.anchors import Anchors, anchors_of
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.fitted import Fitted, fitted
from harness.types import Kind, Pair, Reason, Score, Task

UNSET: Final = "the metric was not told the task"


@dataclass(frozen=True)
class StyleMatch:
    """0 = written as a generic writer of the same content would, 1 = another text of the house.

    Right or wrong plays no part: a refusal is read like any other answer, and a failed prediction scores 0. Says
    nothing where the task has too few references, or where these are not told from their sources by their manner.
    """

    KEY: ClassVar[str] = "harness.metrics.style_match.StyleMatch"

    encoder: StyleEncoder | None
    """a style embedding in place of the built-in reading; None for the built-in one"""

    VERSION: ClassVar[int] = 2
    kind: ClassVar[Kind] = "style"
    unit: ClassVar[str] = "style: 0 a generic writer of the same content, 1 the house"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    anchors: ClassVar[Anchors | None] = None
    """of the task, on the copy that `with_task` returns; they follow from the task's data"""

    @property
    def name(self) -> str:
        return "style_match" if self.encoder is None else "style_embedding"

    def with_task(self, task: Task) -> "StyleMatch":
        """Return the same metric with the ends of its scale."""
        told = dataclasses.replace(self)
        object.__setattr__(told, "anchors", anchors_of(task))
        return told

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        refused = self._refused() if pairs else ""
        if refused:
            return [Score(example.id, self.name, None, "not_applicable", refused) for example, _ in pairs]
        return list(self._scores(pairs))

    def facts(self) -> Mapping[str, Any]:
        """Return what the ends of the scale are made of, and how far it can be believed."""
        if self.anchors is None or self.anchors.missing:
            return {"refused": self._refused()}
        return {"refused": self._refused(), **self._fitted().facts}

    def _refused(self) -> str:
        if self.anchors is None:
            return UNSET
        return self.anchors.missing or self._fitted().unclear

    def _fitted(self) -> Fitted:
        assert self.anchors is not None
        return fitted(self.anchors, self.encoder)

    def _scores(self, pairs: Sequence[Pair]) -> Iterator[Score]:
        texts = [prediction.text for _, prediction in pairs if not prediction.failed]
        readings = iter(self._fitted().read(texts) if texts else ())
        for example, prediction in pairs:
            if prediction.failed:
                yield Score(example.id, self.name, self.worst, note=failure_note(prediction))
                continue
            value, parts = next(readings)
            reason: Reason = "abstained" if abstained(example, prediction) else ""
            yield Score(example.id, self.name, value, reason, json.dumps(parts))
