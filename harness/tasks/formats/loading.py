"""The files of examples of one task: read as they were told to be, or as they are recognised."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import Columns, DocumentColumns
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import TAB, FileRow, FileShape
from harness.tasks.files.text import is_encoding
from harness.tasks.files.workbook import WORKBOOKS
from harness.tasks.formats.choices import OPTIONS, RIGHT_HOW
from harness.tasks.formats.conversion import converted
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.recognition import AUTO, CHOICES, COLUMNS, LOOKED_AT, example_rows, judged
from harness.tasks.formats.speakers import AS_TOLD, as_names
from harness.tasks.mapping import PlacedDocument, read_documents

__all__ = ["AUTO", "ExampleFiles"]

TOLD: Final = (
    *("format", "encoding", "delimiter", "options_from", "options_between", "options_right", "sheet", "header_row"),
    *("every_row", "answers_between", "assistant"),
)
"""settings of a task on its files of examples; a part of the key where they are told"""
OPTIONS_KEYS: Final = ("options_from", "options_between", "options_right")
"""settings on multiple choice"""
WITH_ROWS: Final = (".csv", ".tsv", *WORKBOOKS)
"""files with a row that has the names of the columns"""
NAMED: Final = {"tab": TAB, "\\t": TAB, "comma": ",", "semicolon": ";", "pipe": "|"}
SIGNS: Final = re.compile(r"[^\r\n]|[^\w\r\n\"']{2,5}")
"""what may stand between cells"""
NUMBERED: Final = re.compile(r"\bcolumn_\d")
"""how a column is called in tables in which no row has the names of the columns"""
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
    options_between: str | None = None
    """between options that share a cell; None: recognised"""
    options_right: str | None = None
    """all or any of several right options; None: all"""
    sheet: str | int | None = None
    """of workbooks; None: recognised"""
    header_row: int | None = None
    """of tables and sheets, with the names of the columns, from 1; 0: none has them; None: recognised"""
    every_row: bool = False
    """whether totals, notes and repeated headers are rows"""
    answers_between: str | None = None
    """between right answers that share a cell: a sign or its name; None: each cell is one answer"""
    assistant: str | Sequence[str] | None = None
    """names of those who answer in chats; None: recognised"""
    read_besides: str = ""
    """sheet that is read as documents"""
    gathered: Gathered = field(default_factory=Gathered)
    """documents and decisions of all files"""

    def opened(self, with_documents: bool) -> "ExampleFiles":
        """Return the same with nothing gathered yet; contexts become documents if the task has no others."""
        gathered = Gathered(with_documents, columns=self.columns, options_from=self.options_from)
        gathered.options_between, gathered.options_right = self.options_between, self.options_right
        gathered.answers_between = self.answers_between
        return replace(self, gathered=gathered)

    def problems(self) -> list[str]:
        """Return what is wrong with these settings."""
        problems = []
        if self.format not in CHOICES:
            problems.append(f"format is {self.format!r}: want one of {', '.join(CHOICES)}")
        if self.encoding is not None and not is_encoding(self.encoding):
            problems.append(f"encoding is {self.encoding!r}: want null or one that Python knows, say utf-8 or cp1252")
        if self.delimiter is not None and not SIGNS.fullmatch(self._delimiter):
            told = f"want null, one to five signs that are no letters and no quotes, or {', '.join(NAMED)}"
            problems.append(f"delimiter is {self.delimiter!r}: {told}")
        if self.header_row is not None and self.header_row < 0:
            problems.append(f"header_row is {self.header_row}: want null, the number of a row, from 1, or 0 for none")
        if self.options_from not in (None, 0, 1):
            problems.append(f"options_from is {self.options_from!r}: want null, 0 or 1")
        if self.options_right not in (None, *RIGHT_HOW):
            problems.append(f"options_right is {self.options_right!r}: want null, {' or '.join(RIGHT_HOW)}")
        return problems

    def key(self) -> Mapping[str, Any]:
        """Return what is told of how files are read; {} where everything is recognised."""
        told = {name: getattr(self, name) for name in TOLD}
        return {name: value for name, value in told.items() if value not in (AUTO, COLUMNS, None, False)}

    def read(self, path: Path, complaints: Complaints) -> tuple[Iterator[FileRow], Columns]:
        """Return the rows of a file, whatever its format is, and the columns that they are to be read by."""
        self.gathered.file = path.name
        self._check(path.suffix.lower(), path, complaints)
        shape = self.shape()
        rows = example_rows(path, complaints, shape, self.columns, self.format)
        head = list(itertools.islice(rows, LOOKED_AT + 1))
        has_documents = not self.gathered.keep
        known = judged(path, head, shape, self.columns, self.format, complaints, has_documents=has_documents)
        if said := str(known):
            self.gathered.decided(said, 0)
        self.gathered.heads[path] = known.sample, known.read
        if known.passed_over:
            self.gathered.passed_over.setdefault(known.passed_over, []).append(path.name)
        if known.format == COLUMNS:
            context = {"evidence": known.context} if known.context else {}
            self.gathered.roles[path.name] = {**known.roles, **context}
        unused = [key for key in OPTIONS_KEYS if getattr(self, key) is not None] if known.format != OPTIONS.name else []
        if unused:
            self.gathered.decided(f"it is no multiple choice, and task.{', task.'.join(unused)} not used", 0)
        if shape.assistant and not any(AS_TOLD in note for note in shape.notes):
            self.gathered.decided("it has no chats whose turns give names, and task.assistant is not used", 0)
        return converted(itertools.chain(head, rows), known, self.gathered, complaints), known.columns

    def _check(self, ending: str, path: Path, complaints: Complaints) -> None:
        """Report settings that this file cannot follow: what is told must be used."""
        if self.sheet is not None and ending not in WORKBOOKS:
            complaints.add(
                (path, "sheet"), f"{path}: it has no sheets; task.sheet={self.sheet} is for workbooks (.xlsx)"
            )
        if self.header_row is not None and ending not in WITH_ROWS:
            text = f"no row of it has the names of the columns; task.header_row is for {', '.join(WITH_ROWS)}"
            complaints.add((path, "header row"), f"{path}: {text}")

    def shape(self) -> FileShape:
        """Return what is known of a file before it is read."""
        if self.problems():
            return FileShape()
        sheet = "" if self.sheet is None else str(self.sheet)
        told = (self.encoding or "", self._delimiter, sheet, self.header_row, self.every_row)
        numbered = any(NUMBERED.search(name) for role in vars(self.columns).values() for name in role)
        besides = self.read_besides
        return FileShape(*told, numbered=numbered, read_besides=besides, assistant=as_names(self.assistant))

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
