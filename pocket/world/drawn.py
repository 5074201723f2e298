"""What a conversation was drawn with, its values and what shows a form: training is told, the model is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

NAME: Final = "name of a thing"
"""stands beside the names of facts"""


@dataclass
class Drawn:
    """What one conversation was drawn with."""

    values: dict[str, str] = field(default_factory=dict)
    """value -> name of its fact; a value of two facts is left out"""
    shown: list[str] = field(default_factory=list)
    """texts that answers take their form from, as they stand in the prompt"""


_NOTED: ContextVar[Drawn | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[Drawn]:
    """Collect what is drawn inside."""
    found = Drawn()
    token = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(token)
        found.values = {value: fact for value, fact in found.values.items() if fact}


def note(value: str, fact: str) -> None:
    """Tell whoever collects that this value of the fact was drawn."""
    if (found := _NOTED.get()) is not None:
        found.values[value] = fact if found.values.get(value, fact) == fact else ""


def show(text: str) -> None:
    """Tell whoever collects that answers take their form from this text."""
    if (found := _NOTED.get()) is not None:
        found.shown.append(text)
