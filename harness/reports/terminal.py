"""Table -> text for a terminal."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from harness.analysis.result import Note, Section, Table
from harness.reports.cells import Block, Cell, blocks, section_blocks
from harness.reports.text_width import display_width, printable, wrapped

COLOURS: Final = {"better": "\x1b[32m", "worse": "\x1b[31m", "warning": "\x1b[33m", "title": "\x1b[1m"}
NARROWEST: Final = 8
"""columns that a cell is left when it has to be stacked"""
RESET: Final = "\x1b[0m"


@dataclass(frozen=True)
class Terminal:
    """Aligned columns, notes below; metrics that do not fit go into a next block."""

    KEY: ClassVar[str] = "harness.reports.terminal.Terminal"

    width: int
    """columns of the terminal"""
    colour: Literal["auto", "always", "never"]
    """auto: only if standard output is a terminal and NO_COLOR is not set"""

    suffix: ClassVar[str] = ".txt"

    def render(self, table: Table) -> str:
        paint = _Paint(self._colourful())
        return self._text(table, table.printed_sections, paint)

    def brief(self, table: Table) -> str:
        """Return the scoreboard and what stands right under it: no more than a screen or two."""
        glance = [section for section in table.printed_sections if section.name == "summary"]
        return self._text(table, glance, _Paint(self._colourful()))

    def _text(self, table: Table, sections: Sequence[Section], paint: "_Paint") -> str:
        parts = [paint(printable(table.title), "title")]
        parts += [_block(block, self.width, paint) for block in blocks(table, self.width)]
        parts.append(self._notes(table.notes, paint))
        for section in sections:
            parts.append(paint(printable(section.title), "title"))
            parts += [_block(block, self.width, paint) for block in section_blocks(section, self.width)]
            parts.append(self._notes(section.notes, paint))
        return "\n\n".join(filter(None, parts)) + "\n"

    def _notes(self, notes: Sequence[Note], paint: "_Paint") -> str:
        return "\n".join(line for note in notes for line in _note(note, self.width, paint))

    def _colourful(self) -> bool:
        if self.colour == "auto":
            return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return self.colour == "always"


class _Paint:
    """Puts colour around a text, or not."""

    def __init__(self, colourful: bool) -> None:
        self.colourful = colourful

    def __call__(self, text: str, kind: str) -> str:
        return f"{COLOURS[kind]}{text}{RESET}" if self.colourful and kind else text


def _block(block: Block, width: int, paint: _Paint) -> str:
    headings = [Cell(heading) for heading in block.headings]
    widths = [
        max(display_width(printable(row[place].text)) for row in [headings, *block.rows])
        for place in range(len(headings))
    ]
    while _whole(widths) > width and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    lines = [_lines(row, widths, paint) for row in [headings, *block.rows]]
    return "\n".join([lines[0], "─" * _whole(widths), *lines[1:]])


def _whole(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _lines(cells: Sequence[Cell], widths: Sequence[int], paint: _Paint) -> str:
    """One row; a cell that is wider than its column goes on in further lines."""
    stacks = [_stack(printable(cell.text), width) for cell, width in zip(cells, widths, strict=True)]
    rows = []
    for place in range(max(map(len, stacks))):
        texts = [stack[place] if place < len(stack) else "" for stack in stacks]
        parts = [Cell(text, cell.verdict if text else "") for text, cell in zip(texts, cells, strict=True)]
        rows.append(_line(parts, widths, paint))
    return "\n".join(rows)


def _stack(text: str, width: int) -> list[str]:
    return [text] if display_width(text) <= width else list(wrapped(text, width))


def _line(cells: Sequence[Cell], widths: Sequence[int], paint: _Paint) -> str:
    parts = []
    for cell, width in zip(cells, widths, strict=True):
        text = printable(cell.text)
        parts.append(paint(text, cell.verdict) + " " * (width - display_width(text)))
    return "  ".join(parts).rstrip()


def _note(note: Note, width: int, paint: _Paint) -> list[str]:
    mark = "! " if note.warning else "  "
    lines = list(wrapped(printable(f"{note.topic}: {note.text}"), width - 4))
    text = [f"{mark if place == 0 else '    '}{line}" for place, line in enumerate(lines)]
    return [paint(line, "warning" if note.warning else "") for line in text]
