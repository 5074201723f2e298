"""BM25 over the words of the passages, through bm25s. Passages are known by number.

bm25s' own tokenizer and `retrieve` are not used: they drop single characters, return arbitrary
passages with score 0 for unknown words, and refuse k above the corpus size.
"""

import logging
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.text.tokens import UNSPACED, composed
from pipelines.rag.ranking import Ranking, highest


@dataclass(frozen=True)
class Bm25:
    """BM25 as Lucene scores it.

    Args:
        k1: how soon a repeated word stops counting.
        b: how much long passages are held back, 0 to 1.
    """

    KEY: ClassVar[str] = "pipelines.rag.lexical.Bm25"
    VERSION: ClassVar[int] = 1

    k1: float
    b: float

    def problems(self) -> Sequence[str]:
        problems = []
        if not self.k1 > 0:
            problems.append(f"k1: got {self.k1}, use a number above 0 (1.5 is usual)")
        if not 0 <= self.b <= 1:
            problems.append(f"b: got {self.b}, use 0 to 1 (0.75 is usual)")
        return problems

    def build(self, texts: Iterable[str]) -> "LexicalIndex":
        """Return the index of `texts`; a text's number is its position."""
        import bm25s

        bm25s.logger.setLevel(logging.WARNING)  # the library sets its own logger to DEBUG
        engine = bm25s.BM25(k1=self.k1, b=self.b, method="lucene")
        # numbers instead of words: a tenth of the memory
        vocabulary: dict[str, int] = {}
        corpus = [[vocabulary.setdefault(word, len(vocabulary)) for word in words(text)] for text in texts]
        if not vocabulary:
            # bm25s fails without a single word; the empty word is in no query
            vocabulary, corpus = {"": 0}, [[0] for _ in corpus]
        engine.index((corpus, vocabulary), show_progress=False)
        return LexicalIndex(engine)

    def problem_of(self, index: "LexicalIndex", texts: Mapping[int, str]) -> str:
        """Return how an index differs from a fresh count of these passages, by number; "" when it agrees.

        A word's weight in a passage is idf * tf / (tf + K) with K = k1 * (1 - b + b * length / average length). The
        average is not stored: what each weight implies for it must be the same.
        """
        averages = []
        for number, text in texts.items():
            counts, weights = Counter(words(text)), index.weights(number)
            if counts.keys() != weights.keys():
                other = sorted(counts.keys() ^ weights.keys())[:3]
                return f"passage {number} ({text[:60]!r}) has other words in it, e.g. {', '.join(map(repr, other))}"
            for word, (weight, idf) in weights.items():
                norm = counts[word] * (idf / weight - 1) / self.k1 - (1 - self.b)
                averages.append((norm / counts.total(), counts.total(), number, word))
        middle = float(np.median([average for average, *_ in averages])) if averages else 0.0
        for average, length, number, word in averages:
            if abs(average - middle) > 0.01 * (abs(middle) + 1 / length):
                return f"passage {number} ({texts[number][:60]!r}) has another weight for the word {word!r}"
        return ""


class LexicalIndex:
    """A built BM25 index.

    Args:
        engine: an indexed bm25s.BM25.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __len__(self) -> int:
        """How many passages it was built from."""
        return int(self._engine.scores["num_docs"])

    def weights(self, number: int) -> dict[str, tuple[float, float]]:
        """Return word -> (weight in this passage, inverse document frequency), as stored."""
        stored, total = self._engine.scores, len(self)
        places = np.flatnonzero(stored["indices"] == number)
        columns = np.searchsorted(stored["indptr"], places, side="right") - 1
        df = np.diff(stored["indptr"])[columns]
        idf = np.log(1 + (total - df + 0.5) / (df + 0.5))
        names = [self._names[column] for column in columns.tolist()]
        weights = zip(stored["data"][places].tolist(), idf.tolist(), strict=True)
        return {name: pair for name, pair in zip(names, weights, strict=True) if name}

    @cached_property
    def _names(self) -> dict[int, str]:
        return {number: word for word, number in self._engine.vocab_dict.items()}

    def save(self, folder: Path) -> None:
        """Write the index."""
        self._engine.save(folder, show_progress=False)

    def scores(self, text: str) -> NDArray[np.float32]:
        """Return the score of every passage, shape (passages,); 0 where no word is shared."""
        numbers = self._engine.get_tokens_ids(words(text))
        scores: NDArray[np.float32] = self._engine.get_scores_from_ids(numbers)
        return scores

    def search(self, text: str, n: int, skip: Collection[int] = ()) -> Ranking:
        """Return at most n passages that share a word with the text, best first."""
        scores = self.scores(text)
        if skip:
            scores[list(skip)] = 0.0
        return highest(scores, n)


@lru_cache(maxsize=2)
def open_lexical(folder: Path) -> LexicalIndex:
    """Open what LexicalIndex.save wrote, once for all arms."""
    import bm25s

    return LexicalIndex(bm25s.BM25.load(folder, load_corpus=False, show_progress=False))


@cache
def _pattern() -> re.Pattern[str]:
    # Python's \w leaves combining marks out, which would cut Hindi or Arabic words at every vowel sign.
    marks = "".join(chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"[{UNSPACED}][{marks}]*|(?:(?![{UNSPACED}])[\w{marks}])+")


def words(text: str) -> list[str]:
    """Return the words of `text`, compatibility-normalised and case-folded; single characters count too."""
    return _pattern().findall(composed(text).casefold())
