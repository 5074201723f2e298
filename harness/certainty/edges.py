"""Intervals of shares that are all 0 or all 1, where resampling sees no spread and would claim to be certain."""

from dataclasses import replace

import numpy as np

from harness.certainty.stats import LEVEL, Floats, Intervals, Ints


def at_the_edge(found: Intervals, clusters: Ints, level: float = LEVEL) -> Intervals:
    """Return the intervals, those of means at 0 or 1 with the exact limit of Clopper & Pearson (1934).

    If a share q of all clusters were otherwise, none among the c seen would have the chance (1 - q)^c: the limit is
    the q for which that is (1 - level) / 2, about 3.7 / c. A cluster that is otherwise is at most 1 away.

    Args:
        found: of values between 0 and 1; other means, and those without a value, stay as they are.
        clusters: with a value, one number per column.
        level: coverage aimed at.
    """
    most: Floats = 1.0 - ((1.0 - level) / 2.0) ** (1.0 / np.maximum(1, clusters))
    seen = clusters > 1
    low = np.where(seen & (found.mean == 1.0) & (found.low == 1.0), 1.0 - most, found.low)
    high = np.where(seen & (found.mean == 0.0) & (found.high == 0.0), most, found.high)
    return replace(found, low=low, high=high)
