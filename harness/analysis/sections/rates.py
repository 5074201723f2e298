"""Shares and rates of one arm, and the refusals and answers that they count."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import SEED
from harness.analysis.outcomes import answered_ids, refused_ids, undecided_ids
from harness.analysis.result import Figure
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.exact_intervals import at_the_edge
from harness.analysis.stats.seed_variance import seed_variance_of, widened

Booleans = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Decisions(NamedTuple):
    """Of one arm; each of shape (seeds, examples). A failed prediction is none of the three."""

    refused: Booleans
    answered: Booleans
    undecided: Booleans
    """in a language whose refusals are not recognised"""


def decisions(source: ComparisonData, arm: int) -> Decisions:
    """Return whether each prediction refuses, answers, or leaves that open."""
    records = source.records[source.arms[arm]]
    undecided = [undecided_ids(record) for record in records]
    answered = [answered_ids(record) - unknown for record, unknown in zip(records, undecided, strict=True)]
    kinds = ([refused_ids(record) for record in records], answered, undecided)
    return Decisions(*(np.array([[one.id in ids for one in source.examples] for ids in kind]) for kind in kinds))


def all_answered(source: ComparisonData) -> bool:
    """Return whether everything is answerable and got an answer from every arm: then there is no rate to show."""
    return all(example.answerable for example in source.examples) and all(
        decisions(source, arm).answered.all() for arm in range(len(source.arms))
    )


def shares(source: ComparisonData, runs: stats.Floats) -> Sequence[Figure | None]:
    """Return the mean of each column with its interval, None where no example counts.

    Args:
        source: gives the clusters.
        runs: shape (seeds, examples, columns) of values between 0 and 1, NaN where an example does not count.
    """
    values = stats.means(runs)
    intervals = stats.bootstrap(values, source.clusters, np.random.default_rng(SEED), source.resamples)
    _, counts = stats.by_cluster(values, source.clusters)
    intervals = at_the_edge(intervals, (counts > 0).sum(axis=0))
    if len(runs) > 1:
        intervals = widened(intervals, [seed_variance_of(runs, source.clusters)])
    return [Figure.of(*intervals.column(place)) for place in range(runs.shape[2])]
