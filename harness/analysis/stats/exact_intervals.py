"""Intervals of quantiles from order statistics: they assume nothing about how values are distributed.

Of n independent values, the number below the true quantile is binomial; that says which of the sorted values bound it
(Hahn & Meeker, Statistical Intervals, 1991, §5.2). A bootstrap sees only the few values in the tail: its
intervals of a 95th percentile of 24 values hold the truth in some 70 % of the cases.
"""

from dataclasses import replace

import numpy as np

from harness.analysis.stats.bootstrap import LEVEL, Floats, Intervals, Ints


def places(n: int, share: float, level: float = LEVEL) -> tuple[int | None, int | None]:
    """Return the places, from 0, of the two sorted values between which the quantile lies.

    Where the largest value is no bound from above, all of the error that is allowed goes to the lower end. Which places
    these are depends on n alone, so the quantile lies between them with a probability of `level` at least.

    Args:
        n: values, at least 1.
        share: of all values that lie below the quantile, between 0 and 1.
        level: coverage aimed at.

    Returns:
        Lower and upper place; None where no value bounds the quantile.
    """
    from scipy.special import bdtr

    at_most = bdtr(np.arange(n), n, share)  # at k: that no more than k values lie below the quantile
    error = (1.0 - level) / 2.0
    bounding = np.flatnonzero(1.0 - at_most <= error)
    high = int(bounding[0]) if bounding.size else None
    if high is None:
        error = 1.0 - level
    low = int(np.count_nonzero(at_most <= error)) - 1
    return low if low >= 0 else None, high


def at_the_edge(intervals: Intervals, clusters: Ints, level: float = LEVEL) -> Intervals:
    """Return the intervals, those of means at 0 or 1 with the exact limit of Clopper & Pearson (1934).

    If a share q of all clusters differed, the chance that none of the c observed ones does is (1 - q)^c: the limit is
    the q for which that is (1 - level) / 2, about 3.7 / c. A cluster that differs is at most 1 away.

    Args:
        intervals: of values between 0 and 1; other means, and those without a value, stay as they are.
        clusters: with a value, one number per column.
        level: coverage aimed at.
    """
    most: Floats = 1.0 - ((1.0 - level) / 2.0) ** (1.0 / np.maximum(1, clusters))
    seen = clusters > 1
    low = np.where(seen & (intervals.mean == 1.0) & (intervals.low == 1.0), 1.0 - most, intervals.low)
    high = np.where(seen & (intervals.mean == 0.0) & (intervals.high == 0.0), most, intervals.high)
    return replace(intervals, low=low, high=high)
