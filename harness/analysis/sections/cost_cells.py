"""Amounts of money as cells of a section, and links to docs/COST.md."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from harness.analysis.costs.amount import Amount
from harness.analysis.result import Figure, Link, Note, SectionCell, SectionColumn

MOST_DECIMALS: Final = 10


def cell(amount: Amount | None) -> SectionCell:
    """Return the amount with its interval; None for one that is not known."""
    if amount is None:
        return None
    low, high = amount.interval()
    return Figure(amount.value, low, high, amount.clusters or None)


def money_column(name: str, currency: str, cells: Iterable[SectionCell]) -> SectionColumn:
    """Return a column that shows three significant digits of its largest amount, and at least cents."""
    return SectionColumn(name, currency, decimals([one.value for one in cells if isinstance(one, Figure)]))


def decimals(values: Sequence[float]) -> int:
    """Return how many show three digits of the largest value, at least two."""
    largest = max((abs(value) for value in values), default=0.0)
    return min(MOST_DECIMALS, max(2, 2 - math.floor(math.log10(largest)))) if largest else 2


PAGE: Final = "docs/COST.md"


def formulas(*headings: str, topic: str = "Formulas") -> Note:
    """Return a note with a link to each of these headings of docs/COST.md."""
    text = f"{PAGE}, {headings[0]}" if len(headings) == 1 else f"every column by its name in {PAGE}"
    return Note(topic, text, links=tuple(Link(one, f"{PAGE}#{anchor(one)}") for one in headings))


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
