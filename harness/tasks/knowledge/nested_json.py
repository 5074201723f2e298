"""Documents inside nested JSON: domain -> id -> {title, body}, lists inside lists, texts by their names, sections.

Each object with a text is a document, wherever it stands. Its id is its own, or else the keys on the way to it; what it
stands in is its section and, by id, key or title, its parents: evidence that names one of these means any of its parts.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from harness.tasks.columns import DocumentColumns, look_up
from harness.tasks.files.json_parts import parallel
from harness.tasks.mapping import content_id
from harness.tasks.rows import FileRow

TEXTS: Final = (
    *("text", "page_content", "pageContent", "body", "content", "chunk", "chunk_text", "passage_text", "extract"),
    *("answer", "context", "description", "a"),
)
"""names under which a document's text is looked for after those of document_columns.text"""
IDS: Final = (
    *("_id", "doc_id", "docid", "document_id", "passage_id", "chunk_id", "section_id", "uid", "uuid", "slug", "pageid"),
    *("docno", "sku"),
)
"""names under which an id is looked for after those of document_columns.id, unless that is []"""
TITLES: Final = ("title", "question", "heading", "name", "q")
SECTIONS: Final = frozenset(
    ("sections", "subsections", "chapters", "children", "paragraphs", "parts", "passages", "chunks", "pages")
)
"""names of what a document is made of"""
PARTS: Final = SECTIONS | {
    *("items", "entries", "documents", "docs", "articles", "content", "contents", "body", "text", "data"),
}
"""names that say nothing of what they hold: no heading"""
ASKS: Final = frozenset(("question", "input", "prompt", "query", "q"))
"""an object with one of these is a question on a document, and no part of it"""
META: Final = ("metadata", "meta")
"""names of an object that says what the text beside it is"""
SOURCES: Final = (*IDS, "id", "source", "url", "file", "filename", "file_name", "file_path", "path")
"""names in such an object by which the document may be called"""
PROSE: Final = 8
"""words, in half of the values of a field that holds texts"""
FEWEST_WORDS: Final = 4
"""of a text among others in a list, where the text is no heading or name"""


@dataclass(frozen=True)
class NestedDocuments:
    """What was found in a file."""

    rows: Sequence[FileRow]
    """with the columns id, title, text, section and the other plain values"""
    text_names: Sequence[str]
    """under which names the texts stood; none for texts by their own names"""


class _Position(NamedTuple):
    """Where a value stands."""

    keys: tuple[str, ...] = ()
    """on the way to it, from the object with an id that it is in"""
    own: str = ""
    """the last of them, if it says what the value is about"""
    headings: tuple[str, ...] = ()
    """titles and keys of what it is in"""
    parents: tuple[str, ...] = ()
    """ids, keys and titles of what it is in"""
    title: str = ""
    """of what it is in"""

    def below(self, key: str, *, says: bool = True) -> "_Position":
        """Return the place of what stands under a key, which says what it is about unless it is a number."""
        return self._replace(keys=(*self.keys, key), own=key if says and key not in PARTS else "")

    def inside(self, identity: str = "", title: str = "") -> "_Position":
        """Return the place of what stands in the value here, which may have an id and a title."""
        keys = (identity,) if identity else self.keys
        names = [identity] if identity else [self.own, "/".join(keys)] if self.own else []
        heading = title or self.own
        return _Position(
            keys,
            "",
            (*self.headings, heading) if heading else self.headings,
            tuple(dict.fromkeys(filter(None, (*self.parents, *names, title)))),
            title or self.title,
        )


def nested_documents(path: Path, columns: DocumentColumns, inside: Sequence[str] = ()) -> NestedDocuments | None:
    """Return the documents of a nested file; None for what rows.py reads: flat lists, lines.

    Args:
        path: of a JSON file.
        columns: of documents.
        inside: keys of the part of the file that holds the documents; () for all of it.
    """
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None
    for key in inside:
        value = value[key]
    if not isinstance(value, dict | list) or _is_flat(value) or (isinstance(value, dict) and parallel(value)):
        return None
    walk = _Walk(path.stem, columns)
    try:
        walk.learn(value)
        found = list(walk.documents(value, _Position()))
    except RecursionError:
        return None
    if not found:
        return None
    named = ((row, f"{path} ({row.values['id']})") for row in with_own_ids(found))
    rows = [row._replace(place=place, number=number) for number, (row, place) in enumerate(named, start=1)]
    return NestedDocuments(rows, list(walk.used))


