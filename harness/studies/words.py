"""A study in sentences, made from its numbers."""

from collections.abc import Sequence
from typing import Final

from harness.studies.control import ControlResult
from harness.studies.measures.measure import Findings

NOT_TESTED: Final = "Not tested: the control failed."


def finding(readings: Sequence[Findings]) -> tuple[str, ...]:
    """Return what the measures say, each sentence once."""
    return tuple(dict.fromkeys(line for reading in readings for line in reading.words if line))


def withheld(failed: Sequence[ControlResult]) -> tuple[str, ...]:
    """Return why there is no finding.

    A study whose control failed would show the failure of its own means and call it a result: the numbers stay in the
    records, and no sentence is made of them.
    """
    return (NOT_TESTED, *(f"{one.name} ({one.kind}): {one.text}." for one in failed))


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    return f"{', '.join(names[:most])} and {more} more" if more > 0 else ", ".join(names)
