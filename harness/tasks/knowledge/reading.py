"""Reads a knowledge base, whatever it is kept in: a file of rows, one of text, or a folder of both."""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.tasks.cells import Cells
from harness.tasks.columns import DocumentColumns, typed
from harness.tasks.complaints import Complaints
from harness.tasks.files.json_parts import documents_in, is_about_texts
from harness.tasks.knowledge.beside import ENDINGS, files_in, of_programs
from harness.tasks.knowledge.file_documents import rows_of
from harness.tasks.knowledge.file_text import KINDS, MissingReaderError, UnreadableFileError, read_file, shared_encoding
from harness.tasks.knowledge.finding import kinds_of, lists_pages, name_in, readable_files
from harness.tasks.knowledge.html_rows import HTML, left_out, without_html
from harness.tasks.knowledge.in_workbook import sheet_problem
from harness.tasks.knowledge.nested_json import TITLES, nested_documents, with_sections
from harness.tasks.knowledge.part_rows import PARTS, in_parts
from harness.tasks.mapping import PlacedDocument, read_documents
from harness.tasks.rows import FileRow, FileShape, read_rows

METADATA: Final = ("date", "section")
"""columns that are kept where document_columns.metadata is null: what a reader of a passage must know to use it"""
FEWEST: Final = 3
"""files from which on a title that most of them have says nothing"""
NAMED: Final = 8
"""the most names in a remark"""
NESTED: Final = "nested"
"""kind of the remark on documents that were found in others"""
MADE: Final = (NESTED, PARTS, HTML)
"""kinds of remarks where documents are not the rows of a file as they are written"""


def read_knowledge(
    path: Path,
    columns: DocumentColumns,
    complaints: Complaints,
    shape: FileShape | None = None,
    parts: Sequence[Path] = (),
) -> list[PlacedDocument]:
    """Return the documents of a file or folder.

    Args:
        path: what `find_knowledge` found.
        columns: of files of rows; files of text have their own.
        complaints: gets what is wrong, and as remarks what was left out or recognised.
        shape: what is told of how files of rows are written, and the encoding of texts that are no UTF-8.
        parts: files and folders in that folder that alone are read; (): all.
    """
    columns = replace(columns, metadata=METADATA if columns.metadata is None else columns.metadata)
    reading = _Reading(path, columns, complaints, shape or FileShape(documents=True), parts)
    placed = reading.folder() if path.is_dir() else reading.file(path)
    reading.end(len(placed))
    return placed


