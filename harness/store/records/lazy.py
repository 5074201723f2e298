"""Sequences that are made when they are asked for, and the lines of a file that they are made of."""

import errno
import json
import os
import resource
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import eq
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from harness.errors import StoreError

T = TypeVar("T")


class Lazy(Sequence[T], Generic[T]):
    """A sequence that makes its items anew whenever they are asked for; a part of it is one, too.

    Args:
        make: number -> item.
        numbers: which items, in their order.
    """

    def __init__(self, make: Callable[[int], T], numbers: Sequence[int]) -> None:
        self.make, self.numbers = make, numbers

    def item(self, number: int) -> T:
        """Make one."""
        return self.make(number)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> "Lazy[T]": ...

    def __getitem__(self, place: int | slice) -> "T | Lazy[T]":
        if isinstance(place, slice):
            return Lazy(self.item, self.numbers[place])
        return self.item(self.numbers[place])

    def __iter__(self) -> Iterator[T]:
        return map(self.item, self.numbers)


class OpenFile:
    """A record's file, open until nobody needs it: one that is replaced meanwhile is still the one that was opened.

    Args:
        path: of the file; of one without a name, of its folder.
        descriptor: of a file that is open already, which is left open; None opens the path.
    """

    def __init__(self, path: Path, descriptor: int | None = None) -> None:
        self.path = path
        self.descriptor = _opened(path) if descriptor is None else os.dup(descriptor)
        self.state = self._state()

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)

    def lines(self) -> Iterator[bytes]:
        """Yield every line."""
        with os.fdopen(os.dup(self.descriptor), "rb") as file:
            file.seek(0)
            yield from file

    def read(self, start: int, length: int) -> bytes:
        """Return a part.

        Raises:
            StoreError: the file was written over.
        """
        if self._state() != self.state:
            raise StoreError(f"{self.path}: the record changed while it was read; run the same command again")
        return os.pread(self.descriptor, length, start)

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self.descriptor)
        return found.st_size, found.st_mtime_ns


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return os.open(path, os.O_RDONLY)


class Lines:
    """Lines of one kind in an open file, read by their number."""

    def __init__(self, file: OpenFile) -> None:
        self.file, self.starts, self.lengths = file, array("q"), array("I")

    def add(self, start: int, length: int) -> None:
        """Note where the next line lies."""
        self.starts.append(start)
        self.lengths.append(length)

    def __len__(self) -> int:
        return len(self.starts)

    def read(self, number: int) -> dict[str, Any]:
        """Return the line as it was written."""
        found: dict[str, Any] = json.loads(self.file.read(self.starts[number], self.lengths[number]))
        return found

    def fields(self, number: int) -> dict[str, Any]:
        """Return the line without its kind."""
        found = self.read(number)
        del found["kind"]
        return found
