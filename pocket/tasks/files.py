"""How a task's folder is written: JSON lines, a card, checksums."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.store.spec import file_sha256
from harness.types import Document

SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Item:
    """One example of a file."""

    input: str
    """what is asked"""
    references: tuple[str, ...]
    """right answers, best first"""
    evidence: tuple[str, ...]
    """ids of the gold documents"""
    group: str
    """cluster for resampling"""
    slice: str
    """kind of example"""
    answerable: bool = True
    """whether the documents hold the answer"""
    more: Mapping[str, Any] | None = None
    """further columns"""

    def row(self, example_id: str) -> dict[str, Any]:
        """Return the columns."""
        return {
            "id": example_id,
            "input": self.input,
            "references": list(self.references),
            "evidence": list(self.evidence),
            "answerable": self.answerable,
            "group": self.group,
            "slice": self.slice,
            **(self.more or {}),
        }


def write_items(folder: Path, name: str, items: Iterable[Item]) -> None:
    """Write examples; ids count within the file."""
    write_rows(folder / f"{name}.jsonl", (item.row(f"{name}-{number:04d}") for number, item in enumerate(items, 1)))


def write_documents(folder: Path, name: str, documents: Iterable[Document]) -> None:
    """Write documents in the order of their ids."""
    rows = ({"id": entry.id, "title": entry.title, "text": entry.text} for entry in documents)
    write_rows(folder / f"{name}.jsonl", sorted(rows, key=lambda row: row["id"]))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines, encoding="utf-8")


def write_sums(folder: Path) -> None:
    """Write the checksums of every other file, in the format of sha256sum."""
    paths = sorted(path for path in folder.iterdir() if path.name != SUMS)
    (folder / SUMS).write_text("".join(f"{file_sha256(path)}  {path.name}\n" for path in paths), encoding="utf-8")
