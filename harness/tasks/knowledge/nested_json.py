"""Documents inside nested JSON: domain -> id -> {title, body}, lists inside lists, texts by their names.

Each object with a text is a document, wherever it stands. Its id is its own, or else the keys on the way to it; the
keys above it are its section.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import DocumentColumns
from harness.tasks.rows import FileRow

TEXTS: Final = ("text", "body", "content", "answer", "context", "description", "a")
"""names under which a document's text is looked for after those of document_columns.text"""
TITLES: Final = ("title", "question", "heading", "name", "q")


@dataclass(frozen=True)
class NestedDocuments:
    """What was found in a file."""

    rows: Sequence[FileRow]
    """with the columns id, title, text, section and the other plain values"""
    text_names: Sequence[str]
    """under which names the texts stood; none for texts by their own names"""


def nested_documents(path: Path, columns: DocumentColumns) -> NestedDocuments | None:
    """Return the documents of a nested file; None for what rows.py reads: flat lists, lines."""
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None
    if not isinstance(value, dict | list) or _is_flat(value):
        return None
    walk = _Walk(path, (*columns.text, *TEXTS), (*columns.title, *TITLES), columns.id)
    found = list(walk.documents(value, (), ""))
    if not found:
        return None
    rows = [FileRow(f"{path} ({values['id']})", number, values) for number, values in enumerate(found, start=1)]
    return NestedDocuments(rows, list(walk.used))


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


class _Walk:
    def __init__(self, path: Path, texts: Sequence[str], titles: Sequence[str], ids: Sequence[str]) -> None:
        self._path = path
        self._texts, self._titles, self._ids = texts, titles, ids
        self.used: dict[str, None] = {}

    def documents(self, value: Any, keys: tuple[str, ...], title: str) -> Iterator[dict[str, Any]]:
        """Yield the documents in a value, depth first; the title is that of what it stands in."""
        if isinstance(value, str) and value.strip():
            yield self._row({}, value, keys, title or self._last(keys))
        elif isinstance(value, list):
            for number, item in enumerate(value, start=1):
                yield from self.documents(item, (*keys, str(number)), title)
        elif isinstance(value, dict):
            yield from self._object(value, keys, title)

    def _object(self, value: Mapping[str, Any], keys: tuple[str, ...], title: str) -> Iterator[dict[str, Any]]:
        own = _first(value, self._titles)
        name = _first(value, self._texts)
        if name is not None and not _objects([value[name]]):
            self.used[name] = None
            heading = str(value[own]) if own and own != name else title or self._last(keys)
            yield self._row(value, value[name], keys, heading)
            if keys or not any(_first(part, self._texts) for part in _objects(value)):
                return  # only what a whole file says of itself stands beside its documents
        inside = title if own is None or not isinstance(value[own], str) else value[own]
        texts_by_name = all(isinstance(item, str) for item in value.values())
        for key, item in value.items():
            if texts_by_name or isinstance(item, dict | list):
                yield from self.documents(item, (*keys, str(key)), inside)

    def _last(self, keys: tuple[str, ...]) -> str:
        return keys[-1] if keys else self._path.stem

    def _row(self, value: Mapping[str, Any], text: Any, keys: tuple[str, ...], title: str) -> dict[str, Any]:
        identity = _first(value, self._ids)
        plain = {name: item for name, item in value.items() if not isinstance(item, dict | list)}
        section = " > ".join(key for key in keys[:-1] if not key.isdigit())
        own = str(value[identity]) if identity else "/".join(keys) or self._path.stem
        return {"section": section, **plain, "id": own, "title": title, "text": text}


def _first(value: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if value.get(name) not in (None, "", [])), None)