class _Reading:
    def __init__(
        self, base: Path, columns: DocumentColumns, complaints: Complaints, shape: FileShape, parts: Sequence[Path]
    ) -> None:
        self._base = base
        self._parts = parts
        self._columns = columns
        self._of_texts = DocumentColumns(("id",), ("title",), ("text",), columns.metadata)
        self._complaints = complaints
        self._shape = shape
        self._left_out: dict[str, list[str]] = {}
        self._odd: dict[str, list[str]] = {}
        self._missing: dict[str, list[str]] = {}
        self._furniture: list[float] = []
        self._seen: dict[str, None] = {}
        self._used: set[str] = set()
        self._encoding = shape.encoding
        self._together = Cells(str(base), complaints, columns)

    def folder(self) -> list[PlacedDocument]:
        files = readable_files(self._base, self._parts)
        if not files:
            there = kinds_of(list(files_in(self._base))) or "no file"
            self._complaints.add(
                (self._base,), f"{self._base}: no file in it can be read; want {', '.join(ENDINGS)}, got {there}"
            )
        self._encoding = self._encoding or shared_encoding(files)
        texts = [path for path in files if path.suffix.lower() in KINDS]
        about = [path for path in files if is_about_texts(path, texts)]
        if about:
            what = (
                f"an object that describes the texts beside it: {_some([name_in(self._base, path) for path in about])}"
            )
            self._complaints.remark((self._base, "about"), f"{self._base.name}: not read, as {what}")
        read = {path: self.file(path) for path in files if path not in about}
        shared = self._shared_titles([own[0] for path, own in read.items() if _is_page(path, own)])
        return [_by_file(one, path, shared) for path, own in read.items() for one in own]

    def _shared_titles(self, pages: Sequence[PlacedDocument]) -> set[str]:
        """Return the titles that most pages of a folder have: they tell none from another, and no row means them."""
        titles = Counter(one.document.title for one in pages if one.document)
        shared = {title for title, count in titles.items() if title and 2 * count > len(pages) >= FEWEST}
        for title in shared:
            line = f"{titles[title]} of {len(pages)} files have the title {title!r}: their names are taken as titles"
            self._complaints.remark((self._base, "titles"), f"{self._base.name}: {line}")
        return shared

    def file(self, path: Path) -> list[PlacedDocument]:
        if path.suffix.lower() in KINDS:
            return self._read(self._texts(path), self._of_texts, path, ends=False)
        inside = documents_in(path)
        nested = nested_documents(path, self._columns, inside) if path.suffix.lower() == ".json" else None
        if nested is not None:
            return self._nested(nested.rows, nested.text_names, path)
        rows = list(self._rows(path, inside))
        if (parts := with_sections(rows, self._columns)) is not None:
            return self._nested(parts.rows, parts.text_names, path)
        made, column = in_parts(rows, self._columns, path, self._complaints)
        self._used.add(column)
        return self._read(without_html(made, self._columns, path, self._complaints), self._columns, path)

    def _nested(self, rows: Sequence[FileRow], text_names: Sequence[str], path: Path) -> list[PlacedDocument]:
        self._used |= {*text_names, *TITLES}
        names = f" (text: {', '.join(text_names)})" if text_names else ""
        above = next((row.parents[0] for row in rows if row.parents), "")
        whole = f"; evidence that names {above!r} means any of its parts" if above else ""
        line = f"{path.name}: {len(rows)} documents found inside nested JSON{names}{whole}"
        self._complaints.remark((path, NESTED), line)
        return self._read(without_html(rows, self._of_texts, path, self._complaints), self._of_texts, path)

    def _read(
        self, rows: Iterable[FileRow], columns: DocumentColumns, path: Path, *, ends: bool = True
    ) -> list[PlacedDocument]:
        noted = self._noted(rows)
        return read_documents(noted, columns, str(path), self._complaints, ends=ends, together=self._together)

    def _rows(self, path: Path, inside: Sequence[str]) -> Iterator[FileRow]:
        """Yield the rows of a file, or of a part of it, and say what it is."""
        shape = replace(self._shape, notes=[], inside=tuple(inside), encoding="")
        rows = read_rows(path, self._complaints, shape)
        first = list(itertools.islice(rows, 1))
        if str(shape):
            self._complaints.remark((path, "shape"), f"{path.name}: {shape}")
        yield from itertools.chain(first, rows)

    def _texts(self, path: Path) -> Iterable[FileRow]:
        name = path.name if path == self._base else name_in(self._base, path)
        try:
            file = read_file(path, self._encoding)
        except UnreadableFileError as error:
            self._left_out.setdefault(str(error), []).append(name)
            return ()
        except MissingReaderError as error:
            self._missing.setdefault(str(error.name), []).append(name)
            return ()
        if file.oddity:
            self._odd.setdefault(file.oddity, []).append(name)
        self._furniture.append(file.left_out)
        return rows_of(path, name, file, whole=path == self._base)

    def _noted(self, rows: Iterable[FileRow]) -> Iterator[FileRow]:
        for row in rows:
            self._seen.update(dict.fromkeys(row.values))
            yield row

    def end(self, count: int) -> None:
        """Say what was read and what was not."""
        base, remark = self._base, self._complaints.remark
        files = readable_files(base, self._parts) if base.is_dir() else [base]
        for library, names in self._missing.items():
            line = f"{base}: {_some(names)} cannot be read without {library}; run: pip install 'cutlery[documents]'"
            self._complaints.add((base, library), line)
        for what, names in {**self._left_out, **self._odd}.items():
            remark((base, what), f"{base.name}: files that {what}: {_some(names)} ({len(names)} of {len(files)})")
        if said := left_out(self._furniture):
            remark((base, "furniture"), f"{base.name}: {said}")
        if self._left_out and not count and not self._missing:
            self._complaints.add((base,), f"{base}: no text was found: {_reasons(self._left_out)}")
        every = [path for part in self._parts or [base] for path in files_in(part)]  # none of a file
        others = [path for path in every if path not in set(files)]
        if lists := [name_in(base, path) for path in others if lists_pages(path)]:
            line = f"{base.name}: not read, as a table that lists the pages in the folder of its name: {_some(lists)}"
            remark((base, "lists"), line)
        if passed := [name for part in self._parts or [base] for name in of_programs(part)]:
            remark((base, "programs"), f"{base.name}: not read, as programs put it there: {_some(passed)}")
        others = [path for path in others if not lists_pages(path)]
        if others:
            line = f"{base.name}: {len(others)} files of other kinds are not read ({kinds_of(others)})"
            remark((base, "others"), line)
        if problem := sheet_problem(base, files, self._shape.sheet):
            self._complaints.add((base, "sheet"), problem)
        self._remark_columns()
        self._together.tell(base.name)

    def _remark_columns(self) -> None:
        """Name the columns that nothing reads, with the key that would keep them."""
        read = {*self._columns.id, *self._columns.title, *self._columns.text, *(self._columns.metadata or ())}
        roots = {name.partition(".")[0] for name in read} | read | self._used | {"id", "title", "text", "section"}
        unread = [name for name in self._seen if name not in roots]
        if unread and "*" not in read:
            kept = ",".join([*(self._columns.metadata or ()), *map(typed, unread[:NAMED])])
            line = f"columns of the documents that are not read: {_some(unread)}"
            self._complaints.remark(
                (self._base, "columns"), f"{line}; to keep them: task.document_columns.metadata=[{kept}]"
            )


def _is_page(path: Path, own: Sequence[PlacedDocument]) -> bool:
    return path.suffix.lower() in KINDS and len(own) == 1


def _by_file(one: PlacedDocument, path: Path, shared: Collection[str]) -> PlacedDocument:
    """Return a document with the name of its file as its title, where its own is shared with most others."""
    if one.document is None or one.document.title not in shared:
        return one
    return one._replace(document=replace(one.document, title=path.stem))


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _reasons(left_out: Mapping[str, list[str]]) -> str:
    return "; ".join(f"files that {what}: {_some(names)}" for what, names in left_out.items())
