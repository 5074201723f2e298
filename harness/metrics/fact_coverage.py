"""Fact coverage: how many of the required facts does the answer state?"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import score_answers
from harness.text.tokens import normalised, words
from harness.types import Example, Pair, Score


@dataclass(frozen=True)
class FactCoverage(Metric):
    """Share of the listed facts whose words the answer holds, in their order and with nothing between.

    It does not notice that the answer denies the fact or states it of something else. Examples that list no
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
    """Return 1.0 when `answer` holds the words of `fact` one after the other, else 0.0; articles do not count."""
    wanted, written = words(normalised(fact)), words(normalised(answer))
    starts = range(len(written) - len(wanted) + 1)
    return float(any(written[start : start + len(wanted)] == wanted for start in starts))
