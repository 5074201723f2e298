"""Equal and nearly equal texts, and how many of the test inputs are train inputs.

Exact: inputs that are equal after normalising case, punctuation, spaces and Unicode forms. Near: inputs whose sets
of five-character shingles have a Jaccard similarity of at least `NEAR`; shingles of characters, not of words, so
that languages without spaces count as well. Candidates come from datasketch's MinHash LSH (Broder 1997; Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, ch. 3), and each is confirmed on the full sets. So no pair is counted
wrongly, and a near pair is missed with a probability of 2 in a million, unless the input has very many lookalikes
(`MAX_COMPARISONS`). The other texts are read one at a time: memory grows with those that are counted.
`harness.tasks.overlap` compares all other data in the same way.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any, Final, NamedTuple
from zlib import crc32

import numpy as np

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
KEPT: Final = 2_000
"""characters of a text whose shingles are kept: rows made from a template are compared with dozens of others each"""
FACTORS: Final = np.array(
    (
        *(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9),
        *(0xD6E8FEB86659FD93, 0xA0761D6478BD642F),
    ),
    dtype=np.uint64,
)
"""odd numbers, one per character of a shingle: their sum of products, in 64 bits, stands for it"""

Shingles = np.ndarray[Any, np.dtype[np.uint64]]


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


class Matches(NamedTuple):
    """Which of the counted texts are among the others: number of the counted one -> number of the first match."""

    exact: dict[int, int]
    near: dict[int, int]
    """without the exact ones"""

    @property
    def all(self) -> dict[int, int]:
        """Both, in the order of the counted texts."""
        return dict(sorted({**self.near, **self.exact}.items()))


def audit(train: Sequence[Example], test: Sequence[Example]) -> LeakageAudit:
    """Compare the inputs of two splits."""
    found = matches([example.text for example in test], (example.text for example in train))
    numbers = [*sorted(found.exact.items()), *sorted(found.near.items())]
    pairs = tuple((test[number].id, train[other].id) for number, other in numbers[:MAX_PAIRS])
    return LeakageAudit(len(test), len(found.exact), len(found.near), pairs)


def matches(
    counted: Sequence[str],
    others: Iterable[str],
    alike: Callable[[int, int, float], bool] | None = None,
    *,
    same: bool = False,
    most: int | None = None,
) -> Matches:
    """Look for texts among others.

    Args:
        counted: are looked for.
        others: are read one at a time.
        alike: matches count only where this holds of number, number of the other, and similarity.
        same: `others` are the counted texts themselves; each is compared with the later ones.
        most: others that a text is compared with before it counts as not near; None for `MAX_COMPARISONS`.
    """
    if not counted:
        return Matches({}, {})
    index = _TextIndex([normalised(text) for text in counted], most or MAX_COMPARISONS)
    exact: dict[int, int] = {}
    near: dict[int, int] = {}
    for other, text in enumerate(map(normalised, others)):
        counts = partial(_counts, other, alike, same)
        for number in index.equal(text):
            if number not in exact and counts(number, 1.0):
                exact[number] = other
        for number in index.pop_near(text, counts):
            near[number] = other
    return Matches(exact, {number: other for number, other in near.items() if number not in exact})


def _counts(
    other: int, alike: Callable[[int, int, float], bool] | None, same: bool, number: int, similarity: float
) -> bool:
    return (not same or number < other) and (alike is None or alike(number, other, similarity))


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


class _TextIndex:
    """Finds the counted texts, by their number, that are equal or near to another text."""

    def __init__(self, texts: Sequence[str], most: int) -> None:
        from datasketch import MinHashLSH  # heavy

        self._texts, self._most = texts, most
        self._numbers: dict[str, list[int]] = {}
        self._sketches = [sketched(text) for text in texts]
        self._lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        self._comparisons: Counter[int] = Counter()
        for number, text in enumerate(texts):
            self._numbers.setdefault(text, []).append(number)
            self._lsh.insert(number, self._sketches[number])

    def equal(self, text: str) -> Sequence[int]:
        """Return the texts that are equal to a normalised one."""
        return self._numbers.get(text, ())

    def pop_near(self, text: str, counts: Callable[[int, float], bool]) -> list[int]:
        """Return the texts that are near to a normalised one and count; none is ever returned twice."""
        sketch = sketched(text)
        candidates: list[int] = self._lsh.query(sketch)
        near = self._near(candidates, text, sketch, counts)
        self._comparisons.update(candidates)
        for number in candidates:
            if number in near or self._comparisons[number] >= self._most:
                self._lsh.remove(number)
        return near

    def _near(
        self, candidates: Sequence[int], text: str, sketch: Any, counts: Callable[[int, float], bool]
    ) -> list[int]:
        """Return the candidates that are near and count; the estimates of all are made at once."""
        if not candidates:
            return []
        estimates = (self._hashes[candidates] == sketch.hashvalues).mean(axis=1)
        close = [number for number, estimate in zip(candidates, estimates, strict=True) if estimate >= NEAR - SLACK]
        own = ((number, jaccard(self._texts[number], text)) for number in close)
        return [number for number, similarity in own if similarity >= NEAR and counts(number, similarity)]

    @cached_property
    def _hashes(self) -> Shingles:
        return np.array([sketch.hashvalues for sketch in self._sketches])


@lru_cache(maxsize=32_768)
def sketched(text: str) -> Any:
    """Return the MinHash of a normalised text; the last ones are kept, since every set is compared with several."""
    sketch = _empty_sketch().copy()
    sketch.update_batch(_shingles(text))
    return sketch


@cache
def _empty_sketch() -> Any:
    from datasketch import MinHash  # heavy

    return MinHash(num_perm=BANDS * ROWS, seed=SEED, hashfunc=crc32)


def forget() -> None:
    """Drop what is kept of the texts that were compared last."""
    sketched.cache_clear()
    _kept_numbers.cache_clear()


def jaccard(one: str, other: str) -> float:
    """Return the similarity of two normalised texts."""
    left, right = _numbers(one), _numbers(other)
    common = int(np.count_nonzero(right.take(right.searchsorted(left), mode="clip") == left))
    return common / (len(left) + len(right) - common)


def _numbers(text: str) -> Shingles:
    return _kept_numbers(text) if len(text) <= KEPT else _new_numbers(text)


@lru_cache(maxsize=16_384)
def _kept_numbers(text: str) -> Shingles:
    return _new_numbers(text)


def _new_numbers(text: str) -> Shingles:
    """Return a number for each shingle of a text, once and in order; of a short text one for all of it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    codes = np.pad(codes, (0, max(0, SHINGLE - len(codes))))  # no character has the code 0 once normalised
    windows = np.lib.stride_tricks.sliding_window_view(codes, SHINGLE)
    return np.unique((windows * FACTORS).sum(axis=1, dtype=np.uint64))


def _shingles(text: str) -> set[bytes]:
    codes = text.encode("utf-32-le", "surrogatepass")
    return {codes[start : start + 4 * SHINGLE] for start in range(0, max(1, len(codes) - 4 * (SHINGLE - 1)), 4)}
