"""Exact match: is the answer one of the references, after SQuAD's normalisation?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import score_answers
from harness.text.tokens import normalised
from harness.types import Pair, Score


@dataclass(frozen=True)
class ExactMatch(Metric):
    """1 when the normalised answer equals a normalised reference, else 0."""

    KEY: ClassVar[str] = "harness.metrics.exact_match.ExactMatch"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "exact_match"
    unit: ClassVar[str] = "share of answers"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_answers(self, pairs, 1.0, exact_match)


def exact_match(answer: str, reference: str) -> float:
    """Return 1.0 when both are equal after normalisation, else 0.0."""
    return float(normalised(answer) == normalised(reference))
