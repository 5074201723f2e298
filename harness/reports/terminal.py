"""Table -> the first page for a terminal; rich aligns, wraps and colours it."""

import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from harness.analysis.result import Level, Note, Table
from harness.reports.cells import Block, TextCell, printable
from harness.reports.first_page import first_page

STYLES: Final = {"better": "green", "worse": "red"}
LEVELS: Final[dict[Level, str]] = {"act": "bold red", "warning": "yellow", "note": ""}


@dataclass(frozen=True)
class Terminal:
    """The answer, warnings and the metrics that decide; columns that do not fit go into a next table."""

    KEY: ClassVar[str] = "harness.reports.terminal.Terminal"

    width: int
    """columns of the terminal"""
    colour: Literal["auto", "always", "never"]
    """auto: only if standard output is a terminal and NO_COLOR is not set"""

    suffix: ClassVar[str] = ".txt"

    def render(self, table: Table) -> str:
        console = Console(
            file=io.StringIO(),
            width=self.width,
            color_system="standard" if self._colourful() else None,
            force_terminal=self._colourful(),
            legacy_windows=False,
            highlight=False,
            _environ={},
        )
        for part in self._parts(table):
            console.print(part, soft_wrap=False, crop=False)
        assert isinstance(console.file, io.StringIO)
        return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()).rstrip() + "\n"

    def _parts(self, table: Table) -> Iterator[RenderableType]:
        page = first_page(table)
        yield Text(printable(page.title), style="bold")
        yield Text(printable(page.subtitle))
        yield ""
        for line in page.answers:
            yield _hanging(Text.assemble((printable(line.topic), "bold"), " ", printable(line.text)))
        if page.warnings:
            yield ""
        yield from map(_warning, page.warnings)
        for block in page.blocks(self.width):
            yield Padding(_table(block), (1, 0, 0, 0))
        yield ""
        for footnote in page.footnotes:
            yield _hanging(Text(printable(footnote)))

    def _colourful(self) -> bool:
        if self.colour == "auto":
            return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return self.colour == "always"


def _hanging(text: Text, mark: str = "") -> RichTable:
    """A text whose further lines are indented."""
    grid = RichTable.grid()
    grid.add_column(width=2)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style=text.style), text)
    return grid


def _warning(note: Note) -> RichTable:
    return _hanging(Text(printable(f"{note.topic}: {note.text}."), style=LEVELS[note.level]), note.mark)


def _table(block: Block) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    for heading in block.headings:
        table.add_column(Text(heading), overflow="fold")
    for row in block.rows:
        table.add_row(*map(_cell, row))
    return table


def _cell(cell: TextCell) -> Text:
    return Text(printable(cell.text), style=STYLES.get(cell.verdict, ""))
