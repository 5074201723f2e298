"""Where the cheaper of two arms changes: the crossing of two lines, and how sure it is."""

import math
from dataclasses import dataclass

import numpy as np

from harness.certainty import stats
from harness.costs.amount import Amount


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Two arms' costs as lines over a number of queries, or of updates."""

    first: str
    """cheaper below the crossing, or everywhere"""
    then: str
    """cheaper above it; the same arm when the lines never cross"""
    at: float
    """the crossing; infinity for never"""
    low: float | None
    """lower end of the 95 % interval; None without one"""
    high: float | None
    """upper end; infinity when never crossing is within the interval"""


def break_even(names: tuple[str, str], fixed: tuple[Amount, Amount], slope: tuple[Amount, Amount]) -> BreakEven:
    """Return where fixed + slope × n of the one equals that of the other, for n above 0.

    Args:
        names: of the two arms.
        fixed: cost at n = 0.
        slope: cost of each further query or update.
    """
    swapped = (fixed[1].value, slope[1].value) < (fixed[0].value, slope[0].value)
    cheap, dear = (1, 0) if swapped else (0, 1)
    gap = fixed[dear] + fixed[cheap] * -1.0
    saved = slope[cheap] + slope[dear] * -1.0
    at = _crossing(np.array([gap.value]), np.array([saved.value]))[0]
    low, high = _interval(gap, saved)
    then = names[cheap] if math.isinf(at) else names[dear]
    return BreakEven(names[cheap], then, float(at), low, high)


def _crossing(gap: stats.Floats, saved: stats.Floats) -> stats.Floats:
    """What the dear arm costs more at the start, over what it saves each time; infinity where it saves nothing.

    A resample in which the dear arm begins cheaper and stays so never crosses from the one to the other: infinity too.
    """
    crosses = (saved > 0) & (gap >= 0)
    crossing: stats.Floats = np.divide(gap, saved, out=np.full(np.shape(gap), np.inf), where=crosses)
    return crossing


def _interval(gap: Amount, saved: Amount) -> tuple[float | None, float | None]:
    sampled = [one for one in (gap, saved) if one.draws is not None]
    clusters = min((one.clusters for one in sampled), default=0)
    if clusters < 2:
        return None, None
    starts, saves = (one.draws if one.draws is not None else np.array(one.value) for one in (gap, saved))
    crossings = _crossing(*np.broadcast_arrays(starts, saves))
    low, high = stats.tails(clusters)
    # no interpolation: between a number and infinity there is nothing
    return float(np.quantile(crossings, low, method="lower")), float(np.quantile(crossings, high, method="higher"))
