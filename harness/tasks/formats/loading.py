"""The files of examples of one task: read as they were told to be, or as they are recognised."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import Columns, DocumentColumns
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import TAB, FileRow, FileShape
from harness.tasks.files.text import is_encoding
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.recognition import AUTO, CHOICES, COLUMNS, LOOKED_AT, converted, judged
from harness.tasks.mapping import PlacedDocument, read_documents
from harness.tasks.rows import read_rows

__all__ = ["AUTO", "ExampleFiles"]

TABLES: Final = 2
"""how tables are read; raise it when the same file becomes other examples"""
NAMED: Final = {"tab": TAB, "\\t": TAB, "comma": ",", "semicolon": ";", "pipe": "|"}
CARRIED: Final = DocumentColumns(id=("id",), title=("title",), text=("text",))
SOURCE: Final = "the contexts of the examples"


@dataclass(frozen=True)
class ExampleFiles:
    """How the files of examples of a task are read, and what they yield besides."""

    columns: Columns
    """as configured"""
    format: str = AUTO
    """one of CHOICES"""
    encoding: str | None = None
    """of text files; None: recognised"""
    delimiter: str | None = None
    """of tables; None: recognised"""
    options_from: int | None = None
    """number of the first option of multiple choice; None: recognised"""
    gathered: Gathered = field(default_factory=Gathered)
    """documents and decisions of all files"""

    def opened(self, with_documents: bool) -> "ExampleFiles":
        """Return the same with nothing gathered yet; contexts become documents if the task has no others."""
        return replace(self, gathered=Gathered(with_documents, options_from=self.options_from))

    def problems(self) -> list[str]:
        """Return what is wrong with these settings."""
        problems = []
        if self.format not in CHOICES:
            problems.append(f"format is {self.format!r}: want one of {', '.join(CHOICES)}")
        if self.encoding is not None and not is_encoding(self.encoding):
            problems.append(f"encoding is {self.encoding!r}: want null or one that Python knows, say utf-8 or cp1252")
        if self.delimiter is not None and len(self._delimiter) != 1:
            problems.append(f"delimiter is {self.delimiter!r}: want null, one character, or {', '.join(NAMED)}")
        if self.options_from not in (None, 0, 1):
            problems.append(f"options_from is {self.options_from!r}: want null, 0 or 1")
        return problems

    def key(self, paths: Mapping[str, Path]) -> Mapping[str, Any]:
        """Return what decides, besides files and columns, what is read; {} for JSON that is recognised."""
        told = {name: getattr(self, name) for name in ("format", "encoding", "delimiter", "options_from")}
        tables = {"tables": TABLES} if any(path.suffix.lower() == ".csv" for path in paths.values()) else {}
        return tables | {name: value for name, value in told.items() if value not in (AUTO, COLUMNS, None)}

    def read(self, path: Path, complaints: Complaints) -> tuple[Iterator[FileRow], Columns]:
        """Return the rows of a file, whatever its format is, and the columns that they are to be read by."""
        self.gathered.file = path.name
        shape = self.shape()
        rows = read_rows(path, complaints, shape)
        head = list(itertools.islice(rows, LOOKED_AT + 1))
        has_documents = not self.gathered.keep
        known = judged(path, head, shape, self.columns, self.format, complaints, has_documents=has_documents)
        if said := str(known):
            self.gathered.decided(said, 0)
        return converted(itertools.chain(head, rows), known, self.gathered, complaints), known.columns

    def shape(self) -> FileShape:
        """Return what is known of a file before it is read."""
        return FileShape() if self.problems() else FileShape(self.encoding or "", self._delimiter)

    def documents(
        self, own: list[PlacedDocument] | None, source: str, complaints: Complaints
    ) -> tuple[list[PlacedDocument] | None, str]:
        """Return the documents of a task and their source: its own, else those that the examples carry.

        Args:
            own: documents of the task; None if it has none.
            source: of these.
            complaints: gets remarks on all that was decided.
        """
        self.gathered.report(complaints)
        if own is not None or not self.gathered.documents:
            return own, source
        return read_documents(self.gathered.documents.values(), CARRIED, SOURCE, complaints), SOURCE

    @property
    def _delimiter(self) -> str:
        return NAMED.get(self.delimiter or "", self.delimiter or "")
