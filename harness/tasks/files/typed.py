"""Rows of files that carry the types of their cells: Parquet and Excel sheets."""

import glob
import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from harness.tasks.columns import plain, typed
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.header import NAMES, header_at, is_there, named, noted_titles
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.split_names import means_knowledge, split_called

LOOKED_AT: Final = 50
"""rows of a sheet by which it is judged"""


def parquet_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a Parquet file."""
    from datasets import load_dataset  # heavy

    shape.kind = "Parquet"
    try:
        table = load_dataset("parquet", data_files=glob.escape(str(path)), split="train", streaming=True)
        for number, values in enumerate(table, start=1):
            yield FileRow(f"{path} row {number}", number, values)
    except ValueError as error:  # pyarrow's own errors are ValueErrors
        complaints.add((path, "parquet"), f"{path}: not a readable Parquet file ({error})")


def sheet_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of the sheet that is told, else of those that are called like splits, else of the likeliest."""
    shape.kind, shape.typed = "Excel", False
    try:
        from openpyxl import load_workbook  # heavy, and an extra
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        cure = "pip install 'cutlery[excel]', or save the sheet as CSV"
        complaints.add((path, "xlsx"), f"{path}: Excel files need the package openpyxl, which is not installed; {cure}")
        return
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        complaints.add((path, "xlsx"), f"{path}: not a readable Excel file ({error}); save it as .xlsx or CSV")
        return
    try:
        yield from _sheet(book, path, shape, complaints)
    finally:
        book.close()


def _sheet(book: Any, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    filled = [sheet for sheet in book.worksheets if any(map(any, sheet.iter_rows(max_row=LOOKED_AT, values_only=True)))]
    chosen = _chosen(filled, path, shape, complaints) if filled else []
    if not chosen:
        return
    others = [sheet.title for sheet in filled if sheet not in chosen]
    titles = " and ".join(repr(sheet.title) for sheet in chosen)
    shape.notes.append(f"sheet{'s' * (len(chosen) > 1)} {titles}{f', not {listed(others)}' if others else ''}")
    counted = itertools.count(1)
    for sheet in chosen:
        place = f"{path}:{sheet.title}" if len(chosen) > 1 else str(path)
        added = {"split": split_called(sheet.title)} if len(chosen) > 1 else {}
        for line, values in _lines(sheet, path, shape, complaints):
            yield FileRow(f"{place}:{line}", next(counted) if added else line - 1, {**values, **added})


def _chosen(filled: Sequence[Any], path: Path, shape: FileShape, complaints: Complaints) -> list[Any]:
    """Return the sheets with the examples; none, which is reported, where the one that is told is not there."""
    if shape.sheet:
        chosen = [sheet for sheet in filled if plain(sheet.title) == plain(shape.sheet)][:1]
        if not chosen:
            there = f"it has {listed(repr(sheet.title) for sheet in filled)}"
            complaints.add((path, "sheet"), f"{path}: no sheet with cells is called {shape.sheet!r}; {there}")
        return chosen
    chosen = [sheet for sheet in filled if split_called(sheet.title)]
    if len(chosen) < 2:  # one alone, like "test results", may be called so by chance
        chosen = [max(filled, key=_named_roles)]
    others = [sheet.title for sheet in filled if sheet not in chosen]
    if means_knowledge(others) and not means_knowledge([chosen[0].title]):
        cure = f"save each as a file of its own, {chosen[0].title}.csv and documents.csv"
        cure += f", or leave the others out: task.sheet={typed(chosen[0].title)}"
        complaints.add(
            (path, "sheets"), f"{path}: besides {chosen[0].title!r} it has the sheets {listed(others)}; {cure}"
        )
    return chosen


def _named_roles(sheet: Any) -> tuple[int, bool]:
    """Return how many columns of a sheet have names of questions or answers, and whether it is a table at all."""
    rows = list(sheet.iter_rows(max_row=LOOKED_AT, values_only=True))
    names = {plain(_text(cell)) for cell in rows[header_at(rows)] if _text(cell)}
    return len(names & NAMES), len(names) > 1


def _lines(sheet: Any, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and cells of the rows of a sheet below its header."""
    rows = sheet.iter_rows(values_only=True)
    head = list(itertools.islice(rows, max(LOOKED_AT, shape.header_row or 0)))
    if not is_there(head, path, shape, complaints):
        return
    at = header_at(head, shape.header_row)
    noted_titles(head[:at], shape)
    header = named([_text(cell) for cell in head[at]], path, shape, complaints)
    filled = set[str]()
    for line, cells in enumerate(itertools.chain(head[at + 1 :], rows), start=at + 2):
        if any(cell not in (None, "") for cell in cells):
            values = {name: _value(cell) for name, cell in zip(header, cells, strict=False) if name}
            filled |= {name for name, value in values.items() if value is not None}
            yield line, values
    if any(name and name not in filled for name in header):
        _complain_of_formulas(path, sheet.title, at + 1, complaints)


def _complain_of_formulas(path: Path, title: str, header: int, complaints: Complaints) -> None:
    """Report formulas without values: a program that is no spreadsheet wrote them, and did not compute them."""
    from openpyxl import load_workbook  # heavy, and an extra

    book = load_workbook(path, read_only=True)
    cells = (cell for row in book[title].iter_rows(min_row=header + 1, max_row=header + LOOKED_AT) for cell in row)
    first = next((cell.coordinate for cell in cells if isinstance(cell.value, str) and cell.value[:1] == "="), None)
    book.close()
    if first is not None:
        cure = "open and save the file in a spreadsheet program, or save it as CSV there"
        complaints.add((path, "formulas"), f"{path}: formulas without values, such as {title}!{first}; {cure}")


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _value(cell: Any) -> Any:
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else (None if cell == "" else cell)
