"""Exact match: is the answer one of the references, after SQuAD's normalisation?

Marks that change what is meant stay (`harness.text.tokens.normalised`): 3.5 is not 35, C++ not C; 1,000 is 1000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind, KnownAnswer
from harness.metrics.reference_scoring import AnswerMetric
from harness.metrics.selftest.fixture import MUSEUM, OPENED, answered
from harness.metrics.selftest.known_answers import ANSWERS, perfect
from harness.text.tokens import normalised


@dataclass(frozen=True)
class ExactMatch(AnswerMetric):
    """1 when the normalised answer equals a normalised reference, else 0."""

    KEY: ClassVar[str] = "harness.metrics.exact_match.ExactMatch"
    VERSION: ClassVar[int] = 8
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "exact_match"
    unit: ClassVar[str] = "share of answers"

    def compare(self, answer: str, text: str) -> float:
        return exact_match(answer, text)

    def known_answers(self) -> Sequence[KnownAnswer]:
        spelled = perfect(
            "perfect, in other capitals and without its full stop", answered(MUSEUM, OPENED.upper().rstrip("."))
        )
        return (*ANSWERS, spelled)


def exact_match(answer: str, reference: str) -> float:
    """Return 1.0 when both are equal after normalisation, else 0.0."""
    return float(answer == reference or normalised(answer) == normalised(reference))
