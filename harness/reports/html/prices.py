"""What an answer costs beside another arm's, in words; no ratio where the intervals overlap.

The sentences name prices alone: their intervals stand in the tables below, and `reading` says so once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.result import Figure, Table
from harness.reports.html.pictures.money import per_thousand, section_named

BASES: Final = {
    "per 1,000 answers, saturated": "in full batches",
    "per 1,000 answers, batch 1": "one at a time",
}
"""column of the ledger -> what a reader takes it for"""
ONE_OFF: Final = "one-off"
DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Prices:
    """Of all arms that one may choose."""

    basis: str
    """how the answers were given"""
    currency: str
    answers: Mapping[str, Figure]
    """arm -> price on that basis; above 0"""
    once: Mapping[str, float]
    """arm -> training and index, before the first answer"""

    def beside(self, arm: str, other: str) -> str:
        """Say what an answer of one arm costs beside the other's; "" where a price is missing."""
        if arm not in self.answers or other not in self.answers or arm == other:
            return ""
        own, others = self.answers[arm], self.answers[other]
        figures = f"{plain(own.value)} against {plain(others.value)} {self.currency} per 1,000"
        if not self.told_apart(arm, other):
            return f"what an answer costs is too close to call against {other}'s ({figures})"
        return f"an answer costs {_ratio(own.value / others.value)}× {other}'s ({figures})"

    def reading(self) -> str:
        """Say once what the prices in the sentences are; "" where there are none to compare."""
        if len(self.answers) < 2:
            return ""
        return (
            f"Prices are for 1,000 answers {self.basis}, with their intervals under Cost; a ratio is told only where "
            "two intervals do not overlap. What is paid once (training, index) comes before the first answer."
        )

    def told_apart(self, one: str, other: str) -> bool:
        """Return whether the intervals of two prices lie apart."""
        (low, high), (other_low, other_high) = _ends(self.answers[one]), _ends(self.answers[other])
        return low > other_high or other_low > high

    def next_cheaper(self, arm: str) -> str | None:
        """Return the dearest of the arms that are surely cheaper; None without one, or without a price."""
        if arm not in self.answers:
            return None
        own = self.answers[arm].value
        cheaper = [one for one, of in self.answers.items() if of.value < own and self.told_apart(one, arm)]
        return max(cheaper, key=lambda one: self.answers[one].value, default=None)

    def cheapest(self, arms: Sequence[str]) -> str | None:
        """Return the one that costs least, if all have a price and it is told from all the others."""
        if any(arm not in self.answers for arm in arms):
            return None
        least = min(arms, key=lambda arm: self.answers[arm].value)
        return least if all(self.told_apart(least, arm) for arm in arms if arm != least) else None

    def one_off(self, arm: str) -> str:
        """Say what has to be paid before the first answer; "" where that is nothing."""
        paid = self.once.get(arm, 0.0)
        return f"{plain(paid)} {self.currency} once" if paid > 0 else ""


def prices(table: Table) -> Prices:
    """Return what the ledger says; without one, nothing is priced."""
    name, found = per_thousand(table)
    column, _, currency = name.rpartition(", ")
    known = {arm: of for arm, of in found.items() if arm not in table.controls and of.value > 0}
    return Prices(BASES.get(column, column), currency, known, _once(table))


def _once(table: Table) -> dict[str, float]:
    section = section_named(table, "cost")
    names = [] if section is None else [column.name for column in section.columns]
    if section is None or ONE_OFF not in names:
        return {}
    place = names.index(ONE_OFF)
    return {str(row[0]): cell.value for row in section.rows if isinstance(cell := row[place], Figure)}


def _ends(of: Figure) -> tuple[float, float]:
    return of.value if of.low is None else of.low, of.value if of.high is None else of.high


def plain(value: float) -> str:
    """Return a price with three digits whatever its size, and never an exponent: prices of an answer span many."""
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{decimals}f}"


def _ratio(of: float) -> str:
    return f"{of:,.0f}" if of >= 10 else f"{of:.1f}" if of >= 1 else f"{of:.2g}"
