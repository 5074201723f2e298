"""Takes test and validation out of train where no file has them: the same rows every time, whatever the limit.

What belongs together is never parted: rows of one group, and rows that are equal or nearly equal as the audits of
`harness.tasks.overlap` see it. Where too much belongs together for the shares that are wanted (all rows of one group;
a template with one changed word), the weaker tie is given up first, and said.
"""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from harness.tasks.audit import matches, normalised
from harness.tasks.complaints import Complaints, counted
from harness.tasks.continued import conversations
from harness.tasks.mapping import Placed
from harness.tasks.overlap import Rows, openings, same_answer, shared_rows
from harness.types import Example, Split

MOST: Final = 10_000
"""rows up to which nearly equal ones are looked for: every run carves anew, and so many take some seconds"""
COMPARISONS: Final = 100_000
"""of rows with lookalikes, in all: in data made from a template every row is one of every other"""
COMPARED: Final = 30
"""lookalikes that a row is compared with at least"""
ROUNDS: Final = 4
"""how often rows that the audits still find in two splits are tied, and all is drawn anew"""
FEWEST: Final = 5
"""rows that a carved split has at least, where they are no more than a fifth of all"""
OFF: Final = 2.0
"""a split may be so much larger or smaller than its share; beyond that a tie is given up"""
TIES: Final = (("near", "group"), ("group",), ("near",), ())
"""What keeps rows together, strongest first; equal inputs always stay together."""
TALK: Final = "conversation"
"""what keeps the turns of one conversation together, each a row with all that was said before; given up last"""
WORDS: Final[Mapping[str, str]] = {
    "equal": "equal inputs",
    "near": "nearly equal inputs",
    "group": "rows of one group",
    TALK: "turns of one conversation",
}


