"""Titles of reStructuredText as headings of Markdown; all else stays as it is written."""

import re
from collections.abc import Iterator
from typing import Final

LINE: Final = re.compile(r"([=\-~^\"'#*+`:._])\1{2,}[ \t]*")
"""a line of one sign, under a title or over and under it"""
DEEPEST: Final = 6


def as_markdown(text: str) -> str:
    """Return the text with its underlined titles as headings; their levels follow from the order of their first use."""
    return "\n".join(_lines(text.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    known: list[str] = []
    place = 0
    while place < len(lines):
        over = place + 2 < len(lines) and _is_title(*lines[place + 1 : place + 3]) and _sign(lines[place])
        if over and over == _sign(lines[place + 2]):
            title, style, step = lines[place + 1], 2 * over, 3
        elif place + 1 < len(lines) and _is_title(*lines[place : place + 2]):
            title, style, step = lines[place], _sign(lines[place + 1]), 2
        else:
            yield lines[place]
            place += 1
            continue
        if style not in known:
            known.append(style)
        yield f"{'#' * min(DEEPEST, known.index(style) + 1)} {title.strip()}"
        place += step


def _sign(line: str) -> str:
    return line[0] if LINE.fullmatch(line) else ""


def _is_title(line: str, below: str) -> bool:
    """Return whether a line is underlined: by as many signs as it has, and is none itself."""
    return bool(line.strip() and _sign(below) and not _sign(line) and len(below.rstrip()) >= len(line.rstrip()))
