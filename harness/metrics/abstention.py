"""Abstention: does the arm refuse to answer the unanswerable examples, and only those?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import UNDECIDABLE, abstained, decidable, failure_note, not_recognised
from harness.types import Example, Pair, Prediction, Score


@dataclass(frozen=True)
class Abstention(Metric):
    """1 for a refusal of an unanswerable example or an answer to an answerable one, else 0.

    It does not measure whether the answer is right. A failed prediction is neither and gets 0. Where no example has a
    reference and none is marked as unanswerable, it is unknown which can be answered, and there is no value; nor is
    there one for an answer in a language whose refusals are not recognised.
    """

    KEY: ClassVar[str] = "harness.metrics.abstention.Abstention"
    VERSION: ClassVar[int] = 7
    kind: ClassVar[Kind] = "decision"
    name: ClassVar[str] = "abstention"
    unit: ClassVar[str] = "share of right decisions to answer or refuse"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not of_cell(pairs, decidable):
            return [Score(example.id, self.name, None, "not_applicable", UNDECIDABLE) for example, _ in pairs]
        return [self._score(example, prediction) for example, prediction in pairs]

    def _score(self, example: Example, prediction: Prediction) -> Score:
        if prediction.failed:
            return Score(example.id, self.name, self.worst, note=failure_note(prediction))
        refused = abstained(example, prediction)
        given = refused or prediction.text.strip() in example.references  # a right answer refuses nothing
        unknown = None if given else not_recognised(self, example, prediction)
        if unknown is not None:
            return unknown
        value = float(refused == (not example.answerable))
        return Score(example.id, self.name, value, "abstained" if refused else "")
