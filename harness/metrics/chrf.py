"""chrF++: shared character n-grams and words (Popović 2017), by the library sacrebleu."""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from harness.metrics.metric import Kind
from harness.metrics.reference_scoring import AnswerMetric
from harness.text.tokens import LONGEST_ANSWER, composed, spaced


@dataclass(frozen=True)
class ChrF(AnswerMetric):
    """Sentence chrF++ (characters to 6, words to 2, beta 2), best reference, on a scale of 0 to 1.

    Chinese and Japanese characters count as words: white space plays no part in the character n-grams,
    and a sentence without spaces would otherwise be one word. Of each text the first LONGEST_ANSWER characters are
    compared.
    """

    KEY: ClassVar[str] = "harness.metrics.chrf.ChrF"
    VERSION: ClassVar[int] = 8
    kind: ClassVar[Kind] = "overlap"
    name: ClassVar[str] = "chrf"
    unit: ClassVar[str] = "chrF++ (word order 2), 0 to 1"

    def compare(self, answer: str, text: str) -> float:
        return chrf(answer, text)


def chrf(answer: str, reference: str) -> float:
    """Return sacrebleu's sentence chrF++ divided by 100; on ASCII text exactly that."""
    score = _scorer().sentence_score(_prepared(answer), [_prepared(reference)]).score
    return min(1.0, float(score) / 100.0)


def _prepared(text: str) -> str:
    return spaced(composed(text[:LONGEST_ANSWER]))


@cache
def _scorer() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF(word_order=2)
