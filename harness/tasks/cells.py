"""Cells of one file: finds the column, parses the value, and reports what is wrong in which row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from harness.tasks.columns import look_up
from harness.tasks.complaints import BadCellError, Complaints
from harness.tasks.rows import FileRow

T = TypeVar("T")


@dataclass
class Cells:
    """Reads cells. A column that no row has is reported once, one that some rows lack once for each of these rows."""

    label: str
    """name of the file"""
    complaints: Complaints
    """collects what is wrong"""
    rows: int = 0
    """number of rows so far"""
    columns: dict[str, None] = field(default_factory=dict)
    """columns that any row has, in order"""
    used: set[str] = field(default_factory=set)
    """columns that were read and exist"""
    lacking: dict[str, list[str]] = field(default_factory=dict)
    """required columns -> places of the rows without them"""

    def begin(self, row: FileRow) -> None:
        """Count a row and its columns."""
        self.rows += 1
        self.columns.update(dict.fromkeys(row.values))

    def get(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell, or `parse(None)` if there is none; None if it is unusable."""
        name, value = look_up(row.values, candidates)
        return self._parsed(row, name, value, parse)

    def require(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell; a row without the column is a fault."""
        name, value = look_up(row.values, candidates)
        if name is not None:
            return self._parsed(row, name, value, parse)
        self.lacking.setdefault(" or ".join(map(repr, candidates)), []).append(row.place)
        return None

    def _parsed(self, row: FileRow, name: str | None, value: Any, parse: Callable[[Any], T]) -> T | None:
        if name is not None:
            self.used.add(name)
        try:
            return parse(value)
        except BadCellError as error:
            self.complaints.add((self.label, name, error.kind), f"{row.place}: {name} {error}")
            return None

    def end(self) -> None:
        """Report a file without rows, and columns that are missing."""
        if not self.rows and not self.complaints.has_any_of(self.label):
            self.complaints.add((self.label, "empty"), f"{self.label}: the file is empty; want at least one row")
        for wanted, places in self.lacking.items():
            if len(places) == self.rows:
                line = f"{self.label}: no column is called {wanted}; its columns are {', '.join(self.columns)}"
                self.complaints.add((self.label, wanted), line)
                continue
            for place in places:
                self.complaints.add((self.label, wanted), f"{place}: this row has no {wanted}")
