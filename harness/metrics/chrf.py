"""chrF++: shared character n-grams and words (Popović 2017), by the library sacrebleu."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import score_answers
from harness.text.tokens import spaced
from harness.types import Pair, Score


@dataclass(frozen=True)
class ChrF(Metric):
    """Sentence chrF++ (characters to 6, words to 2, beta 2), best reference, on a scale of 0 to 1.

    Chinese and Japanese characters count as words: white space plays no part in the character n-grams,
    and a sentence without spaces would otherwise be one word.
    """

    KEY: ClassVar[str] = "harness.metrics.chrf.ChrF"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "overlap"
    name: ClassVar[str] = "chrf"
    unit: ClassVar[str] = "chrF++ (word order 2), 0 to 1"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_answers(self, pairs, 1.0, chrf)


def chrf(answer: str, reference: str) -> float:
    """Return sacrebleu's sentence chrF++ divided by 100; on ASCII text exactly that."""
    score = _scorer().sentence_score(_prepared(answer), [_prepared(reference)]).score
    return min(1.0, float(score) / 100.0)


def _prepared(text: str) -> str:
    return spaced(unicodedata.normalize("NFKC", text))


@cache
def _scorer() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF(word_order=2)
