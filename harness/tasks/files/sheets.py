"""Rows of workbooks, as they are shown."""

import itertools
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.amounts import Uncomputed
from harness.tasks.files.header import header_at, is_there, named, noted_titles, numbered_names
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.sheet_cells import Formulas, SheetCells, hidden
from harness.tasks.files.sieve import TableLine, sifted
from harness.tasks.files.workbook import LOOKED_AT, Sheet, document_sheet, example_sheets, opened_book, sheets_of
from harness.tasks.split_names import split_called

SPLIT: Final = "split"
"""column that says which sheet a row is of, where they are called like splits"""
FORMULA: Final = (b"<f>", b"<f ")
"""how a formula begins in a sheet"""
CHUNK: Final = 1 << 20


def sheet_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of the sheet that is told, else of those that are called like splits, else of the likeliest."""
    shape.kind, shape.typed = "Excel", False
    with opened_book(path, complaints) as book:
        if book is not None:
            yield from _book_rows(book, path, shape, complaints)


def _book_rows(book: Any, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    sheets = sheets_of(book)
    choose = document_sheet if shape.documents else example_sheets
    chosen = choose(sheets, path, shape, complaints) if sheets else []
    if not chosen:
        return
    _note_sheets(chosen, sheets, shape)
    if book.read_only:
        shape.notes.append("so large a workbook is streamed: merged cells and hidden rows are not looked at")
    splits = _splits(chosen, path, shape)
    formulas = _formulas(path, [sheet.title for sheet in chosen])
    counted = itertools.count(1)
    for sheet, split in zip(chosen, splits, strict=True):
        place = f"{path}:{sheet.title}" if len(chosen) > 1 else str(path)
        added = {SPLIT: split} if split else {}
        for line, values in _sheet_rows(book[sheet.title], formulas[sheet.title], path, shape, complaints):
            number = next(counted) if len(chosen) > 1 else line - 1
            yield FileRow(f"{place}:{line}", number, {**values, **added})


def _note_sheets(chosen: Sequence[Sheet], sheets: Sequence[Sheet], shape: FileShape) -> None:
    titles = " and ".join(
        f"{sheet.title!r}{' (hidden)' * (not sheet.number)}{_numbered(sheet, shape)}" for sheet in chosen
    )
    told = shape.documents and bool(shape.sheet)  # of the others one has the examples, or the user knows
    left = [] if told else [own for own in sheets if own not in chosen and own.title != shape.read_besides]
    others = [f"{sheet.title}{' (hidden)' * (not sheet.number)}" for sheet in left]
    key = f" ({shape.keys}sheet=… reads another)" if len(chosen) == 1 and _as_good(chosen[0], left, shape) else ""
    of = "documents of " if shape.documents else ""
    shape.notes.append(f"{of}sheet{'s' * (len(chosen) > 1)} {titles}{f', not {listed(others)}' if others else ''}{key}")


def _numbered(sheet: Sheet, shape: FileShape) -> str:
    """Say that a sheet was told by its number."""
    return f" (number {sheet.number})" if shape.sheet.isdecimal() and sheet.title != shape.sheet else ""


def _as_good(sheet: Sheet, others: Sequence[Sheet], shape: FileShape) -> bool:
    return not shape.sheet and any(other.asks_and_answers == sheet.asks_and_answers for other in others)


def _splits(chosen: Sequence[Sheet], path: Path, shape: FileShape) -> list[str | None]:
    """Return the split that each sheet is by its name; a file that is a split, and validation alone, have no others."""
    splits = [split_called(sheet.title) for sheet in chosen]
    if shape.documents or split_called(path.stem) or set(splits) == {"validation"}:
        return [None] * len(chosen)
    return list(splits)


def _formulas(path: Path, titles: Sequence[str]) -> dict[str, Formulas]:
    """Return the cells with formulas of each sheet; a workbook without any is not read again."""
    found: dict[str, Formulas] = dict.fromkeys(titles, frozenset())
    if not _has_formulas(path):
        return found
    with opened_book(path, Complaints(), streamed=True, values=False) as book:
        for title in titles if book is not None else ():
            book[title].reset_dimensions()
            cells = (cell for row in book[title].iter_rows() for cell in row if cell.data_type == "f")
            found[title] = frozenset((cell.row, cell.column) for cell in cells)
    return found


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    before = b""
                    while chunk := stream.read(CHUNK):
                        if any(mark in before + chunk for mark in FORMULA):
                            return True
                        before = chunk[-len(FORMULA[0]) :]
    return False


def _sheet_rows(
    sheet: Any, formulas: Formulas, path: Path, shape: FileShape, complaints: Complaints
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and cells of the rows of a sheet below its header."""
    cells = SheetCells(sheet, formulas)
    lines = cells.lines()
    head = list(itertools.islice(lines, max(LOOKED_AT, shape.header_row or 0)))
    rows = [line.cells for line in head]
    if not is_there(rows, path, shape, complaints):
        return
    if shape.header_row == 0:
        names, at = numbered_names(rows, shape), -1
    else:
        at = header_at(rows, shape.header_row)
        noted_titles(rows[:at], shape)
        names, at = _names(cells, head, at, shape.header_row is not None)
    below = head[at + 1 :]
    header = named(names, rows[at + 1 :], f"{path}:{at + 1}", shape, complaints)
    label = f"{path.name}, sheet {sheet.title!r}"
    lacking = list[str]()
    for line in sifted(itertools.chain(below, lines), header, below, complaints, shape, label):
        values = {name: cell for name, cell in zip(header, line.cells, strict=False) if name}
        lacking += [f"{sheet.title}!{_letters(column)}{line.number}" for column in _without_value(header, line)]
        yield line.number, {name: None if isinstance(cell, Uncomputed) else cell for name, cell in values.items()}
    if lacking:
        cure = "open and save the file in a spreadsheet program, or save it as CSV there"
        complaints.add((path, "formulas"), f"{path}: formulas without values, such as {listed(lacking)}; {cure}")
    for said in filter(None, (*cells.said(), hidden(sheet))):
        complaints.remark((path, "cells", said), f"{label}: {said}")


def _names(cells: SheetCells, head: Sequence[TableLine], at: int, told: bool) -> tuple[list[str], int]:
    """Return the names of the columns and their last row: under merged cells each column has one of its own.

    Args:
        cells: of the sheet.
        head: its first rows.
        at: row of the header.
        told: whether it was told, and is taken as it is.
    """
    above = [_text(cell) for cell in head[at].cells]
    below = [_text(cell) for cell in head[at + 1].cells] if at + 1 < len(head) and not told else []
    spans = {first: count for first, count in cells.spans_in(head[at]).items() if count > 1}
    joined = [column for first, count in spans.items() for column in range(first, first + count)]
    others = [column for column in range(len(below)) if column not in joined]
    goes_on = joined and below and all(below[column] for column in joined if column < len(below))
    if not goes_on or not others or any(below[column] not in ("", above[column]) for column in others):
        return above, at
    return [one or other for one, other in zip(below, above, strict=False)], at + 1


def _without_value(header: Sequence[str], line: TableLine) -> list[int]:
    named_cells = enumerate(zip(header, line.cells, strict=False))
    return [at for at, (name, cell) in named_cells if name and isinstance(cell, Uncomputed)]


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column that is counted from 0."""
    text = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        text, column = chr(ord("A") + rest) + text, column - 1
    return text


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(str(cell).split())
