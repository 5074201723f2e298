"""Uncertainty of means over examples that come in clusters. Arrays in, arrays out, without metrics or arms.

Values are arrays of shape (examples, columns), where a column is one arm's metric or a difference of two arms.
NaN means "this example has no value here". All columns of one call share their resamples, so the means of two
arms and the mean of their paired differences are consistent. Examples of one cluster (a source document,
an intent) are drawn together: they are not independent of each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES: Final = 10_000
LEVEL: Final = 0.95
CHUNK_CELLS: Final = 1_500_000
"""resamples × clusters per block: 12 MB of weights, about a core's cache"""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Means with their intervals, one entry per column; NaN where unknown."""

    mean: Floats
    """NaN when no example has a value"""
    low: Floats
    """NaN also when fewer than two clusters have a value: one cluster shows no spread"""
    high: Floats
    """as low"""
    n: Ints
    """examples with a value"""

    def column(self, place: int) -> tuple[float | None, float | None, float | None, int]:
        """Return mean, low, high and n of one column, None for NaN."""
        mean, low, high = (
            None if np.isnan(array[place]) else float(array[place]) for array in (self.mean, self.low, self.high)
        )
        return mean, low, high, int(self.n[place])


def clusters_of(groups: Sequence[str]) -> Ints:
    """Return one cluster number per example, from 0 without gaps; "" is a cluster of its own."""
    numbers: dict[object, int] = {}
    keys = (group if group else index for index, group in enumerate(groups))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def bootstrap(
    values: Floats,
    clusters: Ints,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Intervals:
    """Return the mean of each column with its clustered percentile bootstrap interval.

    Whole clusters are drawn with replacement; a resample's mean is its sum over its count. The percentiles
    are widened for few clusters so that, on normal data, the interval is the t interval ("expanded
    percentile", Hesterberg, What Teachers Should Know About the Bootstrap, 2015, §4.3).

    Args:
        values: shape (examples, columns), NaN for no value.
        clusters: shape (examples,), from `clusters_of`.
        rng: the only source of randomness.
        resamples: how many.
        level: coverage aimed at.
    """
    sums, counts = by_cluster(values, clusters)
    n = counts.sum(axis=0).astype(np.int64)
    mean = ratio(sums.sum(axis=0), counts.sum(axis=0))
    low, high = np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    valued = (counts > 0).sum(axis=0)
    constant = _is_constant(values) & (valued > 1)
    low[constant] = high[constant] = mean[constant]
    spread = np.flatnonzero((valued > 1) & ~constant)
    if spread.size:
        resampled = _resampled_means(sums[:, spread], counts[:, spread], rng, resamples)
        for place, column in enumerate(spread):
            low[column], high[column] = np.nanquantile(resampled[:, place], tails(int(valued[column]), level))
    return Intervals(mean, low, high, n)


def resampled_means(values: Floats, clusters: Ints, rng: np.random.Generator, resamples: int = RESAMPLES) -> Floats:
    """Return the means of one column over resamples of whole clusters, shape (resamples,).

    For what is computed from a mean before an interval is read off: a sum of means, the crossing of two lines.

    Args:
        values: shape (examples,), NaN for no value.
        clusters: shape (examples,), from `clusters_of`.
        rng: the only source of randomness.
        resamples: how many.
    """
    sums, counts = by_cluster(values[:, np.newaxis], clusters)
    return _resampled_means(sums, counts, rng, resamples)[:, 0]


def tails(clusters: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the two quantiles to read off resampled means of this many clusters, at least 2: see `bootstrap`."""
    from scipy.special import ndtr, stdtrit

    t = stdtrit(clusters - 1, (1.0 - level) / 2.0)
    tail = float(ndtr(t * np.sqrt(clusters / (clusters - 1))))
    return tail, 1.0 - tail


def sign_flip_p(differences: Floats, clusters: Ints, rng: np.random.Generator, permutations: int = RESAMPLES) -> Floats:
    """Return, per column, the two-sided p of "the mean difference is zero".

    If it is, each cluster's differences could as well have the other sign. p = (1 + permutations at least
    as extreme) / (1 + permutations), which is never 0. All-zero differences and fewer than two clusters
    give 1; no value at all gives NaN.

    Args:
        differences: shape (examples, columns), NaN where either arm has no value.
        clusters: shape (examples,), from `clusters_of`.
        rng: the only source of randomness.
        permutations: how many sign patterns are drawn.
    """
    sums, counts = by_cluster(differences, clusters)
    total = sums.sum(axis=0)
    # Equal sums may differ by rounding; they must count as equally extreme.
    bar = np.abs(total) - 1e-9 * np.abs(sums).sum(axis=0)
    extreme = np.zeros(total.shape, dtype=np.int64)
    for flips in _coin_tosses(permutations, len(sums), rng):
        extreme += (np.abs(2.0 * (flips @ sums) - total) >= bar).sum(axis=0)
    p = (1.0 + extreme) / (1.0 + permutations)
    p[(counts > 0).sum(axis=0) < 2] = 1.0
    p[counts.sum(axis=0) == 0] = np.nan
    return p


def holm(p: Floats) -> Floats:
    """Return the p values adjusted for multiplicity (Holm 1979, step-down); NaN stays NaN and does not count."""
    adjusted = np.full(p.shape, np.nan)
    places = np.flatnonzero(~np.isnan(p))
    order = places[np.argsort(p[places], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted


def standard_errors(values: Floats, clusters: Ints) -> tuple[Floats, Ints]:
    """Return the clustered standard error of each column's mean, and its degrees of freedom (clusters - 1).

    The sandwich estimate with its factor for few clusters, clusters / (clusters - 1) (Cameron & Miller, A
    Practitioner's Guide to Cluster-Robust Inference, 2015, §2.2); NaN for fewer than two clusters with a value.
    """
    sums, counts = by_cluster(values - means(values), clusters)
    valued = (counts > 0).sum(axis=0)
    factor = ratio(valued.astype(np.float64), valued - 1.0)
    return np.sqrt(factor * (sums**2).sum(axis=0)) / np.maximum(1.0, counts.sum(axis=0)), valued - 1


def holm_over_rows(p: Floats) -> Floats:
    """Return p adjusted over the rows, for each column by itself: shape (comparisons, columns)."""
    return np.stack([holm(own) for own in p.T], axis=1) if p.size else p


def means(values: Floats) -> Floats:
    """Return the mean over the first axis of the values that are not NaN; NaN without any."""
    present = ~np.isnan(values)
    return ratio(np.where(present, values, 0.0).sum(axis=0), present.sum(axis=0).astype(np.float64))


def by_cluster(values: Floats, clusters: Ints) -> tuple[Floats, Floats]:
    """Return sum and count of the values of each cluster: two arrays of shape (clusters, columns)."""
    present = ~np.isnan(values)
    size = int(clusters.max()) + 1 if clusters.size else 0
    sums = np.zeros((size, values.shape[1]))
    counts = np.zeros_like(sums)
    np.add.at(sums, clusters, np.where(present, values, 0.0))
    np.add.at(counts, clusters, present.astype(np.float64))
    return sums, counts


def _is_constant(values: Floats) -> NDArray[np.bool_]:
    lowest = np.where(np.isnan(values), np.inf, values).min(axis=0, initial=np.inf)
    highest = np.where(np.isnan(values), -np.inf, values).max(axis=0, initial=-np.inf)
    return np.asarray(lowest == highest)


def ratio(sums: Floats, counts: Floats) -> Floats:
    """Return sums over counts, NaN where there is nothing to count."""
    quotients: Floats = np.divide(sums, counts, out=np.full(np.shape(sums), np.nan), where=counts > 0)
    return quotients


def _resampled_means(sums: Floats, counts: Floats, rng: np.random.Generator, resamples: int) -> Floats:
    """Shape (resamples, columns). Columns with the same counts share one product for their denominators."""
    patterns, pattern_of = np.unique(counts, axis=1, return_inverse=True)
    both = np.hstack([sums, patterns])
    width = sums.shape[1]
    rows = [
        ratio(totals[:, :width], totals[:, width:][:, pattern_of.ravel()])
        for totals in (weights @ both for weights in _draws(resamples, len(sums), rng))
    ]
    return np.vstack(rows)


def _draws(resamples: int, size: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield blocks of rows that say how often each cluster was drawn; every row sums to `size`."""
    for rows in _blocks(resamples, size):
        drawn = _integers_below(size, rows * size, rng).reshape(rows, size)
        weights = np.empty((rows, size))
        for row in range(rows):
            weights[row] = np.bincount(drawn[row], minlength=size)
        yield weights


def _integers_below(bound: int, how_many: int, rng: np.random.Generator) -> Ints:
    """Integers in [0, bound), by multiply and shift of 32 random bits.

    Twice as fast as Generator.integers, which removes a bias that is below bound / 2^32 here.
    """
    raw = rng.bit_generator.random_raw(how_many // 2 + 1)
    numbers = np.asarray(raw).view(np.uint32)[:how_many].astype(np.int64)
    numbers *= bound
    numbers >>= 32
    return numbers


def _coin_tosses(permutations: int, size: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield blocks of rows of zeros and ones, each equally likely."""
    for rows in _blocks(permutations, size):
        bits = np.frombuffer(rng.bytes(rows * size // 8 + 1), dtype=np.uint8)
        yield np.unpackbits(bits, count=rows * size).reshape(rows, size).astype(np.float64)


def _blocks(rows: int, size: int) -> Iterator[int]:
    step = max(1, CHUNK_CELLS // max(1, size))
    for start in range(0, rows, step):
        yield min(step, rows - start)
