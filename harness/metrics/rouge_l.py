"""ROUGE-L: the longest common subsequence of words (Lin 2004), by the library rouge_score."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from harness.metrics.exact_match import exact_match
from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import score_answers
from harness.text.tokens import words
from harness.types import Pair, Score


@dataclass(frozen=True)
class RougeL(Metric):
    """F-measure over words, best reference. No stemming, so that every language is treated alike.

    The library's own tokenizer keeps only ASCII and gives any Cyrillic or Chinese answer 0; ours gives the
    same tokens on ASCII text and words (Chinese: characters) on all other text.
    """

    KEY: ClassVar[str] = "harness.metrics.rouge_l.RougeL"
    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "overlap"
    name: ClassVar[str] = "rouge_l"
    unit: ClassVar[str] = "ROUGE-L F without stemming, 0 to 1"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_answers(self, pairs, 1.0, rouge_l)


def rouge_l(answer: str, reference: str) -> float:
    """Return the F-measure of the longest common subsequence of words.

    A reference without any word ("+") can only be matched exactly.
    """
    if not words(reference):
        return exact_match(answer, reference)
    return float(_scorer().score(reference, answer)["rougeL"].fmeasure)


class _Words:
    """The tokenizer that rouge_score is given."""

    def tokenize(self, text: str) -> list[str]:
        return words(text)


@cache
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], tokenizer=_Words())
