"""Weighted sums of arms (an arm, a difference, an interaction) on every metric, with interval and p.

The scoreboard and the sections take their numbers from here: the same resamples, test and seed variance.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Difference
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats, Ints
from harness.analysis.stats.exact_intervals import at_the_edge
from harness.analysis.stats.seed_variance import SeedVariance, seed_variance_of, two_sided_p, widened

SEED: Final = 20_240_501
"""of the resamples: the same records always give the same table"""

Weights = Mapping[str, float]
"""arm -> its factor; 0 for all other arms"""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One contrast; an entry per metric, NaN where one of its arms has no value."""

    mean: Floats
    low: Floats
    """lower end of the 95 % interval"""
    high: Floats
    """upper end"""
    n: Ints
    """examples on which every arm of the contrast has a value"""
    p: Floats
    """two-sided p of "it is 0", not adjusted for being one of several"""
    error: Floats
    """clustered standard error over examples; without the seed variance"""
    degrees: Ints
    """of freedom of `error`: clusters - 1"""
    seed_variance: tuple[SeedVariance, ...]
    """what the seeds add; () with one seed"""

    def difference(self, column: int, p_adjusted: float) -> Difference | None:
        """Return the contrast on one metric as a difference; None where it has no value."""
        mean, low, high, n = self.numbers(column)
        if mean is None:
            return None
        return Difference(mean, low, high, n, float(self.p[column]), float(p_adjusted))

    def numbers(self, column: int) -> tuple[float | None, float | None, float | None, int]:
        """Return mean, low, high and n on one metric, None for NaN."""
        return stats.Intervals(self.mean, self.low, self.high, self.n).column(column)


def estimates(source: ComparisonData, contrasts: Sequence[Weights]) -> list[Estimate]:
    """Return every contrast on every metric, all from the same paired resamples of the examples.

    With several seeds, an example's value is its mean over them, and the seed variance widens the interval; p is then
    the larger of the permutation p and the p at which that interval reaches 0.
    """
    if not contrasts:
        return []
    values = np.stack([combined(source, one) for one in contrasts], axis=1)
    shape, flat = values.shape[1:], values.reshape(len(values), -1)
    found = stats.bootstrap(flat, source.clusters, np.random.default_rng(SEED), source.resamples)
    p = stats.sign_flip_p(flat, source.clusters, np.random.default_rng(SEED), source.resamples)
    error, degrees = stats.standard_errors(flat, source.clusters)
    mean, low, high, p, error = (one.reshape(shape) for one in (found.mean, found.low, found.high, p, error))
    n, degrees = found.n.reshape(shape), degrees.reshape(shape)
    alone = [Estimate(mean[i], low[i], high[i], n[i], p[i], error[i], degrees[i], ()) for i in range(shape[0])]
    return [
        _within_bounds(source, _with_seed_variance(_bounded(source, one, weights), variance), weights)
        for one, weights in zip(alone, contrasts, strict=True)
        for variance in [tuple(_seed_variance(source, weights))]
    ]


def combined(source: ComparisonData, weights: Weights) -> Floats:
    """Return the contrast's value of each example: shape (examples, columns), NaN where an arm has none."""
    return sum(
        (factor * source.values[:, source.arms.index(arm)] for arm, factor in weights.items()),
        np.zeros((len(source.examples), len(source.columns))),
    )


def _bounded(source: ComparisonData, alone: Estimate, weights: Weights) -> Estimate:
    """Return one arm's estimate with exact intervals at 0 and 1, for metrics whose worst value is one of them."""
    if len(weights) > 1:
        return alone
    ends = _shares(source)
    exact = at_the_edge(stats.Intervals(alone.mean, alone.low, alone.high, alone.n), alone.degrees + 1)
    low, high = np.where(ends, exact.low, alone.low), np.where(ends, exact.high, alone.high)
    return dataclasses.replace(alone, low=low, high=high)


def _shares(source: ComparisonData) -> list[bool]:
    """Return, per column, whether its values lie between 0 and 1."""
    return [column.higher_is_better is not None and column.worst in (0.0, 1.0) for column in source.columns]


def _within_bounds(source: ComparisonData, one: Estimate, weights: Weights) -> Estimate:
    """Return the estimate with no end beyond what shares can be: few seeds widen an interval without knowing it.

    An end beyond the bounds covers nothing, so that the coverage stays. A metric with a value above 1 is no share.
    """
    largest = np.max([np.nan_to_num(run, nan=0.0).max(axis=(0, 1), initial=0.0) for run in source.runs], axis=0)
    bounded = np.array(_shares(source), dtype=bool) & (largest <= 1.0) & bool(one.seed_variance)
    least, most = (sum(bound(0.0, weight) for weight in weights.values()) for bound in (min, max))
    low, high = np.maximum(one.low, least), np.minimum(one.high, most)
    return dataclasses.replace(one, low=np.where(bounded, low, one.low), high=np.where(bounded, high, one.high))


def _seed_variance(source: ComparisonData, weights: Weights) -> Iterator[SeedVariance]:
    """Yield the seed variance: arms with the same seeds are compared seed by seed, since they may share an adapter."""
    missing = np.isnan(combined(source, weights))
    groups: dict[tuple[int, ...], list[str]] = {}
    for arm in weights:
        groups.setdefault(source.seeds(source.arms.index(arm)), []).append(arm)
    for numbers, arms in groups.items():
        if len(numbers) > 1:
            runs = sum((weights[arm] * source.runs[source.arms.index(arm)] for arm in arms), np.zeros(()))
            yield seed_variance_of(np.where(missing, np.nan, runs), source.clusters)


def _with_seed_variance(alone: Estimate, seed_variance: tuple[SeedVariance, ...]) -> Estimate:
    if not seed_variance:
        return alone
    wide = widened(stats.Intervals(alone.mean, alone.low, alone.high, alone.n), seed_variance)
    p = np.fmax(alone.p, two_sided_p(alone.mean, alone.error, alone.degrees, seed_variance))
    return dataclasses.replace(alone, low=wide.low, high=wide.high, p=p, seed_variance=seed_variance)
