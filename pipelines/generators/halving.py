"""Running out of memory: a batch that does not fit is answered in halves, and the rest in batches that do fit."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from harness.analysis.notes.halved import HALVED
from harness.errors import reason
from pipelines.device import free_memory

T = TypeVar("T")
R = TypeVar("R")

SAID: Final = ("can't allocate memory", "out of memory", "not enough memory")
"""what torch says where it raises a plain RuntimeError: its allocator for processors, Metal, cuBLAS, older releases"""
NEARLY: Final = 0.75
"""share of what did not fit that is not tried again; each failure lowers it, so that few attempts fail"""
SHOWN: Final = 120
"""characters of what it said"""


def out_of_memory(error: BaseException) -> bool:
    """Return whether an exception says that memory, of a GPU or of the machine, ran out."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error).lower() for said in SAID)


class Halving:
    """Does work batch by batch; a batch that runs out of memory is done in halves, down to single items.

    Batches nearly as large as one that did not fit are halved at once from then on: each failed attempt costs time.

    Args:
        warn: is told what happened at the first halving.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.warn = warn
        self.begin()

    def begin(self) -> None:
        """Forget what did not fit: another arm begins, whose batches must not depend on those before."""
        self.halved, self.smallest, self.limit = 0, 0, math.inf

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps; nothing where all batches fitted."""
        return {HALVED: {"times": self.halved, "smallest": self.smallest}} if self.halved else {}

    def done(
        self,
        items: Sequence[T],
        size: Callable[[T], int],
        work: Callable[[Sequence[T]], Sequence[R]],
        alone: Callable[[T, str], R],
    ) -> list[R]:
        """Return one result per item, in order.

        Args:
            items: of one batch, one at least.
            size: tokens that an item takes; a batch takes its longest's for each.
            work: does part of a batch at once.
            alone: what becomes of an item that does not fit by itself, and why it does not.
        """
        room = len(items) * max(map(size, items)) if len(items) > 1 else 0
        if room < self.limit:
            results, why = _tried(work, items)
            if results is not None:
                return results
            if len(items) == 1:
                return [alone(items[0], why)]
            self._note(len(items), room, why)
        middle = (len(items) + 1) // 2
        return [half for part in (items[:middle], items[middle:]) for half in self.done(part, size, work, alone)]

    def _note(self, count: int, room: int, why: str) -> None:
        if not self.halved:
            self.warn(f"{count} at once do not fit the memory ({why}): they are done in halves, as are later ones")
        half = count // 2
        self.halved, self.limit = self.halved + 1, min(self.limit, NEARLY * room)
        self.smallest = min(self.smallest or half, half)


def _tried(work: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> tuple[list[R] | None, str]:
    """Return the results, or None and what was said when memory ran out."""
    try:
        return list(work(items)), ""
    except Exception as error:
        if not out_of_memory(error):
            raise
        why = reason(error, SHOWN)
    free_memory()  # out of the handler: the error's traceback holds what the failed attempt had computed
    return None, why
