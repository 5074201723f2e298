"""What an answer of one arm costs and takes next to another's, in words; no ratio where two intervals overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.result import Figure, Table

PER_THOUSAND: Final = ("per 1,000 answers, saturated", "per 1,000 answers, batch 1")
"""columns of a cost ledger that names no basis of its totals; the first that is known counts"""
BASES: Final = {PER_THOUSAND[0]: "answered in full batches", PER_THOUSAND[1]: "answered one at a time"}
"""column of the ledger -> what a reader takes it for"""
ONE_OFF: Final = "one-off"
UNDECIDED: Final = "?"


@dataclass(frozen=True, slots=True)
class Amounts:
    """One kind of amount, by arm: USD per 1,000 answers, or milliseconds."""

    by_arm: Mapping[str, Figure]
    """above 0; without controls"""

    def ratio(self, arm: str, other: str) -> str:
        """Return "2.5×"; "?" where intervals overlap or are unknown, "" where an amount is missing or arms are one."""
        if arm == other or arm not in self.by_arm or other not in self.by_arm:
            return ""
        times = self.by_arm[arm].value / self.by_arm[other].value
        return f"{_ratio(times)}×" if self.differ(arm, other) else UNDECIDED

    def differ(self, arm: str, other: str) -> bool:
        """Return whether two amounts have intervals that do not overlap."""
        first, second = _ends(self.by_arm[arm]), _ends(self.by_arm[other])
        return first is not None and second is not None and (first[0] > second[1] or second[0] > first[1])

    def next_lower(self, arm: str) -> str | None:
        """Return the arm with the highest of the amounts that are surely lower; None without one."""
        if arm not in self.by_arm:
            return None
        own = self.by_arm[arm].value
        lower = [one for one, of in self.by_arm.items() if of.value < own and self.differ(one, arm)]
        return max(lower, key=lambda one: self.by_arm[one].value, default=None)

    def lowest(self, arms: Sequence[str]) -> str | None:
        """Return the arm whose amount is surely the lowest of these; None without arms, or where one is missing."""
        if not arms or any(arm not in self.by_arm for arm in arms):
            return None
        least = min(arms, key=lambda arm: self.by_arm[arm].value)
        return least if all(self.differ(least, arm) for arm in arms if arm != least) else None


def per_thousand(table: Table) -> tuple[str, dict[str, Figure]]:
    """Return the ledger's column and what 1,000 answers of each arm cost; empty where nothing is priced.

    The column is the one that the ledger's totals and break-even use, so that a page has one price of an answer.
    """
    section = table.section("cost")
    if section is None:
        return "", {}
    for name in (section.basis,) if section.basis else PER_THOUSAND:
        if found := section.figures(name):
            unit = next(column.unit for column in section.columns if column.name == name)
            return f"{name}, {unit}", found
    return "", {}


def prices(table: Table) -> Amounts:
    """Return what 1,000 answers of each arm cost."""
    return _amounts(table, per_thousand(table)[1])


def currency(table: Table) -> str:
    """Return the unit of the prices; "" where nothing is priced."""
    return per_thousand(table)[0].rpartition(", ")[2]


def basis(table: Table) -> str:
    """Return how the answers that the prices are for are given; "" where nothing is priced."""
    column = per_thousand(table)[0].rpartition(", ")[0]
    return BASES.get(column, column)


def latencies(table: Table) -> Amounts:
    """Return the p95 of each arm's requests, one at a time."""
    section = table.section("summary")
    return _amounts(table, {} if section is None else section.figures("p95, ms"))


def one_off(table: Table) -> dict[str, float]:
    """Return what each arm costs before its first answer: training and indexing."""
    section = table.section("cost")
    return {} if section is None else {arm: figure.value for arm, figure in section.figures(ONE_OFF).items()}


def _amounts(table: Table, found: Mapping[str, Figure]) -> Amounts:
    return Amounts({arm: figure for arm, figure in found.items() if arm not in table.controls and figure.value > 0})


def _ends(of: Figure) -> tuple[float, float] | None:
    """None without an interval; one that is open above reaches to the largest value that was measured."""
    return None if of.low is None or of.high is None else (of.low, of.high)


def _ratio(times: float) -> str:
    return f"{times:,.0f}" if times >= 10 else f"{times:.1f}" if times >= 1 else f"{times:.2g}"
