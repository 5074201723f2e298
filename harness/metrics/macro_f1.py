"""Macro-F1: the mean over labels of each label's F1, so that rare labels count as much as frequent ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Final

from harness.metrics.accuracy import Accuracy
from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.label_reading import labels_of
from harness.metrics.metric import Aggregate
from harness.text.entities import decoded
from harness.types import Example, Pair, Prediction, Score

REFUSAL: Final = -1.0
"""class of examples that cannot be answered, and of refusals"""
NOTHING: Final = -2.0
"""class of answers that state no label or failed: never right"""


@dataclass(frozen=True)
class MacroF1(Accuracy):
    """The classes are the labels of the test references (and refusals, where some examples cannot be answered).

    They are the same for every arm: a label that no reference has is a wrong answer and no class of its own. It is a
    number of all answers together: the score of one answer is 1 or 0, right or wrong as for accuracy, with the places
    of both labels in its details, and tables compute macro-F1 from these (`harness.analysis.stats.corpus_values`).
    """

    KEY: ClassVar[str] = "harness.metrics.macro_f1.MacroF1"
    VERSION: ClassVar[int] = 5
    name: ClassVar[str] = "macro_f1"
    unit: ClassVar[str] = "F1 of each label, averaged over labels"
    aggregate: ClassVar[Aggregate] = "macro_f1"

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        scored = zip(pairs, super().score(pairs), strict=True)
        return [replace(score, details=self._classes(*pair, score)) for pair, score in scored]

    def _classes(self, example: Example, prediction: Prediction, score: Score) -> dict[str, float]:
        if score.value is None:
            return {}
        if not example.answerable:
            return {"label": REFUSAL, "stated": REFUSAL if score.value else NOTHING}
        right = self._right(example, prediction, score)
        if score.value:
            stated = self._class(right)
        elif score.reason == "abstained":
            stated = REFUSAL
        else:
            read = None if prediction.failed else self.stated(decoded(prediction.text), right)
            stated = NOTHING if read is None else self._class(read)
        return {"label": self._class(right), "stated": stated}

    def _right(self, example: Example, prediction: Prediction, score: Score) -> str:
        """Return the label that counts as the right one: of several the one that was stated."""
        texts = [decoded(text) for text in example.references]
        if score.value:
            return next(text for text in texts if self.compare(decoded(prediction.text), text))
        return texts[0]

    def _class(self, label: str) -> float:
        """Return the number of a label: its place among the task's labels as they are read, the same for all arms."""
        known = self.context.labels
        first = labels_of(known).of(label)
        return float(_numbers(known).get(first, len(known)))


@lru_cache(maxsize=16)
def _numbers(labels: tuple[str, ...]) -> Mapping[str, int]:
    """Return label -> its number; "Yes" and "yes" are one class."""
    return {label: number for number, label in enumerate(dict.fromkeys(map(labels_of(labels).of, labels)))}
