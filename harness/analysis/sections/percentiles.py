"""Percentiles of timed requests with their intervals, over examples: repeats of one are no independent samples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from harness.analysis.result import Figure
from harness.analysis.stats.bootstrap import LEVEL, Floats
from harness.analysis.stats.exact_intervals import places
from harness.types import TimedRequest

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
        found = measure(request)
        if found is not None:
            repeats.setdefault(request.example_id, []).append(MILLISECONDS * found)
    return {name: float(np.median(repeats[name])) for name in sorted(repeats)}


def percentile(found: Mapping[str, float], q: float, resamples: int) -> Figure | None:
    """Return the q-th percentile over examples with its bootstrap interval: for the median, too narrow for tails."""
    if not found:
        return None
    value = float(np.percentile(_array(found), q))
    if len(found) < 2:
        return Figure(value, n=len(found))
    low, high = _interval(resampled(_array(found), q, resamples))
    return Figure(value, min(low, value), max(high, value), len(found))


def tail(found: Mapping[str, float], q: float) -> Figure | None:
    """Return the q-th percentile over examples, with an interval from order statistics, which may be open."""
    if not found:
        return None
    ordered = np.sort(_array(found))
    value = float(np.percentile(ordered, q))
    low, high = places(len(ordered), q / 100)
    if low is None or len(ordered) < 2:
        return Figure(value, n=len(ordered))
    top = float(ordered[-1 if high is None else high])
    return Figure(value, float(ordered[low]), top, len(ordered), open_high=high is None)


def difference(found: Mapping[str, float], base: Mapping[str, float], q: float, resamples: int) -> Figure | None:
    """Return how much later the q-th percentile is than base's; None if they were not asked the same."""
    if list(found) != list(base) or len(found) < 2:
        return None
    own, other = _array(found), _array(base)
    value = float(np.percentile(own, q) - np.percentile(other, q))
    low, high = _interval(resampled(own, q, resamples) - resampled(other, q, resamples))
    return Figure(value, min(low, value), max(high, value), significant=low > 0 or high < 0)


def resampled(found: Floats, q: float, resamples: int) -> Floats:
    """Return the percentile in every resample of the examples, shape (resamples,)."""
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(len(found), size=(min(resamples, RESAMPLES), len(found)))
    made: Floats = np.percentile(found[drawn], q, axis=1)
    return made


def _array(found: Mapping[str, float]) -> Floats:
    return np.array(list(found.values()), dtype=np.float64)


def _interval(made: Floats) -> tuple[float, float]:
    low, high = np.percentile(made, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
