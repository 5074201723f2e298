"""A claim of the documents and what decides it: conf/claim/C01.yaml …, written down before the studies were run."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from harness.studies.claims.readings.reading import ClaimReading
from harness.studies.claims.verdicts import Direction
from harness.studies.data_kinds import DataKind

ID: Final = re.compile(r"C[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Scope:
    """Which tasks a part of a claim speaks of."""

    KEY: ClassVar[str] = "harness.studies.claims.claim.Scope"

    why: str
    """in a sentence that follows "it speaks of" """
    tasks: tuple[str, ...] = ()
    """their names; [] for all"""
    data: tuple[DataKind, ...] = ()
    """what their data must have"""


@dataclass(frozen=True)
class ClaimPart:
    """One thing that a claim asserts, as a number and the margin that it must pass."""

    KEY: ClassVar[str] = "harness.studies.claims.claim.ClaimPart"

    question: str
    """that the number answers"""
    reading: ClaimReading
    """where the number is found"""
    direction: Direction
    """which side of the margin the claim is on; equal: within ± margin"""
    margin: float
    """the smallest effect that would matter, in `unit`"""
    unit: str
    """of effect and margin"""
    reason: str
    """why this margin"""
    scope: Scope

    def problems(self) -> Sequence[str]:
        lines = [
            f"{name} is empty; write it down" for name in ("question", "unit", "reason") if not getattr(self, name)
        ]
        ratio = getattr(self.reading, "is_ratio", False)
        if (self.direction == "equal" or ratio) and self.margin <= 0:
            what = "of a ratio" if ratio else "of direction equal"
            lines.append(f"margin is {self.margin:g}; {what} it must be above 0")
        if self.direction == "equal" and ratio and self.margin <= 1:
            lines.append(
                f"margin is {self.margin:g}; an equal ratio lies between 1/margin and margin, so give more than 1"
            )
        return lines


@dataclass(frozen=True)
class ClaimChange:
    """A change of a claim that was made after its first version; the ledger shows it."""

    KEY: ClassVar[str] = "harness.studies.claims.claim.ClaimChange"

    version: int
    """that it made"""
    date: str
    """year-month-day"""
    reason: str
    """what was changed from what to what, and why"""


@dataclass(frozen=True)
class DocumentClaim:
    """One sentence of the documents."""

    KEY: ClassVar[str] = "harness.studies.claims.claim.DocumentClaim"

    id: str
    """C1 …"""
    title: str
    """the sentence in a few words, for tables"""
    sentence: str
    """what the documents say, in our words"""
    source: str
    """where they say it"""
    holds: Literal["all", "any"]
    """all: the claim asserts every part; any: it says "in some cases" or "can", and one part suffices"""
    version: int
    """1, and one more for every change"""
    date: str
    """of this version, year-month-day"""
    changes: tuple[ClaimChange, ...]
    """oldest first"""
    parts: tuple[ClaimPart, ...]

    @property
    def number(self) -> int:
        """Its place among all claims."""
        return int(self.id[1:])

    def problems(self) -> Sequence[str]:
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        if not ID.fullmatch(self.id):
            yield f"id is {self.id!r}; it must be C and a number: C24"
        yield from (
            f"{name} is empty; write it down" for name in ("title", "sentence", "source") if not getattr(self, name)
        )
        if not self.parts:
            yield "parts is []; give at least one"
        wanted = list(range(2, self.version + 1))
        if [one.version for one in self.changes] != wanted:
            yield (
                f"version is {self.version}, and changes lists {[one.version for one in self.changes]}; it must list "
                f"{wanted}: every change of a claim is written down with its date and reason"
            )
        dates = [("date", self.date), *((f"changes[{at}].date", one.date) for at, one in enumerate(self.changes))]
        yield from (f"{key} is {text!r}; it must be year-month-day" for key, text in dates if not is_date(text))
        if self.changes and self.changes[-1].date != self.date:
            yield f"date is {self.date}; it must be that of the last change, {self.changes[-1].date}"


def is_date(text: str) -> bool:
    """Return whether a text is year-month-day."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
