"""From where on the other of two arms is cheaper: the crossing of two lines, with its interval."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from harness.analysis.costs.amount import Amount
from harness.analysis.stats import bootstrap as stats


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
    """upper end; infinity where the interval includes "never" """
    shares: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(cheaper at 0, cheaper from some number on) -> share of the resamples; empty without an interval"""
    close: bool = False
    """too close to call: the other arm is cheaper at 0 in more resamples than an interval leaves out"""
    alike: bool = False
    """both cost the same, however many there are"""


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
    at = float(_crossing(np.array([gap.value]), np.array([saved.value]))[0])
    found = BreakEven(names[cheap], names[cheap] if math.isinf(at) else names[dear], at, None, None)
    if not any(np.any(one.value if one.draws is None else one.draws) for one in (gap, saved)):
        return replace(found, alike=True)
    clusters = min((one.clusters for one in (gap, saved) if one.draws is not None), default=0)
    return found if clusters < 2 else _with_interval(found, (names[cheap], names[dear]), gap, saved, clusters)


def _with_interval(found: BreakEven, names: tuple[str, str], gap: Amount, saved: Amount, clusters: int) -> BreakEven:
    starts, saves = (np.array(one.value) if one.draws is None else one.draws for one in (gap, saved))
    gaps, savings = np.broadcast_arrays(starts, saves)
    reverse = _reversed(gaps, savings)
    shares = _shares(names, reverse, savings)
    low_tail, high_tail = stats.tails(clusters)
    if reverse.mean() > low_tail:
        return replace(found, shares=shares, close=True)
    # no interpolation between a number and infinity
    crossings = _crossing(gaps, savings)[~reverse]
    low = np.quantile(crossings, low_tail, method="lower")
    high = np.quantile(crossings, high_tail, method="higher")
    return replace(found, low=float(low), high=float(high), shares=shares)


def _crossing(gap: stats.Floats, saved: stats.Floats) -> stats.Floats:
    """Return what the dear arm costs more at the start over what it saves each time; infinity where it saves nothing.

    Infinity also where the dear arm begins cheaper (`_reversed`).
    """
    crosses = (saved > 0) & (gap >= 0)
    crossing: stats.Floats = np.divide(gap, saved, out=np.full(np.shape(gap), np.inf), where=crosses)
    return crossing


def _reversed(gap: stats.Floats, saved: stats.Floats) -> npt.NDArray[np.bool_]:
    """Return in which resamples the arm that is dear at the start by the estimate is the cheaper one there."""
    reverse: npt.NDArray[np.bool_] = (gap < 0) | ((gap == 0) & (saved > 0))
    return reverse


def _shares(
    names: tuple[str, str], reverse: npt.NDArray[np.bool_], saved: stats.Floats
) -> dict[tuple[str, str], float]:
    """Return the share of resamples by (cheaper at the start, cheaper in the end), most frequent first."""
    cheap, dear = names
    # equal slopes: the arm that begins cheaper stays cheaper
    other_ends = (saved > 0) | ((saved == 0) & reverse)
    outcomes = {
        (cheap, cheap): ~reverse & ~other_ends,
        (cheap, dear): ~reverse & other_ends,
        (dear, dear): reverse & other_ends,
        (dear, cheap): reverse & ~other_ends,
    }
    shares = {who: float(where.mean()) for who, where in outcomes.items() if where.any()}
    return dict(sorted(shares.items(), key=lambda one: -one[1]))
