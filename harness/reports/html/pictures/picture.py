"""One picture: the drawing, what it says in words, and its numbers."""

from dataclasses import dataclass

from markupsafe import Markup


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
