"""Rows of a table as text: CSV and TSV, whatever stands between the cells."""

import csv
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.dialect import Dialect, dialect_of
from harness.tasks.files.header import header_at, is_there, named, noted_titles, numbered_names
from harness.tasks.files.records import Records
from harness.tasks.files.row import TAB, FileRow, FileShape, is_filled
from harness.tasks.files.sieve import TableLine, sifted
from harness.tasks.files.text import text_lines

LOOKED_AT: Final = 50
"""lines that a delimiter is recognised by"""
DESCRIBING: Final = 2
"""rows below the names of the columns that may describe these"""
DESCRIBED: Final = '{"ImportId"'
_EXCEL: Final = re.compile(r'"?sep=(.)"?\1*\r?\n?', re.IGNORECASE)
"""the line by which Excel is told the delimiter of the file"""


def table_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a table with a header."""
    csv.field_size_limit(sys.maxsize)  # the library's limit of 131,072 characters is below many documents
    shape.kind, shape.typed = "table", False
    if shape.names:
        yield from _unnamed(path, shape, complaints)
        return
    lines = text_lines(path, shape, complaints)
    head = _with_line_feeds(list(itertools.islice(lines, max(LOOKED_AT, LOOKED_AT * (shape.header_row or 0)))))
    told = _EXCEL.fullmatch(head[0]) if head else None
    dialect = dialect_of(head, shape.delimiter or (told[1] if told else ""))
    shape.delimiter = dialect.delimiter
    shape.notes.extend(dialect.notes())
    skipped = _titles(head, 1 if told else 0, path, shape, complaints, dialect)
    records = Records(path, dialect, skipped, lambda: text_lines(path, copy(shape), Complaints()), complaints)
    source = itertools.chain(head[skipped:], lines)
    yield from _rows(records.lines(source), path, shape, complaints)
    if records.broken:
        complaints.add((path, "csv"), records.broken)


def _with_line_feeds(head: list[str]) -> list[str]:
    """Return the lines of a file that has no line feed but carriage returns, as old programs for the Mac write."""
    return head[0].splitlines(keepends=True) if len(head) == 1 and "\r" in head[0].rstrip() else head


def _unnamed(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a table without the names of its columns; with tabs, quotes are a part of the text."""
    lines = text_lines(path, shape, complaints)
    head = list(itertools.islice(lines, LOOKED_AT))
    shape.delimiter = TAB if any(TAB in line for line in head) else dialect_of(head).delimiter
    shape.notes.append(f"no line has the names of the columns: they are read as {listed(shape.names)}")
    source, quoted = itertools.chain(head, lines), shape.delimiter != TAB
    table = csv.reader(source, delimiter=shape.delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    for number, cells in enumerate(table, start=1):
        if len(cells) > 1:
            last = len(shape.names) - 1
            every = [*cells[:last], shape.delimiter.join(cells[last:])]
            values = {name: cell.strip() or None for name, cell in zip(shape.names, every, strict=False)}
            yield FileRow(f"{path}:{table.line_num}", number, values)
        elif any(cells):
            want = f"want {listed(shape.names)} with tabs between, got one cell"
            complaints.add((path, "cells"), f"{path}:{table.line_num}: {want}")


def _titles(
    head: Sequence[str], skipped: int, path: Path, shape: FileShape, complaints: Complaints, dialect: Dialect
) -> int:
    """Return how many lines stand before the names of the columns."""
    if shape.header_row == 0:
        return skipped
    reader = dialect.reader(head[skipped:])
    rows, ends = [], [0]
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # reported when the rows are read
    if not is_there(rows, path, shape, complaints):
        return len(head)
    at = header_at(rows, shape.header_row)
    noted_titles(rows[:at], shape)
    return skipped + ends[at]


def _rows(lines: Iterator[TableLine], path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    first = next(lines, None)
    if first is None:
        return
    if shape.header_row == 0:
        every = [first, *itertools.islice(lines, LOOKED_AT)]
        lines = itertools.chain(every, lines)
        alike = [line.cells for line in every if len(line.cells) == len(first.cells)]
        first = first._replace(cells=numbered_names(alike, shape))
    header = [" ".join(name.split()) for name in first.cells]
    head = _without_descriptions(list(itertools.islice(lines, LOOKED_AT)), shape)
    header = [*named(header, [line.cells for line in head], f"{path}:{first.number}", shape, complaints)]
    for line in sifted(itertools.chain(head, lines), header, head, complaints, shape, path.name):
        cells = _fitted(line.cells, header)
        if len(cells) != len(header):
            got = f"{len(cells)} cell{'s' * (len(cells) > 1)}, the header has {len(header)}"
            cure = _cure(len(cells), len(header), shape)
            complaints.add((path, "cells"), f"{path}:{line.number}: {got}; {cure}")
        else:
            named_cells = zip(header, cells, strict=True)
            values = {name: cell or None for name, cell in named_cells if name}
            yield FileRow(f"{path}:{line.number}", line.row, values)


def _without_descriptions(head: list[TableLine], shape: FileShape) -> list[TableLine]:
    """Return the rows below those that only describe the columns: Qualtrics puts two of them under their names."""
    for at, line in enumerate([] if shape.every_row else head[:DESCRIBING]):
        if line.filled and all(str(line.cells[cell]).startswith(DESCRIBED) for cell in line.filled):
            lines = listed(str(own.number) for own in head[: at + 1])
            shape.notes.append(f"what describes the columns is left out (lines {lines})")
            return head[at + 1 :]
    return head


def _fitted(cells: Sequence[str], header: Sequence[str]) -> Sequence[str]:
    """Return the cells without empty ones that no column has, and with those of columns without a name."""
    more = len(cells) - len(header)
    if more > 0 and not any(map(is_filled, cells[len(header) :])):
        return cells[: len(header)]
    return [*cells, *[""] * -more] if more < 0 and not any(header[more:]) else cells


def _cure(cells: int, columns: int, shape: FileShape) -> str:
    """Return what helps where a row has another number of cells than the header."""
    quotes = f"put cells that hold {_word(shape.delimiter)} or line ends in quotes"
    more = ", write empty cells, too" if cells < columns else ""
    return f"{quotes}{more}{'' if shape.documents else ', or set task.delimiter'}"


def _word(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", TAB: "tabs"}.get(delimiter, f"{delimiter!r}")
