"""Cells of one file: finds the column, parses the value, and tells what is wrong with which row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from harness.tasks.columns import look_up
from harness.tasks.complaints import Complaints, UnusableError
from harness.tasks.rows import Row

T = TypeVar("T")


@dataclass
class Cells:
    """Reads cells. A column that no row has is told once, one that some rows lack once for each of those."""

    label: str
    """name of the file"""
    complaints: Complaints
    """told what is wrong"""
    rows: int = 0
    """rows seen"""
    there: dict[str, None] = field(default_factory=dict)
    """columns that some row has, in order"""
    used: set[str] = field(default_factory=set)
    """columns that were found when they were looked for"""
    lacking: dict[str, list[str]] = field(default_factory=dict)
    """wanted columns -> places of the rows without them"""

    def begin(self, row: Row) -> None:
        """Take note of a row."""
        self.rows += 1
        self.there.update(dict.fromkeys(row.values))

    def get(self, row: Row, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell, or what `parse` makes of None when there is none; None when it is unusable."""
        name, value = look_up(row.values, candidates)
        return self._parsed(row, name, value, parse)

    def want(self, row: Row, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell; a row without the column is at fault."""
        name, value = look_up(row.values, candidates)
        if name is not None:
            return self._parsed(row, name, value, parse)
        self.lacking.setdefault(" or ".join(map(repr, candidates)), []).append(row.place)
        return None

    def _parsed(self, row: Row, name: str | None, value: Any, parse: Callable[[Any], T]) -> T | None:
        if name is not None:
            self.used.add(name)
        try:
            return parse(value)
        except UnusableError as error:
            self.complaints.add((self.label, name, error.kind), f"{row.place}: {name} {error}")
            return None

    def end(self) -> None:
        """Tell whether there was any row, and which columns were missing."""
        if not self.rows and not self.complaints.mention(self.label):
            self.complaints.add((self.label, "empty"), f"{self.label}: there is nothing in it; want at least one row")
        for wanted, places in self.lacking.items():
            if len(places) == self.rows:
                there = f"the columns there are {', '.join(self.there)}"
                self.complaints.add((self.label, wanted), f"{self.label}: there is no column {wanted}; {there}")
                continue
            for place in places:
                self.complaints.add((self.label, wanted), f"{place}: there is no {wanted} in this row")