def with_sections(rows: Sequence[FileRow], columns: DocumentColumns) -> NestedDocuments | None:
    """Return rows of documents with those that they hold in lists, each as a row of its own; None where none does.

    Args:
        rows: of one file.
        columns: of documents. Where rows hold others, the columns become id, title and text.
    """
    walk = _Walk("", columns)
    try:
        holds_parts = any(walk.holds_parts(row.values) for row in rows)
    except RecursionError:  # nested far deeper than documents are
        return None
    if not holds_parts:
        return None
    pairs = [(row, made) for row in rows for made in _of_row(row, columns, walk)]
    named = with_own_ids([made for _, made in pairs])
    made = [one._replace(place=row.place, number=row.number) for (row, _), one in zip(pairs, named, strict=True)]
    return NestedDocuments(made, list(walk.used))


def with_own_ids(rows: Sequence[FileRow]) -> list[FileRow]:
    """Return rows of documents whose place is the way to them, and which have it as their id where theirs repeats.

    Sections may be counted anew in each document. Within one document such an id is a mistake, and stays.
    """
    of_id: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        of_id.setdefault(row.values["id"], []).append(row.parents)
    anew = {name for name, parents in of_id.items() if len(parents) > 1 and len(set(parents)) == len(parents)}
    return [
        row._replace(values={**row.values, "id": row.place}) if row.parents and row.values["id"] in anew else row
        for row in rows
    ]


def _of_row(row: FileRow, columns: DocumentColumns, walk: "_Walk") -> Iterator[FileRow]:
    if walk.holds_parts(row.values):
        yield from walk.documents(row.values, _Position((str(row.number),)))
        return
    roles = {role: look_up(row.values, getattr(columns, role)) for role in ("id", "title", "text")}
    values = {role: value for role, (name, value) in roles.items() if name is not None}
    own = {} if columns.id else {"id": content_id(str(values.get("title") or ""), str(values.get("text") or ""))}
    yield row._replace(values={**row.values, "id": None, **values, **own})


def _is_flat(value: object) -> bool:
    """Return whether it is a list of objects without objects in them."""
    return isinstance(value, list) and all(isinstance(item, dict) and not _inner(item) for item in value)


def _inner(item: Mapping[str, Any]) -> bool:
    values = [part for value in item.values() for part in (value if isinstance(value, list) else [value])]
    return any(isinstance(part, dict | list) for part in values)


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects below a value, at any depth."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [part for part in parts if isinstance(part, dict)]
    return own + [inner for part in parts for inner in _objects(part)]


