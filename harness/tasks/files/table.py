"""Rows of a table as text: CSV and TSV, whatever stands between the cells."""

import csv
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.header import header_at, is_there, named, noted_titles
from harness.tasks.files.row import TAB, FileRow, FileShape
from harness.tasks.files.text import text_lines

DELIMITERS: Final = (",", ";", TAB, "|")
LOOKED_AT: Final = 50
"""lines that a delimiter is recognised by"""
_EXCEL: Final = re.compile(r"sep=(.)\r?\n?")
"""the line by which Excel is told the delimiter of the file"""


def table_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a table with a header."""
    csv.field_size_limit(sys.maxsize)  # the library's limit of 131,072 characters is below many documents
    shape.kind, shape.typed = "table", False
    lines = text_lines(path, shape, complaints)
    head = list(itertools.islice(lines, max(LOOKED_AT, LOOKED_AT * (shape.header_row or 0))))
    told = _EXCEL.fullmatch(head[0]) if head else None
    shape.delimiter = shape.delimiter or (told[1] if told else _delimiter(head))
    skipped = _titles(head, 1 if told else 0, path, shape, complaints)
    table = csv.reader(itertools.chain(head[skipped:], lines), delimiter=shape.delimiter, strict=True)
    try:
        yield from _rows(table, skipped, path, shape, complaints)
    except csv.Error as error:
        place = f"{path}:{table.line_num + skipped}"
        hint = "; a quote inside a cell in quotes is written twice" if "expected after" in str(error) else ""
        complaints.add((path, "csv"), f"{place}: malformed CSV ({error}){hint}; the rest of the file was not read")


def _titles(head: Sequence[str], skipped: int, path: Path, shape: FileShape, complaints: Complaints) -> int:
    """Return how many lines stand before the names of the columns."""
    reader = csv.reader(head[skipped:], delimiter=shape.delimiter)
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


def _rows(table: Any, skipped: int, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    header = named([name.strip() for name in next(table, [])], path, shape, complaints)
    line = table.line_num + 1
    for number, cells in enumerate(table, start=1):
        place, line = f"{path}:{line + skipped}", table.line_num + 1
        if cells and len(cells) != len(header):
            cure = f"put cells that hold {_word(shape.delimiter)} or line ends in quotes"
            got = f"{len(cells)} cell{'s' * (len(cells) > 1)}, the header has {len(header)}"
            complaints.add((path, "cells"), f"{place}: {got}; {cure}, or set task.delimiter")
        elif any(cells):
            named_cells = zip(header, cells, strict=True)
            yield FileRow(place, number, {name: cell or None for name, cell in named_cells if name})


def _word(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", TAB: "tabs"}.get(delimiter, f"{delimiter!r}")


def _delimiter(head: Sequence[str]) -> str:
    """Return the delimiter by which most lines have as many cells as the header; of equals, the one of most cells."""
    best, most = ",", (0, 0)
    for delimiter in DELIMITERS:
        rows = _parsed(head, delimiter)
        cells = len(rows[header_at(rows)]) if rows else 0
        score = (sum(len(row) == cells for row in rows), cells)
        if cells > 1 and score > most:
            best, most = delimiter, score
    return best


def _parsed(head: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(head, delimiter=delimiter) if row]
    except csv.Error:
        return []
