"""Seed variance: what training seeds add to the uncertainty of a mean. Arrays in, arrays out.

Examples and seeds are crossed: every seed answers every example. The variance of a mean over both is that of the
examples plus that of the seeds, minus what both hold in common (Cameron, Gelbach & Miller, Robust Inference with
Multiway Clustering, 2011; Owen, The pigeonhole bootstrap, 2007). Resampling three seeds says next to nothing, so
the seeds' part is not bootstrapped: its limit is Student's t with seeds - 1 degrees of freedom, and both limits are put
together by MOVER (Zou & Donner, Construction of confidence limits about effect measures, 2008). By simulation this
covers 95 to 97 % from three seeds on, and 91 % at worst with two (tests/harness/analysis/stats).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import LEVEL, Floats, Ints


@dataclass(frozen=True, slots=True)
class SeedVariance:
    """The seeds' part of the variance of some means."""

    variance: Floats
    """of the mean over the seeds, one entry per column"""
    degrees: int
    """of freedom: seeds - 1"""


def seed_variance_of(runs: Floats, clusters: Ints) -> SeedVariance:
    """Return how much of the mean's variance is due to the seeds; 0 where they differ no more than answers do.

    Args:
        runs: shape (seeds, examples, columns), NaN for no value; two seeds at least.
        clusters: shape (examples,), from `stats.clusters_of`.
    """
    seeds = len(runs)
    means = np.stack([stats.means(run) for run in runs])
    between = means.var(axis=0, ddof=1)
    variance = np.maximum(0.0, between - _within(runs - means[:, None, :], clusters)) / seeds
    return SeedVariance(np.nan_to_num(variance), seeds - 1)


def _within(centred: Floats, clusters: Ints) -> Floats:
    """Variance of one seed's mean that comes from its examples alone: what seed and example do together."""
    seeds = len(centred)
    present = ~np.isnan(centred)
    sums = np.stack([stats.by_cluster(run, clusters)[0] for run in centred])
    shares = stats.ratio(sums, np.broadcast_to(present.sum(axis=1)[:, None, :], sums.shape).astype(np.float64))
    own = np.nan_to_num(shares - shares.mean(axis=0))
    size = max(2, sums.shape[1])
    spread: Floats = (own**2).sum(axis=(0, 1)) / (seeds - 1) * size / (size - 1)
    return spread


def widened(intervals: stats.Intervals, seed_variance: Sequence[SeedVariance], level: float = LEVEL) -> stats.Intervals:
    """Return the intervals widened by the seed variance."""
    from scipy.special import stdtrit

    added = sum((stdtrit(one.degrees, (1.0 - level) / 2.0) ** 2 * one.variance for one in seed_variance), np.zeros(()))
    low = intervals.mean - np.sqrt((intervals.mean - intervals.low) ** 2 + added)
    high = intervals.mean + np.sqrt((intervals.high - intervals.mean) ** 2 + added)
    return stats.Intervals(intervals.mean, low, high, intervals.n)


def two_sided_p(mean: Floats, error: Floats, degrees: Ints, seed_variance: Sequence[SeedVariance]) -> Floats:
    """Return the p at which the interval of `mean` just reaches 0: the interval above, read backwards.

    Args:
        mean: what is compared with 0.
        error: its standard error over examples.
        degrees: of freedom of `error`: clusters - 1.
        seed_variance: the seeds' parts.
    """
    low, high = np.zeros_like(mean), np.ones_like(mean)
    for _ in range(50):
        middle = (low + high) / 2
        reached = reach(middle, error, degrees, seed_variance) >= np.abs(mean)
        low, high = np.where(reached, middle, low), np.where(reached, high, middle)
    return np.where(np.isnan(mean), np.nan, high)


def reach(
    alpha: Floats | float, error: Floats, degrees: Ints, seed_variance: Sequence[SeedVariance], power: float = 0.5
) -> Floats:
    """Return how far from 0 a mean must be for a two-sided test at `alpha` to detect it with this power."""
    squared: Floats = (_quantiles(alpha, power, np.maximum(1, degrees)) * error) ** 2
    for one in seed_variance:
        squared = squared + _quantiles(alpha, power, one.degrees) ** 2 * one.variance
    return np.asarray(np.sqrt(squared), dtype=np.float64)


def _quantiles(alpha: Floats | float, power: float, degrees: Ints | int) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(degrees, power) - stdtrit(degrees, np.asarray(alpha) / 2.0), dtype=np.float64)
