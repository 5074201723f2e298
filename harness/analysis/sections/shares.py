"""Shares and rates of one arm with their interval: values between 0 and 1 per example, over its seeds."""

from collections.abc import Sequence

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import SEED
from harness.analysis.result import Figure
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.exact_intervals import at_the_edge
from harness.analysis.stats.seed_variance import seed_luck, widened


def shares(source: ComparisonData, runs: stats.Floats) -> Sequence[Figure | None]:
    """Return the mean of each column, None where no example counts.

    Args:
        source: gives the clusters.
        runs: shape (seeds, examples, columns) of values between 0 and 1, NaN where an example does not count.
    """
    values = stats.means(runs)
    found = stats.bootstrap(values, source.clusters, np.random.default_rng(SEED), source.resamples)
    _, counts = stats.by_cluster(values, source.clusters)
    found = at_the_edge(found, (counts > 0).sum(axis=0))
    if len(runs) > 1:
        found = widened(found, [seed_luck(runs, source.clusters)])
    return [_figure(*found.column(place)) for place in range(runs.shape[2])]


def _figure(mean: float | None, low: float | None, high: float | None, n: int) -> Figure | None:
    return None if mean is None else Figure(mean, low, high, n)
