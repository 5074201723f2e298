"""What is wrong with the data, collected so that a user can correct it in one go. Independent of files and tasks."""

from pathlib import Path
from typing import Final

SHOWN: Final = 20
"""lines kept of each kind; the others are counted"""

LONGEST: Final = 1000
"""characters kept of a line: it may quote a cell, or name thousands of columns"""

Kind = tuple[str | Path | None, ...]
"""groups similar lines: file (or another source) first, then the fault"""


class BadCellError(ValueError):
    """A value that cannot be used.

    Args:
        kind: what is wrong, in the same words for all such values: "is empty", say.
        detail: what the value is and what would be right.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}{detail and f': {detail}'}")
        self.kind = kind


class Complaints:
    """One line for each fault, at most `SHOWN` of a kind, kinds in the order of their first line."""

    def __init__(self) -> None:
        self._lines: dict[Kind, list[str]] = {}
        self._counts: dict[Kind, int] = {}
        self._remarks: dict[Kind, list[str]] = {}

    def add(self, kind: Kind, line: str) -> None:
        """Add a line."""
        lines = self._lines.setdefault(kind, [])
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if len(lines) < SHOWN:
            lines.append(line if len(line) <= LONGEST else f"{line[:LONGEST]}…")

    def has_any_of(self, source: str) -> bool:
        """Return whether anything is wrong with this source."""
        return any(str(kind[0]) == source for kind in self._lines)

    def lines(self) -> tuple[str, ...]:
        """Return everything that is wrong; empty when nothing is."""
        return tuple(line for kind in self._lines for line in self._of(kind))

    def _of(self, kind: Kind) -> list[str]:
        lines = self._lines[kind]
        hidden = self._counts[kind] - len(lines)
        return [*lines, f"... and {hidden} more like the line above"] if hidden else lines

    def remark(self, kind: Kind, line: str) -> None:
        """Note what a user should know and need not correct: what was recognised, decided or left out."""
        lines = self._remarks.setdefault(kind, [])
        if len(lines) < SHOWN and line not in lines:
            lines.append(line if len(line) <= LONGEST else f"{line[:LONGEST]}…")

    def remarks(self) -> tuple[str, ...]:
        """Return all remarks, kinds in the order of their first one."""
        return tuple(line for lines in self._remarks.values() for line in lines)
