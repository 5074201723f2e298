"""Percentiles of timed requests with their intervals, over examples: repeats of one are not independent samples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from harness.analysis.result import Figure
from harness.analysis.stats.bootstrap import LEVEL, Floats
from harness.analysis.stats.exact_intervals import places
from harness.machine.measured import TimedRequest

SEED: Final = 20_240_502
"""of the resamples: the same examples are drawn for every arm, so that differences are paired"""
RESAMPLES: Final = 2_000
MILLISECONDS: Final = 1_000.0
FEW_FOR_P99: Final = 100
"""with fewer examples the 99th percentile is the largest one"""


def values(requests: Sequence[TimedRequest], measure: Callable[[TimedRequest], float | None]) -> Mapping[str, float]:
    """Return example -> median of the measure over its repeats, in milliseconds; examples without any are left out.

    They are in the order of their names, so that two arms have the same one at the same place.
    """
    repeats: dict[str, list[float]] = {}
    for request in requests:
        seconds = measure(request)
        if seconds is not None:
            repeats.setdefault(request.example_id, []).append(MILLISECONDS * seconds)
    return {name: float(np.median(repeats[name])) for name in sorted(repeats)}


def percentile(times: Mapping[str, float], q: float, resamples: int) -> Figure | None:
    """Return the q-th percentile over examples with its bootstrap interval, which is too narrow in the tails."""
    if not times:
        return None
    value = float(np.percentile(_array(times), q))
    if len(times) < 2:
        return Figure(value, n=len(times))
    low, high = _interval(resampled(_array(times), q, resamples))
    return Figure(value, min(low, value), max(high, value), len(times))


def tail(times: Mapping[str, float], q: float) -> Figure | None:
    """Return the q-th percentile over examples, with an interval from order statistics, which may be open."""
    if not times:
        return None
    ordered = np.sort(_array(times))
    value = float(np.percentile(ordered, q))
    low, high = places(len(ordered), q / 100)
    if low is None or len(ordered) < 2:
        return Figure(value, n=len(ordered))
    top = float(ordered[-1 if high is None else high])
    return Figure(value, float(ordered[low]), top, len(ordered), open_high=high is None)


def difference(times: Mapping[str, float], base: Mapping[str, float], q: float, resamples: int) -> Figure | None:
    """Return the q-th percentile minus that of the base; None where the examples differ."""
    if list(times) != list(base) or len(times) < 2:
        return None
    own, other = _array(times), _array(base)
    value = float(np.percentile(own, q) - np.percentile(other, q))
    low, high = _interval(resampled(own, q, resamples) - resampled(other, q, resamples))
    return Figure(value, min(low, value), max(high, value), significant=low > 0 or high < 0)


def resampled(times: Floats, q: float, resamples: int) -> Floats:
    """Return the percentile in every resample of the examples, shape (resamples,)."""
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(len(times), size=(min(resamples, RESAMPLES), len(times)))
    percentiles: Floats = np.percentile(times[drawn], q, axis=1)
    return percentiles


def _array(times: Mapping[str, float]) -> Floats:
    return np.array(list(times.values()), dtype=np.float64)


def _interval(resamples: Floats) -> tuple[float, float]:
    low, high = np.percentile(resamples, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
