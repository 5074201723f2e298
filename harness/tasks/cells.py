"""Cells of one file: finds the column, parses the value, and reports what is wrong in which row."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from harness.tasks.columns import Columns, DocumentColumns, look_up, near_names, typed
from harness.tasks.complaints import BadCellError, Complaints, counted, listed
from harness.tasks.files.row import FileRow
from harness.tasks.known_columns import DOCUMENT_COLUMNS
from harness.tasks.suggestions import longest_column
from harness.tasks.values import printed_kinds

T = TypeVar("T")

SEEN: Final = 20
"""rows by which a column of texts is found"""


@dataclass
class Cells:
    """Reads cells. A column that no row has is reported once, one that some rows lack once for each of these rows."""

    label: str
    """name of the file"""
    complaints: Complaints
    """collects what is wrong"""
    settings: Columns | DocumentColumns | None = None
    """where the names of columns are configured, for messages"""
    rows: int = 0
    """number of rows so far"""
    columns: dict[str, None] = field(default_factory=dict)
    """columns that any row has, in order"""
    sample: list[Mapping[str, Any]] = field(default_factory=list)
    """the first rows"""
    used: set[str] = field(default_factory=set)
    """columns that were read and exist"""
    lacking: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    """required columns -> places of the rows without them"""
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    """column and what it has besides texts -> rows"""
    tells: bool = True
    """whether that is said at the end of the file"""

    def begin(self, row: FileRow) -> None:
        """Count a row and its columns."""
        self.rows += 1
        self.columns.update(dict.fromkeys(row.values))
        if self.rows <= SEEN:
            self.sample.append(row.values)

    def get(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell, or `parse(None)` if there is none; None if it is unusable."""
        name, value = look_up(row.values, candidates)
        return self._parsed(row, name, value, parse)

    def require(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell; a row without the column is a fault."""
        name, value = look_up(row.values, candidates)
        if name is not None:
            return self._parsed(row, name, value, parse)
        self.lacking.setdefault(tuple(candidates), []).append(row.place)
        return None

    def _parsed(self, row: FileRow, name: str | None, value: Any, parse: Callable[[Any], T]) -> T | None:
        if name is not None:
            self.used.add(name)
        try:
            parsed = parse(value)
        except BadCellError as error:
            self.complaints.add((self.label, name, error.kind), f"{row.place}: {name} {error}")
            return None
        if name is not None and isinstance(parsed, tuple) and (kind := printed_kinds(value)):
            self.written[name, kind] += 1
        return parsed

    def end(self) -> None:
        """Report a file without rows, and of documents columns that are missing (of examples: `missing_columns`)."""
        if not self.rows and not self.complaints.has_any_of(self.label):
            self.complaints.add((self.label, "empty"), f"{self.label}: the file is empty; want at least one row")
        if isinstance(self.settings, DocumentColumns):
            self._report_lacking(self.settings)
        if self.tells:
            self.tell(self.label)

    def tell(self, label: str) -> None:
        """Say what was taken as it is written; files of one knowledge base say it together."""
        for (name, kind), rows in self.written.items():
            line = f"{Path(label).name}: {name} has {kind}, taken as they are written ({counted(rows, 'row')})"
            self.complaints.remark((label, name, kind), line)

    def _report_lacking(self, columns: DocumentColumns) -> None:
        for wanted, places in self.lacking.items():
            names = " or ".join(map(repr, wanted))
            if len(places) == self.rows:
                got = f"its columns are {listed(self.columns)}"
                line = f"{self.label}: no column is called {names}; {got}{self._advice(wanted, columns)}"
                self.complaints.add((self.label, *wanted), line)
                continue
            for place in places:
                self.complaints.add(
                    (self.label, *wanted), f"{place}: this row has no {names}; add it, or leave the row out"
                )

    def _advice(self, wanted: tuple[str, ...], columns: DocumentColumns) -> str:
        """Return the setting that would help."""
        role = "id" if wanted == columns.id else "text"
        near = near_names((*wanted, *DOCUMENT_COLUMNS[role]), list(self.columns))
        like = [typed(name) for name in near if name not in self.used]
        if role == "id":
            made = "" if like else ", which makes ids of title and text"
            return f"; set task.document_columns.id=[{', '.join(like[:1])}]{made}"
        text = like[0] if like else typed(longest_column(self.sample, self.used))
        return f"; set task.document_columns.text=[{text}]" if text else "; no other column holds texts"
