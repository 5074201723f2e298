"""How much of the test split is in the train split. References and documents are not compared.

Exact: inputs that are equal once case, punctuation, spaces and Unicode forms are evened out. Near: inputs whose sets
of five-character pieces have a Jaccard similarity of at least `NEAR`; pieces of characters, and not of words, so
that languages without spaces count as well. Near pairs are found by MinHash and banding (Broder 1997; Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, ch. 3) and every one is confirmed on the full sets: what is counted is
near, and what is near is missed with a probability of 2 in a million, unless crowds hide it (CROWD). Train is read in
blocks: memory grows with test, not with train.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.types import Example

NEAR: Final = 0.7
"""least Jaccard similarity; one changed word in a question of a dozen words is about there"""
PIECE: Final = 5
"""characters in a piece"""
BANDS: Final = 32
ROWS: Final = 3
"""a pair of similarity s shares one of BANDS bands of ROWS hashes with probability 1 - (1 - s**ROWS)**BANDS"""
BLOCK: Final = 2_000_000
"""characters that are hashed at a time"""
CROWD: Final = 8
"""train inputs of one block and band that one test input is compared with: near-equal templates come by thousands"""
PAIRS: Final = 20
SEED: Final = 7

Hashes = NDArray[np.uint32]
Numbers = NDArray[np.int64]


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


def audit(train: Sequence[Example], test: Sequence[Example]) -> LeakageAudit:
    """Compare the inputs of two splits."""
    tests = [normalised(example.text) for example in test]
    exact = _exact(train, tests)
    rest = [index for index in range(len(tests)) if index not in exact]
    near = {rest[index]: other for index, other in _near(train, [tests[index] for index in rest]).items()}
    pairs = [(test[index].id, train[other].id) for found in (exact, near) for index, other in sorted(found.items())]
    return LeakageAudit(len(test), len(exact), len(near), tuple(pairs[:PAIRS]))


class _Folding(dict[int, str]):
    """Table for str.translate: punctuation, spaces and control characters become spaces; filled as characters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = " " if unicodedata.category(character)[0] in "PZC" else character
        return self[code]


_FOLDING = _Folding()


def normalised(text: str) -> str:
    """Return the text in NFKC, case-folded, with single spaces and no punctuation (unless there is nothing else)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_FOLDING).split()) or folded.strip()


def _exact(train: Sequence[Example], tests: Sequence[str]) -> dict[int, int]:
    """Return test index -> index of the first equal train input."""
    wanted = set(tests)
    first: dict[str, int] = {}
    for index, example in enumerate(train):
        text = normalised(example.text)
        if text in wanted:
            first.setdefault(text, index)
    return {index: first[text] for index, text in enumerate(tests) if text in first}


def _near(train: Sequence[Example], tests: Sequence[str]) -> dict[int, int]:
    """Return test index -> index of a near train input."""
    if not tests:
        return {}
    searched = _Searched.of(tests)
    for start, texts in _blocks(train):
        pieces = [_pieces(text) for text in texts]
        searched.compare(pieces, start)
    return searched.found


def _blocks(train: Sequence[Example]) -> Iterator[tuple[int, list[str]]]:
    texts: list[str] = []
    characters = start = 0
    for index, example in enumerate(train):
        texts.append(normalised(example.text))
        characters += len(texts[-1])
        if characters >= BLOCK or index + 1 == len(train):
            yield start, texts
            texts, characters, start = [], 0, index + 1


@dataclass
class _Searched:
    """Test inputs, ready to be compared with block after block of train."""

    pieces: list[Hashes]
    """of each input, sorted, each once"""
    signatures: Hashes
    """[inputs, BANDS * ROWS]"""
    found: dict[int, int]
    """input -> near train input"""

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Searched":
        pieces = [_pieces(text) for text in texts]
        return cls(pieces, _signatures(pieces), {})

    def compare(self, others: list[Hashes], start: int) -> None:
        """Look for near inputs in a block of train whose first input has the index `start`."""
        signatures = _signatures(others)
        for band in range(BANDS):
            columns = slice(band * ROWS, (band + 1) * ROWS)
            open_ = np.array([i for i in range(len(self.pieces)) if i not in self.found], dtype=np.int64)
            mine, theirs = _meetings(self.signatures[open_, columns], signatures[:, columns])
            mine = open_[mine]
            agreement = (self.signatures[mine] == signatures[theirs]).mean(axis=1)
            likely = agreement >= NEAR - 0.2  # four standard deviations of the estimate
            for index, other in zip(mine[likely].tolist(), theirs[likely].tolist(), strict=True):
                if index not in self.found and _jaccard(self.pieces[index], others[other]) >= NEAR:
                    self.found[index] = start + other


def _meetings(mine: Hashes, theirs: Hashes) -> tuple[Numbers, Numbers]:
    """Return pairs of rows that are equal, at most CROWD for each row of `mine`."""
    left, right = _keys(mine), _keys(theirs)
    order = np.argsort(right, kind="stable")
    right = right[order]
    begin, end = np.searchsorted(right, left, "left"), np.searchsorted(right, left, "right")
    counts = np.minimum(end - begin, CROWD)
    rows = np.repeat(np.arange(len(left)), counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, order[np.repeat(begin, counts) + steps]


def _keys(rows: Hashes) -> NDArray[Any]:
    """Return one sortable value per row."""
    wide = np.ascontiguousarray(rows).astype(np.uint64)
    key = np.zeros(len(rows), dtype=np.uint64)
    for column in wide.T:
        key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key


def _pieces(text: str) -> Hashes:
    """Return the hashes of all pieces of a text, sorted, each once."""
    codes = np.frombuffer(text.ljust(PIECE).encode("utf-32-le"), dtype=np.uint32)
    hashes = np.zeros(len(codes) - PIECE + 1, dtype=np.uint32)
    for offset in range(PIECE):
        hashes = (hashes ^ codes[offset : len(codes) - PIECE + 1 + offset]) * np.uint32(0x01000193)
    hashes ^= hashes >> np.uint32(15)
    hashes *= np.uint32(0x2C1B3C6D)
    hashes ^= hashes >> np.uint32(12)
    return np.unique(hashes)


def _signatures(pieces: Sequence[Hashes]) -> Hashes:
    """Return the MinHash signatures [texts, BANDS * ROWS] of sets of pieces."""
    draw = np.random.default_rng(SEED)
    factors = draw.integers(0, 2**31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = draw.integers(0, 2**32, BANDS * ROWS, dtype=np.uint32)
    together = np.concatenate(pieces)
    starts = np.cumsum([0, *(len(part) for part in pieces[:-1])])
    signatures = np.empty((len(pieces), BANDS * ROWS), dtype=np.uint32)
    for column, (factor, offset) in enumerate(zip(factors, offsets, strict=True)):
        mixed = (together ^ offset) * factor
        signatures[:, column] = np.minimum.reduceat(mixed ^ (mixed >> np.uint32(16)), starts)
    return signatures


def _jaccard(left: Hashes, right: Hashes) -> float:
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared)
