"""What rows may call a document: its id, its title, and either as people and their tools write them elsewhere."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from harness.text.tokens import folded
from harness.types import Document

SEPARATORS: Final = (",", ";", "|", "\n", None)
"""between the names of a cell; None: spaces"""
_WHOLE: Final = re.compile(r"-?\d+\.0+")
"""a whole number as a column of numbers with empty cells has it"""


class Named(NamedTuple):
    """What a name stands for."""

    how: str
    """id, title, or id in another spelling; "" for nothing"""
    documents: Sequence[Document]
    """several of one title"""


NOTHING: Final = Named("", ())


class DocumentNames:
    """Documents by their names.

    Args:
        documents: the knowledge base.
        repeated: id of a document that was left out -> the id of the one that it repeats.
    """

    def __init__(self, documents: Sequence[Document], repeated: Mapping[str, str] | None = None) -> None:
        self.by_id = {document.id: document for document in documents}
        self.by_id |= {name: self.by_id[kept] for name, kept in (repeated or {}).items()}
        self._by_title: dict[str, list[Document]] = {}
        self._by_spelling: dict[str, list[Document]] = {}
        for name, document in self.by_id.items():
            for spelling in {name.casefold(), *_shorter(name.casefold())}:
                self._by_spelling.setdefault(spelling, []).append(document)
        for document in documents:
            if document.title:
                self._by_title.setdefault(_folded(document.title), []).append(document)

    def find(self, name: str) -> Named:
        """Return the documents of that id, else of that title, else the only one whose id is spelt so elsewhere."""
        if (one := self.by_id.get(name)) is not None:
            return Named("id", [one])
        if not name:
            return NOTHING
        if titled := self._by_title.get(_folded(name)):
            return Named("title", titled)
        spelt = (self._by_spelling.get(spelling, []) for spelling in _spellings(name))
        found = next(filter(None, spelt), [])
        return Named("id in another spelling", found) if len(found) == 1 else NOTHING

    def listed(self, value: str) -> list[Named]:
        """Return what the names of a cell like "d1, d2" or "['d1' 'd2']" stand for; [] if it is no such list."""
        for separator in SEPARATORS:
            parts = [name for part in value.strip("[]()").split(separator) if (name := part.strip(" \n\t'\""))]
            found = [self.find(part) for part in parts]
            if len(parts) > 1 and all(one.documents for one in found):
                return found
        return []


def _spellings(name: str) -> Iterator[str]:
    """Yield how an id may be called that a row calls so: 3 for 3.0, fern.md and docs/fern.md for ./docs/fern.md."""
    plain = name.strip().casefold().replace("\\", "/")
    yield plain
    if _WHOLE.fullmatch(plain):
        yield plain.partition(".")[0]
    yield from _shorter(plain)


def _shorter(name: str) -> Iterator[str]:
    """Yield the ends of a path."""
    parts = name.removeprefix("./").split("/")
    for start in range(len(parts)):
        if parts[start] and "/".join(parts[start:]) != name:
            yield "/".join(parts[start:])


def _folded(title: str) -> str:
    return " ".join(folded(title).split())
