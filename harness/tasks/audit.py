"""How much of the test split is in the train split. References and documents are not compared.

Exact: inputs that are equal after normalising case, punctuation, spaces and Unicode forms. Near: inputs whose sets
of five-character shingles have a Jaccard similarity of at least `NEAR`; shingles of characters, not of words, so
that languages without spaces count as well. Candidates come from datasketch's MinHash LSH (Broder 1997; Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, ch. 3), and each is confirmed on the full sets. So no pair is counted
wrongly, and a near pair is missed with a probability of 2 in a million, unless the input has very many lookalikes
(`MAX_COMPARISONS`). Train is read one input at a time: memory grows with test, not with train.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from harness.types import Example

VERSION: Final = 2
"""part of the key of a stored audit; 2: datasketch"""
NEAR: Final = 0.7
"""least Jaccard similarity; one changed word in a question of a dozen words is about there"""
SHINGLE: Final = 5
"""characters"""
BANDS: Final = 32
ROWS: Final = 3
"""a pair of similarity s shares one of BANDS bands of ROWS hashes with probability 1 - (1 - s**ROWS)**BANDS"""
SLACK: Final = 0.2
"""four standard deviations of the similarity that MinHash estimates: candidates further below NEAR are dropped"""
MAX_COMPARISONS: Final = 1_000
"""train inputs that one test input is compared with before it counts as not near: templates come by thousands"""
MAX_PAIRS: Final = 20
"""pairs that are named"""
SEED: Final = 7
"""of the hash functions"""


@dataclass(frozen=True, slots=True)
class LeakageAudit:
    """How much of the test split is in the train split."""

    test_examples: int
    """how many test inputs were compared"""
    exact: int
    """test inputs equal to a train input after normalisation"""
    near: int
    """further test inputs nearly equal to a train input"""
    pairs: tuple[tuple[str, str], ...] = ()
    """(test id, train id), at most 20 of them"""


def audit(train: Iterable[Example], test: Sequence[Example]) -> LeakageAudit:
    """Compare the inputs of two splits."""
    index = _TestIndex([normalised(example.text) for example in test])
    exact: dict[int, str] = {}
    near: dict[int, str] = {}
    for example in train if test else ():
        text = normalised(example.text)
        for number in index.equal(text):
            exact.setdefault(number, example.id)
        for number in index.pop_near(text):
            near[number] = example.id
    near = {number: train_id for number, train_id in near.items() if number not in exact}
    pairs = [(test[number].id, matches[number]) for matches in (exact, near) for number in sorted(matches)]
    return LeakageAudit(len(test), len(exact), len(near), tuple(pairs[:MAX_PAIRS]))


class _FoldingTable(dict[int, str]):
    """Table for str.translate: punctuation, spaces and control characters become spaces; filled as characters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = " " if unicodedata.category(character)[0] in "PZC" else character
        return self[code]


_FOLDING = _FoldingTable()


def normalised(text: str) -> str:
    """Return the text in NFKC, case-folded, with single spaces and no punctuation (unless there is nothing else)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_FOLDING).split()) or folded.strip()


class _TestIndex:
    """Finds the test inputs, by their number, that are equal or near to a train input."""

    def __init__(self, texts: Sequence[str]) -> None:
        from datasketch import MinHash, MinHashLSH  # heavy

        self._texts = texts
        self._numbers: dict[str, list[int]] = {}
        self._empty = MinHash(num_perm=BANDS * ROWS, seed=SEED, hashfunc=crc32)
        self._sketches = [self._sketch(text) for text in texts]
        self._lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        self._comparisons: Counter[int] = Counter()
        for number, text in enumerate(texts):
            self._numbers.setdefault(text, []).append(number)
            self._lsh.insert(number, self._sketches[number])

    def equal(self, text: str) -> Sequence[int]:
        """Return the inputs that are equal to a normalised train input."""
        return self._numbers.get(text, ())

    def pop_near(self, text: str) -> list[int]:
        """Return the inputs that are near to a normalised train input; none is ever returned twice."""
        sketch = self._sketch(text)
        candidates: list[int] = self._lsh.query(sketch)
        near = [number for number in candidates if self._is_near(number, text, sketch)]
        self._comparisons.update(candidates)
        for number in candidates:
            if number in near or self._comparisons[number] >= MAX_COMPARISONS:
                self._lsh.remove(number)
        return near

    def _is_near(self, number: int, text: str, sketch: Any) -> bool:
        estimate: float = self._sketches[number].jaccard(sketch)
        return estimate >= NEAR - SLACK and jaccard(self._texts[number], text) >= NEAR

    def _sketch(self, text: str) -> Any:
        sketch = self._empty.copy()
        sketch.update_batch(_shingles(text))
        return sketch


def jaccard(one: str, other: str) -> float:
    """Return the similarity of two normalised texts."""
    left, right = _shingles(one), _shingles(other)
    return len(left & right) / len(left | right)


def _shingles(text: str) -> set[bytes]:
    codes = text.encode("utf-32-le", "surrogatepass")
    return {codes[start : start + 4 * SHINGLE] for start in range(0, max(1, len(codes) - 4 * (SHINGLE - 1)), 4)}
