"""The knowledge base in a sheet beside that of the questions."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileShape
from harness.tasks.files.workbook import (
    WORKBOOKS,
    Sheet,
    called,
    knowledge_sheets,
    opened_book,
    several,
    sheets_of,
    told_sheet,
)

NOWHERE: Final = "task.documents_sheet={told} names a sheet of documents, and"


def workbooks(paths: Iterable[Path]) -> list[Path]:
    """Return those of the files that are workbooks, each once."""
    return list(dict.fromkeys(path for path in paths if path.suffix.lower() in WORKBOOKS))


def has_examples_too(path: Path, told: str) -> bool:
    """Return whether a workbook of documents has a sheet with questions and answers besides."""
    sheets = _sheets(path) if workbooks([path]) else []
    documents = [called(sheets, told)] if told else knowledge_sheets(sheets)
    return bool(documents) and any(sheet.asks_and_answers for sheet in sheets if sheet not in documents)


def documents_beside(
    paths: Iterable[Path], told: str, examples: str, complaints: Complaints
) -> tuple[Path, str] | None:
    """Return the workbook of examples that has documents, too, and their sheet; None if none has.

    Args:
        paths: files of examples.
        told: the sheet, by name or number; "": recognised.
        examples: the sheet that is told to have these.
        complaints: gets a line where several sheets may be it, or the one that is told is none.
    """
    books = workbooks(paths)
    if told and not books:
        there = "no file of examples is a workbook (.xlsx); task.documents_file=FILE names another file"
        complaints.add(("documents sheet",), f"{NOWHERE.format(told=told)} {there}")
    sheets = {path: _sheets(path) for path in books}
    if told:
        path = next((path for path in books if called(sheets[path], told)), next(iter(books), None))
        shape = FileShape(sheet=told, documents=True)
        chosen = told_sheet(sheets[path], path, shape, complaints) if path else []
        return (path, chosen[0].title) if path and chosen else None
    found = [(path, own.title) for path in books if (own := _found(sheets[path], path, examples, complaints))]
    for path, title in found[1:]:
        first = f"the documents are those of {found[0][0].name}; task.documents_file={path.name} takes these"
        complaints.remark((path, "sheets"), f"not read: sheet {title!r} of {path.name}, as {first}")
    return found[0] if found else None


def _found(sheets: Sequence[Sheet], path: Path, examples: str, complaints: Complaints) -> Sheet | None:
    taken = called(sheets, examples) if examples else None
    found = [sheet for sheet in knowledge_sheets(sheets) if sheet is not taken]
    if len(found) > 1:
        complaints.add((path, "sheets"), f"{path}: {several(found)}")
    return found[0] if len(found) == 1 else None


def sheet_problem(path: Path, files: Collection[Path], told: str) -> str:
    """Return what is wrong with a sheet that is told of documents in other files; "" where nothing is.

    Args:
        path: of the knowledge base.
        files: of it.
        told: the sheet.
    """
    if not told or workbooks(files):
        return ""
    return f"{path}: it has no sheets; task.documents_sheet={told} is for workbooks ({WORKBOOKS[0]})"


def _sheets(path: Path) -> list[Sheet]:
    with opened_book(path, Complaints(), streamed=True) as book:  # what is wrong is reported when its rows are read
        return [] if book is None else sheets_of(book)
