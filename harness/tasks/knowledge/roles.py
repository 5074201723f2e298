"""Which columns of a documents file are text, title and id, and which column of the examples names documents."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileRow
from harness.tasks.rows import READERS, read_rows

COMMON: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id", "_id", "doc_id", "docid", "document_id", "passage_id", "pid", "uid", "uuid", "key", "slug", "nr"),
    "title": ("title", "heading", "headline", "name", "subject", "topic", "question", "titel", "titre", "título"),
    "text": ("text", "body", "content", "contents", "passage", "paragraph", "document", "article", "answer"),
}  # fmt: skip
"""role -> names of columns that have it in documents that people share, likeliest first"""
LOOKED_AT: Final = 1_000
"""rows of a file"""
NAMING: Final = 0.8
"""share of a column's values that must name documents"""


def document_roles(path: Path) -> dict[str, list[str]]:
    """Return role -> columns of a documents file of rows; {} for other files.

    The text is a column of a common name, else the longest. Without a column for ids or titles a role is [].
    """
    if path.is_dir() or path.suffix.lower() not in READERS:
        return {}
    rows = [row.values for row in itertools.islice(read_rows(path, Complaints()), LOOKED_AT)]
    names = {plain(name): name for row in rows for name in row}
    if not names:
        return {}
    found: dict[str, str] = {}
    for role, wanted in COMMON.items():
        column = next((names[name] for name in wanted if name in names and names[name] not in found.values()), None)
        if column is not None and (role != "id" or _is_unique(rows, column)):
            found[role] = column
    if "text" not in found:
        found["text"] = max(names.values(), key=lambda name: _length(rows, name))
    return {role: [found[role]] if role in found else [] for role in ("id", "title", "text")}


def evidence_column(rows: Iterable[FileRow], known: Collection[str], used: Collection[str]) -> str | None:
    """Return the column of examples whose values are ids or titles of documents; None without one.

    Args:
        rows: of examples.
        known: ids and titles of the documents.
        used: columns that have a role already.
    """
    shares: dict[str, list[bool]] = {}
    for row in rows:
        for name, value in row.values.items():
            if name not in used and value not in (None, "", []):
                shares.setdefault(name, []).append(_names_documents(value, known))
    best = max(shares, key=lambda name: (mean(shares[name]), len(shares[name])), default=None)
    return best if best is not None and mean(shares[best]) >= NAMING else None


def _names_documents(value: Any, known: Collection[str]) -> bool:
    parts = value if isinstance(value, list) else str(value).replace(";", ",").split(",")
    written = [str(part).strip(" []'\"") for part in parts if not isinstance(part, dict)]
    return str(value) in known or (bool(written) and all(part in known for part in written))


def _is_unique(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    values = [str(row[name]) for row in rows if row.get(name) is not None]
    return len(values) == len(rows) == len(set(values))


def _length(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return mean(len(str(row.get(name) or "")) for row in rows)
