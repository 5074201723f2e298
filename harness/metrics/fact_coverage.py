"""Fact coverage: how many of the facts that a right answer must state does the answer state?"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from harness.metrics.reference_scoring import score_answers
from harness.text.normalisation import normalised
from harness.text.tokens import words
from harness.types import Example, Kind, Pair, Score


@dataclass(frozen=True)
class FactCoverage:
    """Share of the listed facts whose words stand in the answer, in their order and with nothing between.

    It does not see whether the answer denies the fact or says it of something else. Examples that list no
    facts have no value.
    """

    KEY: ClassVar[str] = "harness.metrics.fact_coverage.FactCoverage"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "fact_coverage"
    unit: ClassVar[str] = "share of required facts"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_answers(self, pairs, 1.0, states, facts_of, fmean)


def facts_of(example: Example) -> Sequence[str]:
    """Return what a right answer must state."""
    return example.facts


def states(answer: str, fact: str) -> float:
    """Return 1.0 when the words of `fact` stand in `answer` one after the other, else 0.0; articles do not count."""
    wanted, said = words(normalised(fact)), words(normalised(answer))
    return float(any(said[place : place + len(wanted)] == wanted for place in range(len(said) - len(wanted) + 1)))
