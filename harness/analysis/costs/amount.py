"""An amount of money with the uncertainty of its timings: arithmetic on bootstrap resamples."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from harness.analysis.stats import bootstrap as stats


@dataclass(frozen=True, slots=True, eq=False)
class Amount:
    """A number with its bootstrap resamples.

    Sums and multiples keep the resamples, so the interval of a total is its own and not a sum of intervals.
    """

    value: float
    """the estimate"""
    draws: stats.Floats | None = None
    """shape (resamples,): the value in each resample; None for a number that is not a mean of samples"""
    clusters: int = 0
    """independent samples (batches, or requests timed alone) of the part with the fewest; 0 without draws"""

    def __add__(self, other: "Amount") -> "Amount":
        if self.draws is None or other.draws is None:
            known = self if other.draws is None else other
            constant = other.value if other.draws is None else self.value
            draws = None if known.draws is None else known.draws + constant
            return Amount(self.value + other.value, draws, known.clusters)
        return Amount(self.value + other.value, self.draws + other.draws, min(self.clusters, other.clusters))

    def __mul__(self, factor: float) -> "Amount":
        return Amount(self.value * factor, None if self.draws is None else self.draws * factor, self.clusters)

    def interval(self) -> tuple[float | None, float | None]:
        """Return the ends of the 95 % interval; None without draws, or when fewer than two clusters were timed."""
        if self.draws is None or self.clusters < 2:
            return None, None
        low, high = np.quantile(self.draws, stats.tails(self.clusters))
        return float(low), float(high)


NOTHING = Amount(0.0)


def total(parts: Iterable[Amount | None]) -> Amount | None:
    """Return the sum; None when a part is not known."""
    result = NOTHING
    for part in parts:
        if part is None:
            return None
        result = result + part
    return result


def mean(values: stats.Floats, clusters: stats.Ints, rng: np.random.Generator, resamples: int) -> Amount | None:
    """Return the mean of the measurements with its resamples; None without any.

    Args:
        values: shape (requests,).
        clusters: shape (requests,): requests timed together (one batch) are not independent samples.
        rng: the only source of randomness.
        resamples: how many.
    """
    if not values.size:
        return None
    value, many = float(values.mean()), len(np.unique(clusters))
    draws = stats.resampled_means(values, clusters, rng, resamples) if many > 1 else np.full(resamples, value)
    return Amount(value, draws, many)
