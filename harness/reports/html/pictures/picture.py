"""One picture: the drawing, what it says in words, its numbers and how they are written."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from harness.analysis.result import TableEntry
from harness.reports.cells import printable

LONGEST: Final = 26
"""characters of a name in a picture"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A further table beneath a picture."""

    title: str
    """one line for people"""
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What the page shows as one figure."""

    name: str
    """one word, for links"""
    title: str
    """one line for people"""
    reading: str
    """how to read it; plain text"""
    alternative: str
    """what a reader who does not see it should know"""
    svg: Markup
    """made by `svg.drawn` alone"""
    headings: tuple[str, ...]
    """of the numbers beneath"""
    rows: tuple[tuple[str, ...], ...]
    """the numbers beneath"""
    also: tuple[Numbers, ...] = ()
    """further tables beneath"""


def short(name: str) -> str:
    """Return a name as a picture can show it: no control characters, and not longer than its place."""
    text = printable(name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def interval(entry: TableEntry) -> str:
    """Return mean and interval in the form of the scoreboard."""
    if entry.mean is None:
        return "–"
    if entry.low is None or entry.high is None:
        return f"{entry.mean:.3f}"
    return f"{entry.mean:.3f} [{entry.low:.3f}, {entry.high:.3f}]"


def seconds(value: float) -> str:
    """Return a duration with three digits that say something."""
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
