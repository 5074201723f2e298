"""How abstractive texts are: the share of their word pairs that the evidence does not hold (See et al. 2017)."""

from collections.abc import Iterable, Sequence

from harness.text.tokens import words

Ngram = tuple[str, ...]


def novel_bigrams(texts: Iterable[tuple[str, Sequence[str]]]) -> float | None:
    """Return the novel share of all bigrams together; None without any (answers of one word).

    Args:
        texts: each with the evidence it is held against.
    """
    novel = total = 0
    for text, evidence in texts:
        given, held = ngrams(text, 2), _held(evidence, 2)
        novel += sum(one not in held for one in given)
        total += len(given)
    return novel / total if total else None


def precision(text: str, evidence: Sequence[str], n: int) -> float:
    """Return the share of the text's n-grams that the evidence holds; 0 for texts shorter than n words."""
    given, held = ngrams(text, n), _held(evidence, n)
    return sum(one in held for one in given) / len(given) if given else 0.0


def ngrams(text: str, n: int) -> list[Ngram]:
    """Return the runs of n words of a text, in order."""
    found = words(text)
    return list(zip(*(found[start:] for start in range(n)), strict=False))


def _held(evidence: Sequence[str], n: int) -> frozenset[Ngram]:
    return frozenset().union(*(ngrams(text, n) for text in evidence))
