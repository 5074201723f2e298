"""Sums of means over clustered examples, with what a test against a margin needs. Arrays in, numbers out.

A claim's contrast is a sum of means: of paired differences on all examples, or of differences on two kinds of examples
that have none in common. All means of one sum share their resamples of whole groups of examples, so the sum has its own
interval; its standard error is the sandwich estimate of the sum of influences per group (Cameron & Miller, A
Practitioner's Guide to Cluster-Robust Inference, 2015, §2.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import LEVEL, Floats, Intervals, Ints
from harness.analysis.stats.seed_variance import SeedVariance, seed_variance_of, widened
from harness.studies.numbers import by_runs

SEED: Final = 20_261_212
"""of the resamples: the same records always give the same ledger"""
RESAMPLES: Final = 4_000
ROUNDING: Final = 1e-12
"""what rounding leaves of an interval without any spread"""


@dataclass(frozen=True, slots=True)
class SumOfMeans:
    """A sum of means with its uncertainty."""

    value: float
    low: float
    """lower end of the 95 % interval, over groups of examples, draws and seeds"""
    high: float
    error: float
    """clustered standard error over examples; without what seeds add"""
    degrees: int
    """of freedom of `error`: groups of examples - 1"""
    seed_variance: tuple[SeedVariance, ...]
    n: int
    """examples that have a value in one of the means"""


def sum_of_means(
    means: Sequence[Sequence[Floats]], clusters: Ints, *, bounded: bool, resamples: int = RESAMPLES
) -> SumOfMeans | None:
    """Return the sum of some means; None where one of them has no value, or fewer than two groups of examples have.

    Args:
        means: each a list of parts that are added example by example; a part has shape (runs, examples), holds its
            weight, and NaN for no value.
        clusters: shape (examples,), from `stats.clusters_of`.
        bounded: values lie between 0 and 1 before they are weighted, so that even a sum without any spread has an
            interval: see `edge`.
        resamples: of the bootstrap.
    """
    apart = [_added(parts) for parts in means]
    kept = ~np.all([np.isnan(one) for one in apart], axis=0)
    numbers = np.unique(clusters[kept], return_inverse=True)[1].astype(np.int64)
    values = [one[kept] for one in apart]
    groups = int(numbers.max()) + 1 if numbers.size else 0
    if groups < 2 or any(np.isnan(one).all() for one in values):
        return None
    total = float(sum(np.nanmean(one) for one in values))
    low, high = _interval(values, numbers, groups, resamples)
    if bounded and high - low < ROUNDING:
        low, high = total - edge(groups), total + edge(groups)
    runs = [part[:, kept, np.newaxis] for parts in means for part in by_runs(parts)]
    variance = tuple(seed_variance_of(part, numbers) for part in runs)
    count = int(kept.sum())
    single = Intervals(np.array([total]), np.array([low]), np.array([high]), np.array([count]))
    wide = widened(single, variance) if variance else single
    error = _error(values, numbers, groups)
    return SumOfMeans(total, float(wide.low[0]), float(wide.high[0]), error, groups - 1, variance, count)


def edge(groups: int, level: float = LEVEL) -> float:
    """Return how large a share of groups may differ where none of those observed does (Clopper & Pearson, 1934)."""
    return float(1.0 - ((1.0 - level) / 2.0) ** (1.0 / groups))


def _added(parts: Sequence[Floats]) -> Floats:
    added: Floats = np.sum([stats.means(part) for part in parts], axis=0)
    return added


def _interval(values: Sequence[Floats], clusters: Ints, groups: int, resamples: int) -> tuple[float, float]:
    """Return the percentile interval of the sum, each mean over the same resamples of groups."""
    drawn = sum(
        (stats.resampled_means(one, clusters, np.random.default_rng(SEED), resamples) for one in values),
        np.zeros(resamples),
    )
    low, high = np.nanquantile(drawn, stats.tails(groups))
    return float(low), float(high)


def _error(values: Sequence[Floats], clusters: Ints, groups: int) -> float:
    """Return the standard error of the sum: the groups' influences on it, squared and added."""
    influence = np.zeros(groups)
    for one in values:
        present = ~np.isnan(one)
        apart = (one[present] - one[present].mean()) / present.sum()
        influence += np.bincount(clusters[present], apart, minlength=groups)
    return float(np.sqrt((influence**2).sum() * groups / (groups - 1)))
