"""Numbers of the card as people read them."""

import math
from typing import Final

import numpy as np

WIDE: Final = 1.0
"""width of an interval, over the number itself, from which on one digit is all that can be said"""
NARROW: Final = 0.1
"""below it three digits are"""


def percent(share: float) -> str:
    """Return a probability in whole percent; what is neither sure nor impossible is not called so."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    return "over 99 %" if 0.995 <= share < 1.0 else f"{100 * share:.0f} %"


def amount(value: float) -> str:
    """Return a number to three digits: 1,003 and .0046; "never" for one that is infinite."""
    if np.isinf(value):
        return "never"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = np.format_float_positional(value, precision=3, fractional=False, trim="-")
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def signed(value: float) -> str:
    """Return a number with its sign: +.054 and −.0328."""
    return f"{'−' if value < 0 else '+'}{amount(abs(value))}"


def about(value: float, low: float | None, high: float | None) -> str:
    """Return a number to as many digits as its interval lets be said: "about 90,000" where it reaches far.

    Args:
        value: not 0.
        low: lower end of the interval; None without one, infinite where it has no end.
        high: upper end.
    """
    if low is None or high is None:
        return amount(value)
    width = (high - low) / abs(value)
    digits = 1 if math.isinf(width) or width > WIDE else 2 if width > NARROW else 3
    rounded = amount(float(f"{value:.{digits}g}"))
    return amount(value) if digits == 3 else f"about {rounded}"
