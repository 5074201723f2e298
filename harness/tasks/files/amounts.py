"""Cells of a table that are amounts, in whatever way they are written: 1,234.5, 1.234,5 €, 12 %, -3."""

import re
from typing import Any, Final

from harness.text.quantities import BEFORE, codes_apart

_AMOUNT: Final = re.compile(
    rf"\A[\s(~≈=]*[-+−]?\s?(?:(?i:{BEFORE})\.?|[^\w\s.,()-])?\s?"
    r"(?P<number>\d{1,3}(?:[.,'’\s]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"\s?[^\w\s.,()-]?\s?[^\W\d_]{0,9}[.)\s]*"
)
"""a number, with a currency before or after it, a unit of one word, or in brackets"""
_GROUPS: Final = re.compile(r"(?<=\d)[.,'’\s](?=\d{3}(?:\D|\Z))")
LONGEST: Final = 40
"""characters of a cell that may be one"""


class Uncomputed:
    """A formula whose value the file does not hold."""

    def __str__(self) -> str:
        return ""


def is_amount(cell: Any) -> bool:
    """Return whether a cell is a number, with a unit of one word at most, or a formula without its value."""
    return isinstance(cell, Uncomputed) or amount(cell) is not None


def amount(cell: Any) -> float | None:
    """Return the number of a cell that is an amount; None for any other. Three digits behind one mark are thousands."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell)
    found = _AMOUNT.fullmatch(codes_apart(cell)) if isinstance(cell, str) and len(cell) <= LONGEST else None
    if found is None:
        return None
    text = re.sub(r"\s", " ", found["number"])
    *groups, last = _GROUPS.split(text)
    whole = "".join([*groups, last]) if not text.startswith("0") else text
    number = float(whole.replace(",", ".").replace(" ", "").replace("'", "").replace("’", ""))
    return -number if re.match(r"[\s(~≈=]*[-−]", cell) else number
