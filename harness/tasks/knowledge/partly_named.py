"""A column of examples that names documents in most rows and none in others: what is missing, and what reads it.

It is not read by itself: some of its documents are not there, and recall of what is not there would always be 0.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from harness.tasks.columns import plain, typed
from harness.tasks.complaints import BadCellError, counted, listed
from harness.tasks.document_names import DocumentNames
from harness.tasks.files.row import FileRow
from harness.tasks.knowledge.roles import AGAINST, NAMING, names_documents
from harness.tasks.mentions import as_mentions

LEAST: Final = 0.5
"""share of a column's values that name documents; from NAMING on it is read"""
FEW: Final = 5
"""missing documents that a line names"""


class Head(NamedTuple):
    """The first rows of a file of examples."""

    rows: Sequence[FileRow]
    read: Collection[str]
    """columns that are read"""


def partly_named(heads: Mapping[Path, Head], known: DocumentNames) -> Iterator[str]:
    """Yield a line for each file with a column that names documents in most rows, not in all.

    Args:
        heads: the first rows of files in which no row has evidence.
        known: names of the documents.
    """
    for path, head in heads.items():
        for name in dict.fromkeys(name for row in head.rows for name in row.values):
            if name not in head.read and not AGAINST.search(plain(name)) and (line := _line(name, head.rows, known)):
                yield f"{path.name}: {line}"
                break


def _line(column: str, rows: Sequence[FileRow], known: DocumentNames) -> str:
    """Return what is to be said of a column; "" where it names documents in few rows, or in nearly all."""
    cells = [cell for row in rows if (cell := row.values.get(column)) not in (None, "", [])]
    without = [cell for cell in cells if not names_documents(column, cell, known)]
    share = 1 - len(without) / len(cells) if cells else 0.0
    missing = Counter(_missing(without, known)) if LEAST <= share < NAMING else None
    if not missing:
        return ""
    told = f"{column} is not read: it names documents in {len(cells) - len(without)} of {counted(len(cells), 'row')}"
    more = f" and {len(missing) - FEW} more" if len(missing) > FEW else ""
    cure = f"add them to the documents, or empty these cells, and task.columns.evidence=[{typed(column)}] reads it"
    return f"{told}; missing: {listed(name for name, _ in missing.most_common(FEW))}{more}; {cure}"


def _missing(cells: Sequence[object], known: DocumentNames) -> Iterator[str]:
    """Yield the names in these cells that are no document's."""
    for cell in cells:
        for name in _names(cell):
            if not known.find(name).documents and not known.listed(name):
                yield name


def _names(cell: object) -> list[str]:
    try:
        return [mention.name for mention in as_mentions(cell)]
    except BadCellError:
        return []
