"""Percentiles of timed requests with their intervals. Repeats of a request are no independent samples."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from harness.certainty.stats import LEVEL, Floats
from harness.result import Figure
from harness.types import TimedRequest

SEED: Final = 20_240_502
"""of the resamples: the same examples are drawn for every arm, so that differences are paired"""
RESAMPLES: Final = 2_000
MILLISECONDS: Final = 1_000.0
FEW_FOR_P99: Final = 100
"""with fewer samples the 99th percentile is the largest one"""


def values(requests: Sequence[TimedRequest], measure: Callable[[TimedRequest], float | None]) -> Floats:
    """Return the measure in milliseconds, shape (examples, repeats), NaN where there is none.

    Examples are in the order of their names, so that two arms have the same one in the same row.
    """
    rows: dict[str, list[float]] = {}
    for request in requests:
        found = measure(request)
        if found is not None:
            rows.setdefault(request.example_id, []).append(MILLISECONDS * found)
    if not rows:
        return np.empty((0, 0))
    width = max(len(row) for row in rows.values())
    return np.array([rows[name] + [np.nan] * (width - len(rows[name])) for name in sorted(rows)])


def percentile(found: Floats, q: float, resamples: int) -> Figure | None:
    """Return the q-th percentile over all requests, with a bootstrap interval over the examples."""
    if not found.size:
        return None
    value = float(np.nanpercentile(found, q))
    n = int(np.count_nonzero(~np.isnan(found)))
    if len(found) < 2:
        return Figure(value, n=n)
    low, high = _interval(resampled(found, q, resamples))
    return Figure(value, min(low, value), max(high, value), n)


def difference(found: Floats, base: Floats, q: float, resamples: int) -> Figure | None:
    """Return how much later the q-th percentile is than base's; None if they were not asked the same."""
    if not found.size or len(found) != len(base) or len(found) < 2:
        return None
    value = float(np.nanpercentile(found, q) - np.nanpercentile(base, q))
    low, high = _interval(resampled(found, q, resamples) - resampled(base, q, resamples))
    return Figure(value, min(low, value), max(high, value), significant=low > 0 or high < 0)


def resampled(found: Floats, q: float, resamples: int) -> Floats:
    """Return the percentile in every resample of the examples, shape (resamples,)."""
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(len(found), size=(min(resamples, RESAMPLES), len(found)))
    flat = found[drawn].reshape(len(drawn), -1)
    whole = not np.isnan(found).any()
    made: Floats = np.percentile(flat, q, axis=1) if whole else np.nanpercentile(flat, q, axis=1)
    return made


def _interval(made: Floats) -> tuple[float, float]:
    low, high = np.percentile(made, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
