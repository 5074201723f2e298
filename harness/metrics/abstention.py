"""Abstention: does the arm decline exactly when there is nothing to know?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.reference_scoring import abstained, failure_note
from harness.types import Example, Kind, Pair, Prediction, Score


@dataclass(frozen=True)
class Abstention:
    """1 for a refusal of an unanswerable example or an answer to an answerable one, else 0.

    Says nothing about whether the answer is right. A failed prediction is neither and gets 0.
    """

    KEY: ClassVar[str] = "harness.metrics.abstention.Abstention"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "decision"
    name: ClassVar[str] = "abstention"
    unit: ClassVar[str] = "share of right decisions to answer or decline"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [self._score(example, prediction) for example, prediction in pairs]

    def _score(self, example: Example, prediction: Prediction) -> Score:
        if prediction.failed:
            return Score(example.id, self.name, self.worst, note=failure_note(prediction))
        declined = abstained(example, prediction)
        value = float(declined == (not example.answerable))
        return Score(example.id, self.name, value, "abstained" if declined else "")
