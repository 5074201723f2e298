"""What is under way: whoever works says how far it is, whoever listens shows it.

Work deep inside a run (rows of a training, vectors of an index) has nobody to hand a display to. It opens `progress`,
which tells the listener of the surrounding `listening` block; without one nobody is told, and nothing is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

Kind = Literal["index", "train", "answer", "audit", "score", "judge", "time"]
"""what a run spends its time on; what belongs to none of them is loading and writing"""


class Listener(Protocol):
    """Is told what is under way. Called from the thread that works."""

    def began(self, work: "Work") -> None:
        """Hear that some work begins; it may lie within other work."""
        ...

    def moved(self, work: "Work") -> None:
        """Hear that there is a new count or note."""
        ...

    def ended(self, work: "Work") -> None:
        """Hear that it is over, done or not."""
        ...


@dataclass(eq=False, slots=True)
class Work:
    """Some work."""

    kind: Kind
    """what it is part of"""
    title: str
    """what is done, for people: "training", "answers" """
    total: int = 0
    """what there is to do; 0 where nothing is counted"""
    unit: str = ""
    """what is counted, in the plural"""
    done: int = 0
    """what is done of it"""
    note: str = ""
    """said beside the count, such as the last loss"""
    before: int = field(init=False)
    """what an earlier run had done of it"""
    _listener: Listener | None = None

    def __post_init__(self) -> None:
        self.before = self.done

    @property
    def share(self) -> float:
        """What is done of that which was to do at its beginning, 0 to 1; 0 where nothing is counted."""
        to_do = self.total - self.before
        return (self.done - self.before) / to_do if to_do > 0 else float(self.total > 0)

    def advance(self, number: int = 1) -> None:
        """Count so many more as done."""
        self.done += number
        self._tell()

    def say(self, note: str) -> None:
        """Put a note in the place of the one before."""
        self.note = note
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener.moved(self)


_LISTENER: Final[ContextVar[Listener | None]] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Have a listener told of all work that the body begins, in this thread, in place of any other listener."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def progress(kind: Kind, title: str, total: int = 0, unit: str = "", done: int = 0) -> Iterator[Work]:
    """Tell the listener of the work that the body does.

    Args:
        kind: what it is part of.
        title: what is done.
        total: what there is to do; 0 where nothing is counted.
        unit: what is counted, in the plural.
        done: what of it was done before.
    """
    listener = _LISTENER.get()
    work = Work(kind, title, total, unit, done, _listener=listener)
    if listener is None:
        yield work
        return
    listener.began(work)
    try:
        yield work
    finally:
        listener.ended(work)