@dataclass
class _Walk:
    """Goes through values and finds the documents in them."""

    stem: str
    """of the file: the id of what has no key"""
    columns: DocumentColumns
    used: dict[str, None] = field(default_factory=dict)
    """names under which texts were found"""
    prose: tuple[str, ...] = ()
    """names of fields that hold texts where none of a common name does"""
    records: set[frozenset[str]] = field(default_factory=set)
    """names in objects of texts that occur more than once, and say what something is: no documents by their names"""

    def learn(self, value: Any) -> None:
        """Look at all objects of a file: which fields hold its texts, and which objects only describe them."""
        objects = [*([value] if isinstance(value, dict) else []), *_objects(value)]
        self.prose = _prose([own for own in objects if self._text_name(own) is None])
        if any(self._text_name(own) for own in objects):
            shapes = Counter(frozenset(own) for own in objects if all(isinstance(item, str) for item in own.values()))
            self.records = {names for names, count in shapes.items() if count > 1}

    def documents(self, value: Any, at: _Position) -> Iterator[FileRow]:
        """Yield the documents in a value, depth first."""
        if isinstance(value, str) and value.strip():
            yield self._row({}, value, at, at.own or at.title or self._last(at))
        elif isinstance(value, list):
            for number, item in enumerate(value, start=1):
                yield from self.documents(item, at.inside().below(str(number), says=False))
        elif isinstance(value, dict):
            yield from self._object(value, at)

    def _object(self, value: Mapping[str, Any], at: _Position) -> Iterator[FileRow]:
        titles = (*self.columns.title, *TITLES)
        own, name = _first(value, titles), self._text_name(value)
        if name is not None:
            self.used[name] = None
            stated = _first(_meta(value), titles)
            heading = str(value[own]) if own and own != name else str(_meta(value)[stated]) if stated else ""
            yield self._row(value, value[name], at, heading or at.title or self._last(at))
        title = value[own] if own is not None and isinstance(value[own], str) else ""
        inside, held = at.inside(self._id(value), title), self._held(value, name, at)
        found = [row for key, item in held.items() for row in self.documents(item, inside.below(key))]
        if name is None and len(found) == 1 and self._is_its_text(found[0], value, held):
            found = [self._row(value, found[0].values["text"], at, title or found[0].values["title"])]
        yield from found

    def _is_its_text(self, row: FileRow, value: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
        """Return whether the only text in an object with an id is that of the object, as it is named by the way to it.

        {"id": "p1", "body": {"storage": {"value": "Text."}}} is the document p1.
        """
        name = self._id(value)
        return bool(name) and row.values["id"].startswith(f"{name}/") and not any(map(_holds_list, held.values()))

    def _held(self, value: Mapping[str, Any], name: str | None, at: _Position) -> Mapping[str, Any]:
        """Return what of an object holds more documents: of one with a text of its own, its sections alone."""
        if name is None:
            texts_by_name = (
                all(isinstance(item, str) for item in value.values()) and frozenset(value) not in self.records
            )
            return {key: item for key, item in value.items() if texts_by_name or isinstance(item, dict | list)}
        if not at.keys and any(_first(part, self._texts) for part in _objects(value)):
            return {key: item for key, item in value.items() if isinstance(item, dict | list)}
        return {key: item for key, item in value.items() if key != name and self._are_parts(key, item)}

    def holds_parts(self, value: Mapping[str, Any]) -> bool:
        """Return whether an object has sections, or no text but objects that have one."""
        name = self._text_name(value)
        held = [_objects([item]) for item in value.values()] if name is None else []
        inner = any(_first(part, self._texts) for parts in held for part in parts)
        return inner or any(key != name and self._are_parts(key, item) for key, item in value.items())

    def _are_parts(self, key: str, item: Any) -> bool:
        """Return whether a value beside the text of a document is more of it, and no list of questions or of names."""
        parts = list(item.values()) if isinstance(item, dict) and key in SECTIONS else item
        if not isinstance(parts, list) or not parts:
            return False
        if all(isinstance(part, str) for part in parts):
            return key in SECTIONS and median(len(part.split()) for part in parts) >= FEWEST_WORDS
        objects = [part for part in parts if isinstance(part, dict)]
        asking = any(ASKS & part.keys() for part in objects) and key not in SECTIONS
        return not asking and any(_first(part, self._texts) for part in (*objects, *_objects(objects)))

    @property
    def _texts(self) -> tuple[str, ...]:
        return (*self.columns.text, *TEXTS, *self.prose)

    def _text_name(self, value: Mapping[str, Any]) -> str | None:
        """Return the name of an object's text; what holds objects is none."""
        name = _first(value, self._texts)
        return name if name is not None and not _objects([value[name]]) else None

    def _id(self, value: Mapping[str, Any]) -> str:
        name = _first(value, (*self.columns.id, *IDS) if self.columns.id else ())
        return "" if name is None or isinstance(value[name], dict | list) else str(value[name])

    def _last(self, at: _Position) -> str:
        return at.keys[-1] if at.keys else self.stem

    def _row(self, value: Mapping[str, Any], text: Any, at: _Position, title: str) -> FileRow:
        plain = {name: item for name, item in value.items() if not isinstance(item, dict | list)}
        plain |= {
            f"{name}.{key}": cell
            for name, item in value.items()
            if isinstance(item, dict) and not any(isinstance(cell, dict | list) for cell in item.values())
            for key, cell in item.items()
        }
        headings = at.headings[:-1] if at.headings[-1:] == (title,) else at.headings
        own = self._id(value) or "/".join(at.keys) or self.stem
        made = {"section": " > ".join(headings), **plain, "id": own, "title": title, "text": text}
        called = (str(_meta(value)[key]) for key in SOURCES if isinstance(_meta(value).get(key), str | int))
        return FileRow("/".join(at.keys), 0, made, tuple(dict.fromkeys((*at.parents, *called))))


def _first(value: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if value.get(name) not in (None, "", [])), None)


def _meta(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an object says about its text, in an object of its own."""
    return next((value[name] for name in META if isinstance(value.get(name), dict)), {})


def _holds_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and any(map(_holds_list, value.values())))


def _prose(objects: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names under which several objects have texts of some length, the longest first."""
    sizes: dict[str, list[int]] = {}
    for own in objects:
        for name, item in own.items():
            if isinstance(item, str) and name not in TITLES and name not in ASKS:
                sizes.setdefault(name, []).append(len(item.split()))
    long = {name: median(own) for name, own in sizes.items() if len(own) > 1 and median(own) >= PROSE}
    return tuple(sorted(long, key=lambda name: -long[name]))
