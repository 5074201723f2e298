"""Token F1: how many words do answer and reference share (SQuAD)?"""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind
from harness.metrics.reference_scoring import AnswerMetric
from harness.text.tokens import LONGEST_ANSWER, normalised, spaced


@dataclass(frozen=True)
class TokenF1(AnswerMetric):
    """Harmonic mean of word precision and recall, best reference; Chinese and Japanese by character.

    Of each text the first LONGEST_ANSWER characters are compared.
    """

    KEY: ClassVar[str] = "harness.metrics.token_f1.TokenF1"
    VERSION: ClassVar[int] = 8
    kind: ClassVar[Kind] = "overlap"
    name: ClassVar[str] = "token_f1"
    unit: ClassVar[str] = "F1 of words, 0 to 1"

    def compare(self, answer: str, text: str) -> float:
        return token_f1(answer, text)


def token_f1(answer: str, reference: str) -> float:
    """Return 2·shared / (words of the answer + words of the reference), words counted with repetition."""
    given, wanted = Counter(_tokens(answer)), Counter(_tokens(reference))
    total = given.total() + wanted.total()
    if total == 0:
        return 0.0
    return 2.0 * (given & wanted).total() / total


def _tokens(text: str) -> list[str]:
    return spaced(normalised(text[:LONGEST_ANSWER])).split()
