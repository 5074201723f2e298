"""Headings and tables of a Markdown text, by their places. Nothing is rendered.

Parsed by markdown-it-py, which rich brings along anyway, so that a "#" in a code block is no heading and a table needs
its row of dashes.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

VERSION: Final = 1
"""raised when the same text gets another outline: passages cut by it depend on it"""

_MARKS: Final = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]+\S|```|~~~|[-*+][ \t]+\S|\d{1,3}[.)][ \t]+\S|\|[ \t]*:?-+|:?-+:?[ \t]*\|)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading, by the offsets of its lines."""

    start: int
    end: int
    level: int
    """1 to 6"""
    text: str


@dataclass(frozen=True, slots=True)
class MarkdownTable:
    """One table, by the offsets of its lines."""

    start: int
    body: int
    """where its first row begins: header and row of dashes end before"""
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What a text is divided by, in the order of the text."""

    headings: tuple[Heading, ...]
    tables: tuple[MarkdownTable, ...]

    def above(self, place: int, level: int = 7) -> tuple[str, ...]:
        """Return the headings that a place stands under, outermost first: those that end before it.

        Args:
            place: an offset.
            level: only headings above this level.
        """
        found: list[str] = []
        for heading in reversed(self.headings):
            if heading.end <= place and heading.level < level:
                found.append(heading.text)
                level = heading.level
        return tuple(reversed(found))


@lru_cache(maxsize=256)  # asked for every passage of a document, which is searched whole where it has no marks
def is_structured(text: str) -> bool:
    """Return whether a text may hold headings, lists, tables or blocks of code. Cheap: nothing is parsed."""
    return _MARKS.search(text) is not None


@lru_cache(maxsize=64)
def outline(text: str) -> Outline:
    """Return the headings and tables of a text; those within quotes and lists are left out."""
    if not is_structured(text):
        return Outline((), ())
    starts = [0, *itertools.accumulate(map(len, re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)))]
    tokens = [token for token in _parser().parse(text) if token.level <= 2]
    return Outline(tuple(_headings(tokens, starts)), tuple(_tables(tokens, starts)))


def _headings(tokens: Sequence[Any], starts: Sequence[int]) -> Iterator[Heading]:
    for opened, inner in itertools.pairwise(tokens):
        if opened.type == "heading_open" and opened.level == 0 and inner.content.strip():
            first, end = opened.map
            yield Heading(starts[first], _at(starts, end), int(opened.tag[1:]), " ".join(inner.content.split()))


def _tables(tokens: Sequence[Any], starts: Sequence[int]) -> Iterator[MarkdownTable]:
    for token in tokens:
        if token.type == "table_open" and token.level == 0:
            first, end = token.map
            yield MarkdownTable(starts[first], _at(starts, first + 2), _at(starts, end))


def _at(starts: Sequence[int], line: int) -> int:
    return starts[min(line, len(starts) - 1)]


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")
