"""What rows may call a document: its id, its title, and either as people and their tools write them elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar
from unicodedata import normalize
from urllib.parse import unquote

from harness.tasks.id_spelling import spelling
from harness.text.tokens import folded
from harness.types import Document

T = TypeVar("T")

_LINK: Final = re.compile(r"!?\[[^\]]{0,300}\]\(([^()]{1,1000})\)")

SEPARATORS: Final = (",", ";", "|", "\n", None)
"""between the names of a cell; None: spaces"""
SPELT: Final = "id in another spelling"
IN_PARTS: Final = "name of a document that was read in parts"
NONE: Final[Mapping[str, Sequence[str]]] = {}


class Named(NamedTuple):
    """What a name stands for."""

    how: str
    """id, title, SPELT or IN_PARTS; "" for nothing"""
    documents: Sequence[Document]
    """several of one title, or the parts of one document"""
    name: str = ""
    """the id as the documents have it; "" where it was found by its title"""
    rivals: Sequence[str] = ()
    """ids that are all spelt so, where no document is found for that reason"""
    anchor: str = ""
    """heading that a name leads to, behind #; "" without one"""


NOTHING: Final = Named("", ())


class DocumentNames:
    """Documents by their names.

    Args:
        documents: the knowledge base.
        repeated: id of a document that was left out -> the id of the one that it repeats.
        parts: name of a document that was read in parts -> the ids of these.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        repeated: Mapping[str, str] | None = None,
        parts: Mapping[str, Sequence[str]] = NONE,
    ) -> None:
        self.by_id = {document.id: document for document in documents}
        self.by_id |= {name: self.by_id[kept] for name, kept in (repeated or {}).items()}
        self._parts = {name: self._in_parts(name, ids) for name, ids in parts.items()}
        names = list(dict.fromkeys((*self.by_id, *self._parts)))
        self._by_spelling = _grouped((spelling(name), name) for name in names)
        self._by_end = _grouped((end, name) for name in names for end in _shorter(_plain(name)))
        self._by_title = _grouped((_folded(document.title), document) for document in documents if document.title)
        self._by_loose_title = _grouped((_loose(document.title), document) for document in documents if document.title)
        for name, inside in self._parts.items():
            self._by_title.setdefault(_folded(name), list(inside))

    def _in_parts(self, name: str, ids: Sequence[str]) -> Sequence[Document]:
        """Return the parts of a document; what it says before the first is called as the whole."""
        known = [self.by_id[one] for one in (name, *ids) if one in self.by_id]
        return list({document.id: document for document in known}.values())

    def find(self, name: str) -> Named:
        """Return the documents of that id, else of that title, else the only one whose id is spelt so elsewhere."""
        if inside := self._parts.get(name):
            return Named(IN_PARTS, inside, name)
        if (one := self.by_id.get(name)) is not None:
            return Named("id", [one], name)
        if not name:
            return NOTHING
        if titled := self._by_title.get(_folded(name)):
            return Named("title", titled)
        return self._elsewhere(name)

    def _elsewhere(self, name: str) -> Named:
        """Return what is meant by an id in another spelling, a title as addresses have it, or a place in a document."""
        found = self._spelt(name)
        if found.documents or found.rivals:
            return found
        if titled := self._by_loose_title.get(_loose(name)):
            return Named("title", titled) if len({_folded(one.title) for one in titled}) == 1 else NOTHING
        whole, mark, anchor = name.rpartition("#")
        if mark and whole.strip():
            return self.find(whole.strip())._replace(anchor=anchor.strip())
        inside = _linked(name)
        return self.find(inside) if inside and inside != name else NOTHING

    def _spelt(self, name: str) -> Named:
        """Return what is spelt so in any way; several names are rivals if they are of different documents.

        A row may say fern.md or docs/fern.md for ./docs/fern.md, and the other way round.
        """
        plain = _plain(name).replace("\\", "/")
        tried = [self._by_spelling.get(spelling(plain)), self._by_end.get(plain)]
        ends = (self._by_spelling.get(end) or self._by_end.get(end) for end in _shorter(plain))
        names = next(filter(None, (*tried, *ends)), [])
        different = {tuple(document.id for document in self._of(one)): one for one in names}
        if len(different) > 1:
            return NOTHING._replace(rivals=list(different.values()))
        if not names:
            return NOTHING
        return Named(IN_PARTS if names[0] in self._parts else SPELT, self._of(names[0]), names[0])

    def _of(self, name: str) -> Sequence[Document]:
        return self._parts.get(name) or [self.by_id[name]]

    def listed(self, value: str) -> list[Named]:
        """Return what the names of a cell like "d1, d2" or "['d1' 'd2']" stand for; [] if it is no such list."""
        for separator in SEPARATORS:
            parts = [name for part in value.strip("[]()").split(separator) if (name := part.strip(" \n\t'\""))]
            found = [self.find(part) for part in parts]
            if len(parts) > 1 and all(one.documents for one in found):
                return found
        return []


def _linked(name: str) -> str:
    """Return what a link leads to: [[Page]], [[Page|words]] of wikis, [words](page.md) of Markdown, <address>."""
    if found := _LINK.fullmatch(name.strip()):
        return found[1].strip()
    return name.strip("[]<> ").partition("|")[0].strip() if name[:1] in "[<" or name[-1:] in "]>" else ""


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _shorter(name: str) -> Iterator[str]:
    """Yield the ends of a path."""
    parts = name.removeprefix("./").split("/")
    for start in range(len(parts)):
        if parts[start] and "/".join(parts[start:]) != name:
            yield "/".join(parts[start:])


def _plain(name: str) -> str:
    return normalize("NFC", name.strip().casefold())


def _loose(title: str) -> str:
    """Return a title without what addresses change in it: Page_number_3 and Page%20number%203 are one."""
    return _folded(unquote(title).replace("_", " "))


def _folded(title: str) -> str:
    return " ".join(folded(title).split())
