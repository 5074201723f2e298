"""Multiple choice by likelihood: is the answer that the model finds most likely a right one?

As in lm-evaluation-harness: `acc` takes the greatest log-likelihood, `acc_norm` the greatest per character of the
choice, so that long ones have no handicap. Whatever the model writes freely plays no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.metric import KnownAnswer, Metric
from harness.metrics.reference_scoring import failure_note
from harness.types import Example, Pair, Prediction, Score


@dataclass(frozen=True)
class ChoiceAccuracy(Metric):
    """1 when the choice with the greatest log-likelihood is a reference, else 0."""

    KEY: ClassVar[str] = "harness.metrics.acc.ChoiceAccuracy"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "acc"
    unit: ClassVar[str] = "share of questions"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def chosen(self, example: Example, logliks: Sequence[float]) -> str:
        """Return the choice that is taken; the first of several that are alike."""
        return example.choices[max(range(len(logliks)), key=logliks.__getitem__)]

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [self._scored(*pair) for pair in pairs]

    def known_answers(self) -> Sequence[KnownAnswer]:
        """Return likely answers that are right, and wrong: one that is longer, so that length decides neither."""
        return [
            KnownAnswer("right choice most likely", _answered((-2.0, -9.0)), 1.0, 1.0),
            KnownAnswer("wrong choice most likely", _answered((-9.0, -1.0)), 0.0, 0.0),
        ]

    def _scored(self, example: Example, prediction: Prediction) -> Score:
        if not set(example.choices) & set(example.references):
            why = "no choice is a reference" if example.choices else "the question has no choices"
            return Score(example.id, self.name, None, "not_applicable", why)
        if len(prediction.choice_logliks) == len(example.choices):
            chosen = self.chosen(example, prediction.choice_logliks)
            return Score(example.id, self.name, float(chosen in example.references), note=f"chose {chosen}")
        if prediction.finish == "error":
            return Score(example.id, self.name, self.worst, note=failure_note(prediction))
        return Score(example.id, self.name, None, "not_applicable", "a server shows no likelihoods of given answers")


def _answered(logliks: tuple[float, float]) -> Pair:
    example = Example("door", "What colour is the door?", ("red",), (), choices=("red", "greenish"))
    return example, Prediction("door", "red", (), (), "stop", choice_logliks=logliks)
