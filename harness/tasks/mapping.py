"""Rows as examples and documents, for all loaders. Each row is parsed by itself; data.py compares rows."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from harness.tasks import values
from harness.tasks.cells import Cells
from harness.tasks.columns import INPUT, JOINT, REFERENCES, UNKNOWN, Columns, DocumentColumns, Together, look_up, typed
from harness.tasks.complaints import Complaints
from harness.tasks.empty_rows import without_empty
from harness.tasks.files.row import FileRow
from harness.tasks.mentions import Mention, as_mentions
from harness.tasks.missing_columns import MissingColumns
from harness.tasks.suggestions import suggested
from harness.types import THE_INPUT, Document, Example

UNSTATED: Final = ("@unstated",)
"""of rows whose evidence no column states: the task finds out whether inputs are evidence (`input_evidence`)"""
ONLY_ASKS: Final = ("@only asks",)
"""evidence of rows that state none and whose input holds nothing to rest on, until it is settled: then unknown"""


class Placed(NamedTuple):
    """The result of one row of examples; of a faulty row, the parts that can still be checked."""

    place: str
    """place of the row: path:line"""
    id: str | None
    """None: unusable"""
    evidence: tuple[str, ...]
    """what the row says of it, then (`locating.located`) ids; () if unknown or unusable"""
    example: Example | None
    """None if anything in the row is unusable"""
    mentions: tuple[Mention, ...] = ()
    """of its evidence, to be looked up in the documents; () if unknown, or the input itself"""


class PlacedDocument(NamedTuple):
    """The result of one row of documents."""

    place: str
    """place of the row: path:line"""
    id: str | None
    """None: unusable"""
    document: Document | None
    """None if anything in the row is unusable"""
    parents: tuple[str, ...] = ()
    """ids and titles of the documents that it is a part of"""


def read_examples(
    rows: Iterable[FileRow],
    columns: Columns,
    label: str,
    default_evidence: tuple[str, ...],
    missing: MissingColumns,
) -> list[Placed]:
    """Return one entry per row.

    Args:
        rows: of one file.
        columns: their names.
        label: name of the file, for messages.
        default_evidence: of every example if the file has no evidence column.
        missing: collects the columns that files of the task lack, and in its complaints what else is wrong.
    """
    complaints = missing.complaints
    cells = Cells(label, complaints, columns)
    filled, _ = without_empty(rows, columns.input, label, complaints)
    placed = [_example(row, columns, cells) for row in filled]
    cells.end()
    missing.add(cells, columns, filled, has_evidence=any(entry.mentions for entry in placed))
    _count_unanswered(placed, filled, columns, cells)
    stated = not {INPUT, UNKNOWN}.isdisjoint(columns.evidence) or not cells.used.isdisjoint(columns.evidence)
    if stated:
        return placed
    pairs = zip(placed, filled, strict=True)
    if default_evidence != UNSTATED:
        return [_with_evidence(entry, default_evidence) for entry in placed]
    return [_with_evidence(entry, ONLY_ASKS if _only_asks(row, columns) else UNSTATED) for entry, row in pairs]


def _only_asks(row: FileRow, columns: Columns) -> bool:
    """Return whether the input is its first part alone: an instruction without the text that it is about."""
    if row.only_asks:
        return True
    name, value = look_up(row.values, columns.input)
    first = (name or "").partition(JOINT)[0]
    return isinstance(value, Together) and len(value) == 1 and value[0] == look_up(row.values, [first])[1]


def _count_unanswered(placed: Iterable[Placed], rows: Sequence[FileRow], columns: Columns, cells: Cells) -> None:
    """Say how many answerable rows have no reference; a file where none has one, and no evidence, is faulty."""
    entries, label = list(placed), cells.label
    asked = [entry for entry in entries if entry.example and entry.example.answerable]
    without = [entry for entry in asked if entry.example and not entry.example.references]
    if not without or not columns.references:
        return
    line = f"{Path(label).name}: {len(without):,} of {len(asked):,} answerable rows have no reference"
    line += _instead({entry.place for entry in without}, rows, columns, cells)
    if all(entry.mentions for entry in without):
        cells.complaints.remark((label, "no reference"), f"{line}: of these only retrieval is measured")
    elif len(without) < len(asked):
        effect = "nothing is learnt from them, and what compares answers leaves them out"
        cells.complaints.remark((label, "no reference"), f"{line}: {effect}")
    else:
        cure = 'want at least one answer, or answerable: false, or task.columns.answerable=["@references"]'
        for entry in without:
            cells.complaints.add((label, "no reference"), f"{entry.place}: {columns.references[0]} is empty: {cure}")


def _instead(places: Collection[str], rows: Sequence[FileRow], columns: Columns, cells: Cells) -> str:
    """Name a column that rows without a reference have in its place."""
    left = [row.values for row in rows if row.place in places]
    found = suggested(left, {"references": ()}, cells.used).get("references")
    if found is None or any(row.values.get(found) for row in rows if row.place not in places):
        return ""
    names = [name for name in columns.references if name in cells.used]
    return f" but {found} (task.columns.references=[{','.join(map(typed, [*names, found]))}] reads it)"


def read_documents(
    rows: Iterable[FileRow],
    columns: DocumentColumns,
    label: str,
    complaints: Complaints,
    *,
    ends: bool = True,
    together: Cells | None = None,
) -> list[PlacedDocument]:
    """Return one entry per row.

    Args:
        rows: of one file.
        columns: their names.
        label: name of the file, for messages.
        complaints: collects what is wrong.
        ends: whether no row at all is a fault.
        together: of the knowledge base that the file is a part of; counts what is taken as it is written.
    """
    cells = Cells(label, complaints, columns)
    if together is not None:
        cells.written, cells.tells = together.written, False
    filled, empty = without_empty(rows, columns.text, label, complaints)
    placed = [_document(row, columns, cells) for row in filled]
    if cells.rows or ends:
        cells.end()
    named = ((row, look_up(row.values, columns.id)[1]) for row in empty)  # evidence that names them is none
    return placed + [PlacedDocument(row.place, str(name), None) for row, name in named if name is not None]


def with_document(entry: Placed, document: Document | None) -> Placed:
    """Return the entry with that document as its evidence, or as the one that texts of its evidence stand in."""
    if document is None or entry.evidence == THE_INPUT:
        return entry
    if not entry.evidence:
        return _with_evidence(entry, (document.id,))
    inside = (one if one.name or not one.text else one._replace(name=document.id) for one in entry.mentions)
    return entry._replace(mentions=tuple(inside))


def merged(placed: Iterable[Placed]) -> list[Placed]:
    """Return one entry per input, with the references of all rows that have it; faulty entries are not merged."""
    first: dict[object, Placed] = {}
    for number, entry in enumerate(placed):
        key: object = entry.example.input if entry.example else number
        known = first.setdefault(key, entry)
        if known is not entry and known.example and entry.example:
            references = tuple(dict.fromkeys(known.example.references + entry.example.references))
            first[key] = known._replace(example=replace(known.example, references=references))
    return list(first.values())


def _with_evidence(entry: Placed, evidence: tuple[str, ...]) -> Placed:
    mentions = tuple(Mention(name) for name in evidence if not name.startswith("@"))  # a word of ours names nothing
    example = entry.example and replace(entry.example, evidence=evidence)
    return entry._replace(evidence=evidence, example=example, mentions=mentions)


def _example(row: FileRow, columns: Columns, cells: Cells) -> Placed:
    cells.begin(row)
    name = cells.require(row, columns.id, values.as_id) if columns.id else f"{_stem(cells.label)}-{row.number}"
    text = cells.require(row, columns.input, values.as_input)
    mentions = _evidence(row, columns, cells)
    evidence = None if mentions is None else tuple(mention.words for mention in mentions)
    stated = () if mentions is None or evidence == THE_INPUT else mentions
    answerable, references = _answers(row, columns, cells)
    group = cells.get(row, columns.group, values.as_label)
    kind = cells.get(row, columns.slice, values.as_label)
    facts = cells.get(row, columns.facts, values.as_texts)
    previous = cells.get(row, columns.previous, values.as_texts)
    if name is None or text is None or answerable is None or references is None or evidence is None:
        return Placed(row.place, name, evidence or (), None, stated)
    choices = cells.get(row, columns.choices, values.as_texts)
    if group is None or kind is None or facts is None or previous is None or choices is None:
        return Placed(row.place, name, evidence, None, stated)
    example = Example(
        name, text, references, evidence, answerable, group, kind, facts, previous=previous, choices=choices
    )
    return Placed(row.place, name, evidence, example, stated)


def _answers(row: FileRow, columns: Columns, cells: Cells) -> tuple[bool | None, tuple[str, ...] | None]:
    """Return whether the example is answerable, and its references."""
    if REFERENCES in columns.answerable:
        references = cells.require(row, columns.references, values.as_texts)
        return bool(references), references
    answerable = cells.get(row, columns.answerable, values.as_answerable)
    if not columns.references:
        return answerable, ()
    if answerable is False:
        return answerable, cells.get(row, columns.references, values.as_texts)
    return answerable, cells.require(row, columns.references, values.as_texts)


def _evidence(row: FileRow, columns: Columns, cells: Cells) -> tuple[Mention, ...] | None:
    named = [name for name in columns.evidence if name not in (INPUT, UNKNOWN)]
    mentions = cells.get(row, named, as_mentions)
    if mentions == () and INPUT in columns.evidence and cells.used.isdisjoint(named):
        return (Mention(INPUT),)
    return mentions


def _document(row: FileRow, columns: DocumentColumns, cells: Cells) -> PlacedDocument:
    cells.begin(row)
    text = cells.require(row, columns.text, lambda value: values.as_joined(value, "\n"))
    title = cells.get(row, columns.title, values.as_label)
    name = cells.require(row, columns.id, values.as_id) if columns.id else content_id(title or "", text or "")
    metadata = _metadata(row, columns, cells)
    if name is None or text is None or title is None or metadata is None:
        return PlacedDocument(row.place, name, None)
    return PlacedDocument(row.place, name, Document(name, title, text, metadata=metadata), row.parents)


def _metadata(row: FileRow, columns: DocumentColumns, cells: Cells) -> tuple[tuple[str, str], ...] | None:
    """Return what the row has of the metadata columns; None if a value is unusable."""
    mapped = {*columns.id, *columns.title, *columns.text}
    others = [name for name in row.values if name not in mapped]
    names = dict.fromkeys(each for name in columns.metadata or () for each in (others if name == "*" else [name]))
    found: list[tuple[str, str]] = []
    for name in names:
        entries = cells.get(row, [name], values.as_metadata)
        if entries is None:
            return None
        found += [(name, entry) for entry in entries]
    return tuple(found)


def content_id(title: str, text: str) -> str:
    """Return an id that is the same for documents with the same title and text."""
    content = f"{title}\n{text}"
    return f"doc-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _stem(label: str) -> str:
    return label.replace("\\", "/").rpartition("/")[2].partition(".")[0]
