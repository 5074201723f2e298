"""What a store still holds of a deleted text: artifacts with the text in them, and those that were made from these.

A knowledge base that is built without a document holds nothing of it, but what was built with it lies beside. Vectors
and indexes hold no text; they name what they were made from by its key. What an adapter has learnt is in no file that
could be searched: adapters that were trained on the text must be trained again without it.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.store.metadata import METADATA

PIECE: Final = 2**22
"""bytes that are read at once"""


@dataclass(frozen=True, slots=True)
class Trace:
    """One folder of a store that keeps a text."""

    kind: str
    """of the artifact"""
    folder: Path
    """whole, unfinished or set aside"""
    reason: str
    """what holds the text: a file; or the artifact that it was made from"""


def traces(root: Path, texts: Sequence[str]) -> list[Trace]:
    """Return the folders of a store that hold one of the texts, or were made from such a folder.

    Args:
        root: of the store.
        texts: as they stand in the data, each long enough to be nowhere else.
    """
    needles = sorted({form.encode() for text in texts for form in _forms(text)})
    folders = sorted(path for kind in root.glob("*") if kind.is_dir() for path in kind.iterdir() if path.is_dir())
    found = {folder: f"in {name}" for folder in folders if (name := _holder(folder, needles))}
    while more := {folder: why for folder in folders if folder not in found and (why := _origin(folder, found))}:
        found |= more
    return [Trace(folder.parent.name, folder, found[folder]) for folder in folders if folder in found]


def remove(found: Sequence[Trace]) -> None:
    """Remove these folders. No run may be using the store."""
    for trace in found:
        shutil.rmtree(trace.folder)


def _forms(text: str) -> Iterator[str]:
    """Yield a text as it is, as JSON writes it, and with small letters, as word indexes have it."""
    for form in (text, text.lower()):
        yield form
        yield json.dumps(form)[1:-1]
        yield json.dumps(form, ensure_ascii=False)[1:-1]


def _holder(folder: Path, needles: Sequence[bytes]) -> str:
    """Return the name of a file that holds one of the texts; "" for none."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return next((path.name for path in files if _holds(path, needles)), "")


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    overlap, rest = max(map(len, needles), default=1) - 1, b""
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            data = rest + piece
            if any(needle in data for needle in needles):
                return True
            rest = data[-overlap:] if overlap else b""
    return False


def _origin(folder: Path, found: dict[Path, str]) -> str:
    """Return which of the found artifacts a folder was made from, by its metadata; "" for none."""
    path = folder / METADATA
    data = path.read_bytes() if path.is_file() else b""
    keys = ((parent, parent.name.partition(".")[0]) for parent in found)
    made_from = next((parent for parent, key in keys if key.encode() in data), None)
    return "" if made_from is None else f"made from {made_from.parent.name} {made_from.name[:8]}"
