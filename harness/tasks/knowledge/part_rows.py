"""Rows that are parts of documents: several of one id, or with a column that says which document they are of.

Evidence names the document as often as the part. Where the rows have ids of their own, the column of their document
gives them a second name; where they only have that of their document, they are numbered behind it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import DocumentColumns, look_up, plain
from harness.tasks.complaints import BadCellError, Complaints, counted
from harness.tasks.files.row import FileRow
from harness.tasks.values import as_id

ABOVE: Final = ("parent_id", "parent", "parent_doc", "parent_document")
"""columns that name a row, or a document, that a row is a part of"""
URL: Final = ("url", "file", "filename", "source")
"""of these, columns that a reader of a passage may want to see as well"""
OF: Final = (
    *("doc_id", "docid", "document_id", "document", "source_id", "source", "page_id", "article_id", "file", "filename"),
    "url",
)
"""columns that name the document of a row which has another id"""
PARTS: Final = "parts"
"""kind of the remark on rows that are parts"""
PART: Final = frozenset(
    (
        *("section", "section_id", "section_title", "heading", "chapter", "chunk", "chunk_id", "chunk_index", "part"),
        *("page", "page_number", "paragraph", "paragraph_id", "passage_id", "passage", "position", "seq", "index"),
        *("sentence_id", "line", "segment", "segment_id", "part_id", "block"),
    )
)
"""columns that tell the parts of one document apart"""
IDS: Final = 0.5
"""distinct ids per row up to which rows of one id are parts; where more differ, the same id twice is a mistake"""


def in_parts(
    rows: Sequence[FileRow], columns: DocumentColumns, path: Path, complaints: Complaints
) -> tuple[Sequence[FileRow], str]:
    """Return rows of documents with the names of what they are parts of, and the column that says so, or "".

    Args:
        rows: of one file.
        columns: of documents.
        path: of the file.
        complaints: gets a remark where rows are taken for parts.
    """
    names = [_id(row, columns.id) for row in rows]
    if _repeat(rows, names, columns):
        made = list(_numbered(rows, names, columns.id))
        _say(path, len(rows), names, made, columns, complaints)
        return made, ""
    column, above = _above(rows, names, columns)
    named = [row._replace(parents=(*row.parents, *above.get(row.place, ()))) for row in rows]
    return named, "" if plain(column) in URL else column


def _id(row: FileRow, columns: Sequence[str]) -> str | None:
    try:
        value = look_up(row.values, columns)[1]
        return None if value is None else as_id(value)
    except BadCellError:
        return None  # reported when the row is read


def _repeat(rows: Sequence[FileRow], names: Sequence[str | None], columns: DocumentColumns) -> bool:
    """Return whether rows of one id are parts of a document: most ids repeat, or a column tells such rows apart."""
    distinct = {(name, repr(look_up(row.values, columns.text)[1])): row for name, row in zip(names, rows, strict=True)}
    times = Counter(name for name, _ in distinct if name is not None)
    again = {name for name, count in times.items() if count > 1}
    if not again:
        return False
    if len(times) <= IDS * times.total():
        return True
    repeated = [(name, row.values) for (name, _), row in distinct.items() if name in again]
    return any(_tells_apart(repeated, column) for column in repeated[0][1] if plain(column) in PART)


def _tells_apart(rows: Sequence[tuple[str | None, Mapping[str, Any]]], column: str) -> bool:
    """Return whether a column has another value in each row of one id."""
    cells = [(name, str(values.get(column))) for name, values in rows if values.get(column) not in (None, "")]
    return len(cells) == len(rows) == len(set(cells))


def _numbered(rows: Sequence[FileRow], names: Sequence[str | None], columns: Sequence[str]) -> Iterator[FileRow]:
    """Yield the rows, those of one id numbered behind it; one that stands twice as it is keeps its number."""
    times = Counter(name for name, _ in {(name, repr(row.values)) for name, row in zip(names, rows, strict=True)})
    known: dict[str, dict[str, int]] = {}
    for row, name in zip(rows, names, strict=True):
        if name is None or times[name] == 1:
            yield row
            continue
        numbers = known.setdefault(name, {})
        number = numbers.setdefault(repr(row.values), len(numbers) + 1)
        column = look_up(row.values, columns)[0] or columns[0]
        yield FileRow(row.place, row.number, {**row.values, column: f"{name}/{number}"}, (*row.parents, name))


def _say(
    path: Path,
    count: int,
    names: Sequence[str | None],
    made: Sequence[FileRow],
    columns: DocumentColumns,
    complaints: Complaints,
) -> None:
    first = next(row for row in made if row.parents)
    column, own = look_up(first.values, columns.id)
    documents = counted(len(set(names) - {None}), "document")
    line = f"{path.name}: its {counted(count, 'row')} are parts of {documents}, as rows have the same {column}"
    complaints.remark((path, PARTS), f"{line}: {own!r} is of {first.parents[-1]!r}, and evidence may name either")


def _above(
    rows: Sequence[FileRow], names: Sequence[str | None], columns: DocumentColumns
) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """Return the column that says what rows are parts of, and place of a row -> the names of that; "" and {} without.

    Names that are ids of other rows say so in a column for it alone.
    """
    known = {plain(name): name for row in rows for name in row.values if name not in columns.id}
    ids = set(names) - {None}
    for wanted in (*ABOVE, *OF):
        column = known.get(wanted)
        cells = [_id(row, (column,)) for row in rows] if column is not None else []
        found = [name for name in cells if name is not None]
        if column is None or not found or len(set(found)) == len(found) == len(rows):
            continue  # each row is a document of its own
        if wanted in ABOVE or ids.isdisjoint(found):
            upwards = dict(zip(names, cells, strict=True)) if wanted in ABOVE else {}
            return column, {row.place: _line(name, upwards) for row, name in zip(rows, cells, strict=True) if name}
    return "", {}


def _line(name: str, upwards: Mapping[str | None, str | None]) -> tuple[str, ...]:
    """Return a name, and what that is a part of in turn."""
    line = [name]
    while (above := upwards.get(line[-1])) is not None and above not in line:
        line.append(above)
    return tuple(line)