@dataclass(frozen=True)
class Carving:
    """How much of train other splits get, and which rows."""

    shares: Mapping[Split, float]
    """split -> part of the rows, in the order in which they are taken"""
    seed: int

    def carve(self, rows: Sequence[Placed], source: str, found: Complaints) -> dict[Split, list[Placed]]:
        """Distribute rows, each to one split, in their order.

        Args:
            rows: of train; those with a fault, which is reported already, stay there.
            source: name of their file.
            found: gets a line on what was carved, or on why it cannot be.
        """
        sound = [entry for entry in rows if entry.example]
        chosen, ties = self._chosen(sound) if sound else ({}, "")
        taken = {id(sound[number]): split for split, numbers in chosen.items() for number in numbers}
        parts: dict[Split, list[Placed]] = {"train": [], **{split: [] for split in self.shares}}
        for entry in rows:
            parts[taken.get(id(entry), "train")].append(entry)
        if all(parts[split] for split in parts if split != "validation"):
            found.remark(("carve",), self._said(parts, source, ties))
        elif sound:
            few = f"{source} has {counted(len(sound), 'row')}, too few or too much alike to make"
            found.add(
                ("carve",),
                f"{few} {' and '.join(parts)} of them; put test into a file of its own, task.splits.test=FILE",
            )
        return parts

    def _chosen(self, rows: Sequence[Placed]) -> tuple[dict[Split, list[int]], str]:
        """Return the rows of each split by the strongest ties with which sizes come out, and the ties in words."""
        examples = [entry.example for entry in rows if entry.example]
        ties = _Ties(Rows("train", examples))
        for _ in range(ROUNDS):
            chosen, kept = self._by_strongest(ties, len(rows))
            if "near" in ties.kinds - kept or not ties.tie(_parted(chosen, examples)):
                return chosen, ties.said(kept)
        return chosen, ties.said(kept - {"near"})

    def _by_strongest(self, ties: "_Ties", count: int) -> tuple[dict[Split, list[int]], set[str]]:
        least = max(1, min(FEWEST, count // 5))
        wanted = {split: max(least, round(share * count)) for split, share in self.shares.items()}
        kept, chosen = set[str](), dict[Split, list[int]]()
        orders = [*((*kinds, TALK) for kinds in TIES), *TIES]
        for kept in [set(kinds) for kinds in orders if ties.kinds.issuperset(kinds)]:
            chosen = _drawn(ties.clusters(kept), wanted, self.seed)
            if all(size / OFF <= len(chosen[split]) <= size * OFF for split, size in wanted.items()):
                break
        return chosen, kept

    def _said(self, parts: Mapping[Split, Sequence[Placed]], source: str, tie: str) -> str:
        taken = " and ".join(
            f"{split} ({counted(len(parts[split]), 'row')}, task.{split}_share)" for split in self.shares
        )
        return (
            f"carved from {source}, the same rows every time (task.split_seed): {taken}; {len(parts['train']):,} stay "
            f"in train; {tie}"
        )


class _Ties:
    """What keeps rows together.

    Args:
        rows: in their order.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._pairs = {
            "equal": list(_alike(map(normalised, rows.inputs))),
            "group": list(_alike(example.group or None for example in rows.examples)),
            "near": list(_near(rows)),
            TALK: list(conversations(rows.examples)),
        }

    def tie(self, pairs: Collection[tuple[int, int]]) -> bool:
        """Keep these rows together, too, as nearly equal ones; return whether there are any."""
        self._pairs["near"] += pairs
        return bool(pairs)

    @property
    def kinds(self) -> set[str]:
        """The kinds, besides equality, that keep any rows together."""
        return {kind for kind in ("near", "group", TALK) if self._pairs[kind]}

    def said(self, kept: Collection[str]) -> str:
        """Return in words what stays together where rows with these ties do."""
        given_up = self.kinds - set(kept)
        if len(self._rows.examples) > MOST:
            given_up.add("near")
        together = [
            words
            for kind, words in WORDS.items()
            if kind not in given_up and (kind not in ("group", TALK) or kind in kept)
        ]
        parted = " and ".join(WORDS[kind] for kind in sorted(given_up))
        too_many = f"; {parted} may be parted, as too many belong together for these shares" if parted else ""
        return f"{' and '.join(together)} stay together{too_many}"

    def clusters(self, kinds: Iterable[str]) -> list[list[int]]:
        """Return the numbers of the rows that ties of these kinds keep together, in the order of their first."""
        from scipy.sparse import coo_array  # heavy
        from scipy.sparse.csgraph import connected_components

        pairs = [pair for kind in ("equal", *kinds) for pair in self._pairs[kind]]
        size, (left, right) = len(self._rows.examples), zip(*pairs, strict=True) if pairs else ((), ())
        _, labels = connected_components(coo_array(([True] * len(pairs), (left, right)), shape=(size, size)))
        found: dict[int, list[int]] = {}
        for number, label in enumerate(labels.tolist()):
            found.setdefault(label, []).append(number)
        return list(found.values())


def _alike(values: Iterable[str | None]) -> Iterator[tuple[int, int]]:
    """Yield neighbours among the numbers of the texts that are the same."""
    places: dict[str, list[int]] = {}
    for number, value in enumerate(values):
        if value is not None:
            places.setdefault(value, []).append(number)
    for numbers in places.values():
        yield from pairwise(numbers)


def _near(rows: Rows) -> Iterator[tuple[int, int]]:
    """Yield the rows that nearly repeat another one; each is compared with all, as rows come in families."""
    found: list[tuple[int, int]] = []

    def note(one: int, other: int, similarity: float) -> bool:
        if same_answer(rows, rows, rows.common, one, other, similarity):
            found.append((one, other))
        return False  # counted, it would be compared no further

    if len(rows.examples) <= MOST:
        most = max(COMPARED, COMPARISONS // max(1, len(rows.examples)))
        matches(*openings(rows, rows), note, same=True, most=most)
    yield from found


def _parted(chosen: Mapping[Split, Sequence[int]], examples: Sequence[Example]) -> list[tuple[int, int]]:
    """Return the rows that the audits would find in two splits; what is common there need not be so in the whole."""
    if len(examples) > MOST:
        return []
    taken = {number for numbers in chosen.values() for number in numbers}
    numbers = [*chosen.values(), [number for number in range(len(examples)) if number not in taken]]
    rows = [Rows("train", [examples[number] for number in own]) for own in numbers]
    return [
        (numbers[one][left], numbers[other][right])
        for one, other in combinations(range(len(rows)), 2)
        for left, right in shared_rows(rows[one], rows[other]).items()
    ]


def _drawn(clusters: Iterable[list[int]], wanted: Mapping[Split, int], seed: int) -> dict[Split, list[int]]:
    """Return whole clusters for each split, in a random order, so many rows at most; the rest is train's."""
    left = list(clusters)
    random.Random(seed).shuffle(left)
    drawn: dict[Split, list[int]] = {}
    for split, size in wanted.items():
        rows: list[int] = []
        for cluster in list(left):
            if len(rows) + len(cluster) <= size and len(left) > 1:
                rows += cluster
                left.remove(cluster)
        if not rows and len(left) > 1:
            rows = left.pop(left.index(min(left, key=len)))
        drawn[split] = sorted(rows)
    return drawn
