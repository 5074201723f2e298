"""What every price has to show: an amount, and whether it was looked up, and when."""

import math
from collections.abc import Mapping, Sequence
from datetime import date


def negative(amounts: Mapping[str, float]) -> list[str]:
    """Return a line for every amount that is below zero, or no number that one can count with (nan, inf)."""
    return [
        f"{name} is {amount}; it must be a finite number, 0 or more"
        for name, amount in amounts.items()
        if not math.isfinite(amount) or amount < 0
    ]


def problems_of_evidence(checked: str | None) -> Sequence[str]:
    """Return a line if `checked` is no day; null says openly that nobody looked the price up."""
    if checked is None:
        return []
    try:
        date.fromisoformat(checked)
    except ValueError:
        return [f"checked is {checked!r}; it must be a day as YYYY-MM-DD, or null for a price nobody looked up"]
    return []


def evidence(source: str, checked: str | None) -> str:
    """Return where a price comes from, in words."""
    return f"{source}, {checked}" if checked is not None else f"{source}: NOT CHECKED"
