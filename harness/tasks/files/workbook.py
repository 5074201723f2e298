"""Which sheets of a workbook have the examples, and which the documents."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import plain, typed
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.header import NAMES, header_at
from harness.tasks.files.row import FileShape
from harness.tasks.known_columns import COMMON, DEFAULTS, DOCUMENT_COLUMNS
from harness.tasks.split_names import means_knowledge, split_called

WORKBOOKS: Final = (".xlsx", ".xlsm")
LOOKED_AT: Final = 50
"""rows of a sheet by which it is judged"""
LARGEST: Final = 10_000_000
"""bytes of a workbook that is held in memory, where merged cells and hidden rows are known; larger ones are streamed"""
OLE: Final = b"\xd0\xcf\x11\xe0"
PROTECTED: Final = "it has a password, or is an .xls file under another name"
ASKED: Final = frozenset((*COMMON["input"], *DEFAULTS.input))
ANSWERED: Final = frozenset((*COMMON["references"], *DEFAULTS.references))
TEXTS: Final = frozenset(DOCUMENT_COLUMNS["text"]) - ANSWERED
NAMED: Final = frozenset((*DOCUMENT_COLUMNS["id"], *DOCUMENT_COLUMNS["title"]))


@contextmanager
def opened_book(path: Path, complaints: Complaints, *, streamed: bool = False, values: bool = True) -> Iterator[Any]:
    """Give a workbook of openpyxl, or None, which is reported.

    Args:
        path: of the file.
        complaints: gets a line where it cannot be read.
        streamed: whether nothing but the cells of one row after the other is needed.
        values: of formulas, as they were computed last; else the formulas.
    """
    try:
        from openpyxl import load_workbook  # heavy, and an extra
    except ImportError:
        cure = "pip install 'cutlery[excel]', or save the sheet as CSV"
        complaints.add((path, "xlsx"), f"{path}: Excel files need the package openpyxl, which is not installed; {cure}")
        yield None
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and extensions that it leaves out
            source = path if path.suffix.lower() in WORKBOOKS else io.BytesIO(path.read_bytes())  # it looks at names
            book = load_workbook(source, read_only=streamed or path.stat().st_size > LARGEST, data_only=values)
    except OSError:
        raise
    except Exception as error:  # whatever the library raises about a broken file, or one of another kind
        reason = PROTECTED if _is_old(path) else str(error) or type(error).__name__
        complaints.add((path, "xlsx"), f"{path}: not a readable Excel file ({reason}); save it as .xlsx or CSV")
        yield None
        return
    try:
        yield book
    finally:
        book.close()


def _is_old(path: Path) -> bool:
    """Return whether a file is of the kind that .xls files are, and .xlsx files with a password."""
    with path.open("rb") as stream:
        return stream.read(len(OLE)) == OLE


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook that has any cells."""

    title: str
    number: int
    """among those that are shown, from 1; 0: it is hidden"""
    rows: Sequence[Sequence[Any]]
    """the first"""

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its columns, as they are compared."""
        header = self.rows[header_at(self.rows)]
        return frozenset(plain(str(cell)) for cell in header if cell is not None and str(cell).strip())

    @property
    def asks_and_answers(self) -> bool:
        """Whether it has columns of questions and of answers."""
        return bool(self.names & ASKED) and bool(self.names & (ANSWERED - ASKED))

    @property
    def is_called_knowledge(self) -> bool:
        """Whether its name is that of a knowledge base."""
        return means_knowledge([self.title])

    @property
    def has_documents(self) -> bool:
        """Whether its columns are those of documents alone."""
        return bool(self.names & TEXTS) and bool(self.names & NAMED) and not self.asks_and_answers

    @property
    def likeness(self) -> tuple[int, bool]:
        """How many columns have names of questions or answers, and whether it is a table at all."""
        return len(self.names & NAMES), len(self.names) > 1


def sheets_of(book: Any) -> list[Sheet]:
    """Return the sheets of a workbook that have any cells."""
    found, shown = [], 0
    for sheet in book.worksheets:
        is_shown = sheet.sheet_state == "visible"
        shown += is_shown
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()  # some programs write wrong ones
        last = min(LOOKED_AT, sheet.max_row or LOOKED_AT)  # asked for more, a sheet in memory grows
        rows = list(sheet.iter_rows(max_row=last, values_only=True))
        if any(map(any, rows)):
            found.append(Sheet(sheet.title, shown if is_shown else 0, rows))
    return found


def called(sheets: Sequence[Sheet], wanted: str) -> Sheet | None:
    """Return the sheet of this name or, where none has it, of this number; None if there is none."""
    by_name = [sheet for sheet in sheets if sheet.title == wanted]
    by_name += [sheet for sheet in sheets if plain(sheet.title) == plain(wanted)]
    by_number = [sheet for sheet in sheets if wanted.isdecimal() and sheet.number == int(wanted) > 0]
    return next(iter([*by_name, *by_number]), None)


def told_sheet(sheets: Sequence[Sheet], path: Path, shape: FileShape, complaints: Complaints) -> list[Sheet]:
    """Return the sheet that is told; none, which is reported, where it is not there."""
    sheet = called(sheets, shape.sheet)
    if sheet is not None:
        return [sheet]
    number = shape.sheet.isdecimal()
    there = listed(f"{own.title!r}{f' ({own.number})' if number else ''}" for own in sheets) or "none with cells"
    what = f"is called {shape.sheet!r}{' or has this number' if number else ''}"
    cure = f"set {shape.keys}sheet to one of them" if sheets else ""
    complaints.add((path, "sheet"), f"{path}: no sheet with cells {what}; it has {there}{cure and f'; {cure}'}")
    return []


def example_sheets(sheets: Sequence[Sheet], path: Path, shape: FileShape, complaints: Complaints) -> list[Sheet]:
    """Return the sheets with examples: the one that is told, those called like splits, or the likeliest."""
    if shape.sheet:
        return told_sheet(sheets, path, shape, complaints)
    others = [sheet for sheet in sheets if sheet.title != shape.read_besides]
    shown = [sheet for sheet in others if sheet.number] or others
    plainly = [sheet for sheet in shown if not sheet.is_called_knowledge] or shown
    splits = [sheet for sheet in plainly if split_called(sheet.title)]
    if len(splits) > 1 or any(split_called(sheet.title) == "test" and sheet.asks_and_answers for sheet in splits):
        return splits
    return [max(plainly, key=lambda sheet: (sheet.asks_and_answers, sheet.likeness))] if plainly else []


def document_sheet(sheets: Sequence[Sheet], path: Path, shape: FileShape, complaints: Complaints) -> list[Sheet]:
    """Return the sheet with the documents: the one that is told, or the likeliest; [] without any."""
    if shape.sheet:
        return told_sheet(sheets, path, shape, complaints)
    named = knowledge_sheets(sheets)
    if len(named) > 1:
        complaints.add((path, "sheets"), f"{path}: {several(named)}")
    shown = [sheet for sheet in sheets if sheet.number] or list(sheets)
    return named[:1] or [max(shown, key=lambda sheet: (sheet.has_documents, len(sheet.names & TEXTS)))][: len(shown)]


def knowledge_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets with documents beside others: those that are called so, else the one with such columns."""
    shown = [sheet for sheet in sheets if sheet.number]
    named = [sheet for sheet in shown if sheet.is_called_knowledge]
    if len(named) == len(shown):
        return [sheet for sheet in named if sheet.has_documents] if len(named) > 1 else []
    if named:
        return named
    like = [sheet for sheet in shown if sheet.has_documents and not split_called(sheet.title)]
    return like if len(like) == 1 and any(sheet.asks_and_answers for sheet in shown) else []


def several(sheets: Sequence[Sheet]) -> str:
    """Return what to do where several sheets may be the documents."""
    names = listed(repr(sheet.title) for sheet in sheets)
    key = f"task.documents_sheet={typed(sheets[0].title)}"
    return f"the sheets {names} can each be the knowledge base: choose one, {key}, or none, task.documents_file=null"
