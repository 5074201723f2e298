"""Fact coverage: how many of the required facts does the answer state?"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from harness.metrics.metric import Kind
from harness.metrics.reference_scoring import AnswerMetric
from harness.text.tokens import LONGEST_ANSWER, compared_words
from harness.types import Example


@dataclass(frozen=True)
class FactCoverage(AnswerMetric):
    """Share of the listed facts whose words the answer holds, in their order and with nothing between.

    It does not notice that the answer denies the fact or states it of something else. Examples that list no
    facts have no value. Facts are looked for in the first LONGEST_ANSWER characters.
    """

    KEY: ClassVar[str] = "harness.metrics.fact_coverage.FactCoverage"
    VERSION: ClassVar[int] = 8
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "fact_coverage"
    unit: ClassVar[str] = "share of required facts"

    def compare(self, answer: str, text: str) -> float:
        return states(answer, text)

    def texts_of(self, example: Example) -> Sequence[str]:
        return example.facts

    def combined(self, values: Sequence[float]) -> float:
        return fmean(values)


def states(answer: str, fact: str) -> float:
    """Return 1.0 when `answer` holds the words of `fact` one after the other, else 0.0; articles do not count."""
    wanted, written = (" ".join(compared_words(text[:LONGEST_ANSWER])) for text in (fact, answer))
    return float(not wanted or f" {wanted} " in f" {written} ")
