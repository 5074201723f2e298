"""Answer length in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import abstained
from harness.text.tokens import words
from harness.types import Example, Pair, Prediction, Reason, Score


@dataclass(frozen=True)
class AnswerLength(Metric):
    """Words of the answer (Chinese and Japanese: characters); neither short nor long is better.

    It describes the answers and does not rate them: a failed prediction counts what it wrote, 0 words after an error.
    """

    KEY: ClassVar[str] = "harness.metrics.answer_length.AnswerLength"
    VERSION: ClassVar[int] = 6
    kind: ClassVar[Kind] = "length"
    name: ClassVar[str] = "answer_length"
    unit: ClassVar[str] = "words (Chinese, Japanese: characters)"
    higher_is_better: ClassVar[None] = None
    worst: ClassVar[None] = None

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [self._score(example, prediction) for example, prediction in pairs]

    def _score(self, example: Example, prediction: Prediction) -> Score:
        reason: Reason = "abstained" if abstained(example, prediction) else ""
        return Score(example.id, self.name, float(len(words(prediction.text))), reason)
