"""The passages of a knowledge base on disk: one JSON line each, read one at a time.

A passage's number is its line in the file; indexes know passages by that number. Only the byte
offsets and the documents' ranges are held in memory.
"""

import hashlib
import json
import mmap
import operator
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.errors import DataError
from harness.store.records.plain import changed_fields, restored
from harness.tasks.knowledge.shown_text import shown_text
from harness.text.markdown import VERSION
from harness.types import Document, Passage
from pipelines.rag.chunking import Cut
from pipelines.rag.structure import has_structure

LINES = "passages.jsonl"
OFFSETS = "offsets.npy"
DOCUMENTS = "documents.json"


_KNOWN: Final[deque[tuple[tuple[Document, ...], str]]] = deque(maxlen=2)
"""The last corpora and their keys: a task's documents, and training pairs that are shown as examples."""


def corpus_key(documents: Iterable[Document]) -> str:
    """Return the sha256 over all that is indexed or shown of the documents, in order.

    Hashing 100,000 documents takes seconds, and every arm asks for each part of its index: keys are remembered of these
    very objects, which cannot change.
    """
    asked = tuple(documents)
    for known, key in _KNOWN:
        if len(known) == len(asked) and all(map(operator.is_, known, asked)):
            return key
    _KNOWN.append((asked, _hashed(asked)))
    return _KNOWN[-1][1]


def _hashed(documents: Iterable[Document]) -> str:
    total, structured = hashlib.sha256(), False
    for document in documents:
        parts: list[object] = [document.id, document.title, document.text, document.example_id]
        total.update(json.dumps(parts + [document.metadata] * bool(document.metadata)).encode())
        total.update(b"\n")
        structured = structured or has_structure(document)
    if structured:
        total.update(json.dumps(VERSION).encode())
    return total.hexdigest()


def write_passages(folder: Path, documents: Sequence[Document], cut: Cut) -> Mapping[str, Any]:
    """Cut all documents and write their passages; return counts for the record.

    Raises:
        DataError: two documents have one id.
    """
    ranges: dict[str, tuple[int, int]] = {}
    offsets = [0]
    with (folder / LINES).open("wb") as stream:
        for document in documents:
            if document.id in ranges:
                raise DataError(f"documents: id {document.id!r} occurs twice; ids must be unique")
            passages = cut(document)
            ranges[document.id] = (len(offsets) - 1, len(passages))
            for passage in passages:
                offsets.append(offsets[-1] + stream.write(_line(passage)))
    np.save(folder / OFFSETS, np.asarray(offsets, dtype=np.int64))
    (folder / DOCUMENTS).write_text(json.dumps(ranges), encoding="utf-8")
    return {
        "documents": len(ranges),
        "documents_without_text": sum(count == 0 for _, count in ranges.values()),
        "exemplars": sum(bool(document.example_id) for document in documents),
        "passages": len(offsets) - 1,
    }


def _line(passage: Passage) -> bytes:
    entry = changed_fields(passage, leave_out=("score",))
    return json.dumps(entry).encode() + b"\n"


@dataclass(frozen=True)
class Passages:
    """Passages by number. Edits give a new object and leave the file and this object alone."""

    lines: Sequence[bytes]
    """the file's lines, read on demand"""
    ranges: Mapping[str, range]
    """document id -> numbers of its passages; empty for a document without text"""
    added: tuple[Passage, ...] = ()
    """passages added after the file was written; their numbers continue the file's"""

    @classmethod
    def open(cls, folder: Path) -> "Passages":
        """Open what write_passages wrote."""
        ranges = json.loads((folder / DOCUMENTS).read_text(encoding="utf-8"))
        spans = {name: range(first, first + count) for name, (first, count) in ranges.items()}
        return cls(_Lines(folder), spans)

    def __len__(self) -> int:
        """How many numbers are in use, those of removed passages included."""
        return len(self.lines) + len(self.added)

    def __getitem__(self, number: int) -> Passage:
        if number >= len(self.lines):
            return self.added[number - len(self.lines)]
        return restored(Passage, {**json.loads(self.lines[number]), "score": 0.0})

    def __iter__(self) -> Iterator[Passage]:
        return (self[number] for number in range(len(self)))

    def numbers(self, document_ids: Collection[str]) -> list[int]:
        """Return the numbers of the passages of these documents, ascending; unknown ids have none."""
        return sorted(number for name in set(document_ids) for number in self.ranges.get(name, ()))

    def indexed_texts(self) -> Iterator[str]:
        """Yield what is indexed under each number, "" for those removed since."""
        live = {number for span in self.ranges.values() for number in span}
        return (indexed_text(self[number]) if number in live else "" for number in range(len(self)))

    def edited(self, remove: Collection[str], add: Mapping[str, Sequence[Passage]]) -> "Passages":
        """Return the passages without some documents and with others, under new numbers."""
        ranges = {name: span for name, span in self.ranges.items() if name not in remove}
        added = list(self.added)
        for name, passages in add.items():
            first = len(self.lines) + len(added)
            ranges[name] = range(first, first + len(passages))
            added += passages
        return replace(self, ranges=ranges, added=tuple(added))


def indexed_text(passage: Passage) -> str:
    """Return what is embedded and indexed: all that is shown, title and head included; offsets count the text alone."""
    return shown_text(passage)


def evenly(total: int, wanted: int) -> list[int]:
    """Return so many numbers below `total`, evenly spaced, first and last included; all if there are fewer."""
    return np.unique(np.linspace(0, total - 1, min(total, wanted)).round().astype(int)).tolist() if total else []


class _Lines(Sequence[bytes]):
    """The lines of a file, mapped and not read."""

    def __init__(self, folder: Path) -> None:
        self._offsets = np.load(folder / OFFSETS)
        with (folder / LINES).open("rb") as stream:
            # an empty file cannot be mapped
            empty = len(self._offsets) < 2
            self._map: mmap.mmap | bytes = b"" if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: Any) -> Any:
        return self._map[self._offsets[number] : self._offsets[number + 1]]
