"""A cell's answers in blocks: a cell of 100,000 answers is scored without holding them all in memory.

What a metric must know of the whole cell (whether the arm retrieves, say) it asks with `of_cell`, which gives the same
answer for a block as for all pairs at once.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar, cast

from harness.types import Pair

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., object])

BLOCK: Final = 256
"""pairs that are scored together: small next to what a judge's encoder takes, and smaller cells are one block"""
_MARK: Final = "takes_blocks"


def in_blocks(method: Method) -> Method:
    """Mark `score` or `judgements` of a metric whose values for a pair depend on no other pair but through `of_cell`.

    The mark is that of the method: a class that overrides it without the mark is given all pairs at once.

    A judge with an encoder reads each block's texts in batches of their own, so that in a cell of more than BLOCK
    answers the last bits of a vector can be others than if all were asked at once (`harness.judges.nearness.Nearness`).
    """
    setattr(method, _MARK, True)
    return method


def takes_blocks(method: Callable[..., object]) -> bool:
    """Return whether a bound method is marked by `in_blocks`."""
    return getattr(method, _MARK, False)


class WholeCell:
    """All pairs of a cell.

    Args:
        pairs: in the order of the examples; read anew each time they are gone through, where they are on disk.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        self._known: dict[Hashable, Any] = {}

    @property
    def count(self) -> int:
        """How many blocks there are: of a cell without answers one, so that every metric is asked."""
        return max(1, -(-len(self.pairs) // BLOCK))

    def blocks(self) -> Iterator["PairBlock"]:
        """Yield the pairs, BLOCK at a time."""
        for number in range(self.count):
            yield PairBlock(self, number * BLOCK)

    def known(self, ask: Callable[[Iterable[Pair]], T]) -> T:
        """Return what a function says of all pairs; it is asked once."""
        if ask not in self._known:
            self._known[ask] = ask(self.pairs)
        return cast(T, self._known[ask])


class PairBlock(list[Pair]):
    """Some pairs of a cell, which know the cell.

    Args:
        whole: the cell.
        start: number of the first pair.
    """

    def __init__(self, whole: WholeCell, start: int) -> None:
        super().__init__(whole.pairs[start : start + BLOCK])
        self.whole, self.start = whole, start


def of_cell(pairs: Sequence[Pair], ask: Callable[[Iterable[Pair]], T]) -> T:
    """Return what a function says of the whole cell that these pairs are of: of a block, or all of them.

    Args:
        pairs: as a metric is given them.
        ask: a function of a module: the answer is kept by its identity.
    """
    return pairs.whole.known(ask) if isinstance(pairs, PairBlock) else ask(pairs)
