"""An answer cut into prose, rows of tables and lines of code, by its lines; every step is linear in its length.

Markdown is read as far as claims need it: a row, or a line of code, is one statement, whatever signs it holds; a header
row and a fence state nothing; the marker of a list item ("3.", "-", "・") is no number of the answer's.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

from harness.text.language_files import DATE_WORDS
from harness.text.statements import has_figure

Kind = Literal["prose", "row", "code"]

FENCE: Final = re.compile(r"[ \t]{0,8}(?:```|~~~)")
MARKER: Final = re.compile(
    r"[ \t\u3000]{0,20}(?:"
    r"(?:[-*+–—]|\(?[^\W\d_]\)|\(?\d{1,3}\)|(?P<number>\d{1,3})\.)[ \t\u3000]{1,8}(?=\S)"
    r"|[•‣◦・●○■□▪※①-⑳][ \t\u3000]{0,8}(?=\S)"
    r"|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）][ \t\u3000]{0,8}(?=\S)"
    r"|(?:(?P<listed>\d{1,3})|[一二三四五六七八九十]{1,3})[、．](?=[^\d一二三四五六七八九十])"
    r")"
)
FIRST_WORD: Final = re.compile(r"\w+")
RULE: Final = frozenset("|-: \t")
"""what the line between the header and the body of a table is made of"""


class AnswerBlock(NamedTuple):
    """A part of an answer."""

    start: int
    end: int
    kind: Kind


def blocks(text: str) -> list[AnswerBlock]:
    """Return the prose, rows and lines of code of a text in order, without fences, headers of tables and rules."""
    lines = list(_lines(text))
    found: list[AnswerBlock] = []
    for kind, group in groupby(zip(lines, _kinds(text, lines), strict=True), key=lambda pair: pair[1]):
        own = [line for line, _ in group]
        if kind == "prose":
            found.append(AnswerBlock(own[0][0], own[-1][1], kind))
        elif kind is not None:
            found += [AnswerBlock(start, end, kind) for start, end in own]
    return found


def without_markers(text: str) -> str:
    """Return a text of the same length with spaces in the place of the markers of list items.

    A number with a full stop is a marker when it is 1 or goes on from, or to, that of another line: "3. Mai 1894" is a
    date.
    """
    lines = list(_lines(text))
    marked = {at: found for at, line in enumerate(lines) if (found := MARKER.match(text, *line))}
    listed = _listed(text, marked)
    parts, end = [], 0
    for at, marker in marked.items():
        if at in listed:
            parts += [text[end : marker.start()], " " * len(marker[0])]
            end = marker.end()
    return "".join([*parts, text[end:]])


def _listed(text: str, marked: dict[int, re.Match[str]]) -> set[int]:
    """Return the lines whose marker belongs to a list."""
    numbers = {at: int(marker["number"] or marker["listed"] or 0) for at, marker in marked.items()}
    counted = [at for at, number in numbers.items() if number and not _is_date(text, marked[at])]
    listed = {at for at, number in numbers.items() if not number}
    for place, at in enumerate(counted):
        beside = [*counted[max(place - 1, 0) : place], *counted[place + 1 : place + 2]]
        if numbers[at] == 1 or any(abs(numbers[at] - numbers[other]) == 1 for other in beside):
            listed.add(at)
    return listed


def _is_date(text: str, marker: re.Match[str]) -> bool:
    word = FIRST_WORD.match(text, marker.end())
    return word is not None and word[0].casefold() in DATE_WORDS


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line, with what ends it; together they are the whole text."""
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        if end > start:
            yield start, end
        start = end


def _kinds(text: str, lines: Sequence[tuple[int, int]]) -> list[Kind | None]:
    """Return the kind of each line; None for one that states nothing."""
    kinds: list[Kind | None] = ["prose"] * len(lines)
    fenced = in_table = False
    for at, (start, end) in enumerate(lines):
        line = text[start:end].strip()
        if FENCE.match(text, start, end):
            fenced, kinds[at] = not fenced, None
        elif fenced:
            kinds[at] = "code"
        elif _is_rule(line):
            in_table, kinds[at] = True, None
            _mark_header(text, lines, kinds, at - 1)
        elif in_table := "|" in line and (in_table or (line[0] == line[-1] == "|" and len(line) > 1)):
            kinds[at] = "row"
    return kinds


def _mark_header(text: str, lines: Sequence[tuple[int, int]], kinds: list[Kind | None], at: int) -> None:
    """Let the line above a rule state nothing; with a figure it is a row that a model put in the place of a header."""
    if at >= 0 and kinds[at] in ("prose", "row"):
        above = text[slice(*lines[at])]
        if "|" in above:
            kinds[at] = "row" if has_figure(above) else None


def _is_rule(line: str) -> bool:
    return "|" in line and "-" in line and RULE.issuperset(line)
