"""Token F1: how many words do answer and reference share (SQuAD)?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import score_answers
from harness.text.tokens import normalised, spaced
from harness.types import Pair, Score


@dataclass(frozen=True)
class TokenF1(Metric):
    """Harmonic mean of word precision and recall, best reference; Chinese and Japanese by character."""

    KEY: ClassVar[str] = "harness.metrics.token_f1.TokenF1"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "overlap"
    name: ClassVar[str] = "token_f1"
    unit: ClassVar[str] = "F1 of words, 0 to 1"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_answers(self, pairs, 1.0, token_f1)


def token_f1(answer: str, reference: str) -> float:
    """Return 2·shared / (words of the answer + words of the reference), words counted with repetition."""
    given, wanted = Counter(_tokens(answer)), Counter(_tokens(reference))
    total = given.total() + wanted.total()
    if total == 0:
        return 0.0
    return 2.0 * (given & wanted).total() / total


def _tokens(text: str) -> list[str]:
    return spaced(normalised(text)).split()
