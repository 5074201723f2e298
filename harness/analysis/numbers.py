"""How numbers are written, in tables and in sentences."""

import math
from collections.abc import Callable, Sequence


def decimals_for(sizes: Sequence[float]) -> int:
    """Return the number of decimals for numbers shown together: three for shares, one for counts of words."""
    return 1 if max(sizes, default=0.0) >= 2 else 3


def number(value: float, decimals: int, sign: str = "") -> str:
    """Return a number without minus zero; `sign` is "+" for a sign always, "," for groups of three digits."""
    return f"{round(value, decimals) + 0.0:{sign}.{decimals}f}"


def interval(value: float, low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    """Return a number with its interval behind it, "0.62 [0.51, 0.73]"; the number alone where an end is not known."""
    return show(value) if low is None or high is None else f"{show(value)} [{show(low)}, {show(high)}]"


def rounded_up(value: float) -> int:
    """Return a count rounded up to two significant digits: 873 gives 880."""
    step: int = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return math.ceil(value / step) * step


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return "a, b and c", or with another word before the last."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
