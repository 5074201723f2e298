"""What is wrong with the data, collected so that a user can correct it in one go. Independent of files and tasks.

A kind of fault is one line however many rows have it: the first row in full, then the places of others.
What is no fault but was decided for the user (a delimiter, numbers taken as texts) is a remark.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

PLACES: Final = 8
"""places of further rows that a line names; the others are counted"""
NAMES: Final = 12
"""names that a list in a line holds; the others are counted"""
WORDINGS: Final = 12
"""ways to be wrong that a kind is told apart by; all further ones are one line"""
FURTHER: Final = "further ways"
LONGEST: Final = 2_000
"""characters of a line; longer ones quote a library"""

Kind = tuple[str | Path | None, ...]
"""groups similar lines: file (or another source) first, then the fault"""

_PLACE: Final = re.compile(r"\A(?P<source>\S.*?)(?::| row )(?P<number>\d+(?: (?:item|paragraph|question) \d+)*): ")
"""a row at the start of a line: path:12 or name row 12"""

_QUOTED: Final = re.compile(r"'.*'|\".*\"|\{.*\}|\d+", re.DOTALL)
"""what differs from row to row in lines of one wording"""


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
    """One line for each kind of fault, in the order of their first rows; and remarks."""

    def __init__(self) -> None:
        self._faults = _ByKind()
        self._remarks = _ByKind()

    def add(self, kind: Kind, line: str) -> None:
        """Add a fault; only the first of a kind is shown in full, with the places of others."""
        self._faults.add(kind, line)

    def remark(self, kind: Kind, line: str) -> None:
        """Add what was decided or counted and is no fault."""
        self._remarks.add(kind, line)

    def has_any_of(self, source: str) -> bool:
        """Return whether anything is wrong with this source."""
        return any(str(kind[0]) == source for kind in self._faults.first)

    def has_remark(self, what: str) -> bool:
        """Return whether there is a remark of this kind."""
        return any(what in kind for kind in self._remarks.first)

    def lines(self) -> tuple[str, ...]:
        """Return everything that is wrong; empty when nothing is."""
        return tuple(self._faults)

    def remarks(self) -> tuple[str, ...]:
        """Return the remarks."""
        return tuple(self._remarks)


class _ByKind:
    """Lines by kind, file and wording: the first, the places of some others, and how many there are.

    A line that names no row stands for itself.
    """

    def __init__(self) -> None:
        self.first: dict[Kind, str] = {}
        self._places: dict[Kind, list[str]] = {}
        self._counts: Counter[Kind] = Counter()
        self._wordings: dict[Kind, dict[str, None]] = {}

    def add(self, kind: Kind, line: str) -> None:
        found = _PLACE.match(line)
        key = (*kind, found["source"], self._wording(kind, line[found.end() :])) if found else (*kind, line)
        self.first.setdefault(key, line)
        self._counts[key] += 1
        places = self._places.setdefault(key, [])
        if found and len(places) <= PLACES:
            places.append(found["number"])

    def _wording(self, kind: Kind, text: str) -> str:
        """Return the line without what it quotes; of a kind with very many wordings, that it is a further one."""
        known, wording = self._wordings.setdefault(kind, {}), _QUOTED.sub("", text)
        if len(known) < WORDINGS:
            known[wording] = None
        return wording if wording in known else FURTHER

    def __iter__(self) -> Iterator[str]:
        for key, line in self.first.items():
            yield _shortened(line) + self._others(key)

    def _others(self, key: Kind) -> str:
        count, (_, *others) = self._counts[key], self._places[key] or [""]
        if count == 1 or not others:
            return ""
        hidden = count - 1 - len(others)
        rows = f"{', '.join(others)} and {hidden:,} more" if hidden else ", ".join(others)
        if key[-1] == FURTHER:
            return f" (wrong in ways like this: {rows})"
        return f" (the same at {count - 1:,} other{'s' * (count > 2)}: {rows})"


def counted(count: int, noun: str) -> str:
    """Return "1 row", "2 rows"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def listed(names: Iterable[str]) -> str:
    """Return names with commas between; of very many, some and the number of the others."""
    every = list(names)
    hidden = len(every) - NAMES
    return ", ".join(every[:NAMES]) + (f" and {hidden:,} more" if hidden > 0 else "")


def _shortened(line: str) -> str:
    if len(line) <= LONGEST:
        return line
    kept = line[:LONGEST].rpartition(" ")[0] or line[:LONGEST]
    return f"{kept} … ({len(line) - len(kept):,} characters more)"
