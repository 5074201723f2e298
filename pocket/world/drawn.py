"""Which values a conversation was drawn with, and what each is a value of: training is told, the model is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NAME: Final = "name of a thing"
"""stands beside the names of facts"""

_NOTED: ContextVar[dict[str, str] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[dict[str, str]]:
    """Collect the values of all things and reports that are drawn inside: value -> name of its fact.

    A value of two facts is left out.
    """
    found: dict[str, str] = {}
    token = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(token)
        for value in [value for value, fact in found.items() if not fact]:
            del found[value]


def note(value: str, fact: str) -> None:
    """Tell whoever collects that this value of the fact was drawn."""
    found = _NOTED.get()
    if found is not None:
        found[value] = fact if found.get(value, fact) == fact else ""
