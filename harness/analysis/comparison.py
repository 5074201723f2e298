"""What every grid is made from: one comparison, its records and the values that the scoreboard is made of."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.costs.horizon import Costing
from harness.analysis.result import CONTROLS, Column, Comparison
from harness.analysis.selection import SelectedRecords
from harness.analysis.stats import bootstrap as stats
from harness.types import Example, Score


@dataclass(frozen=True, slots=True)
class ComparisonData:
    """One comparison. Grids read it; nothing in it is computed twice."""

    chosen: SelectedRecords
    """the records, and what was left out"""
    arms: tuple[str, ...]
    """in the order of the scoreboard's rows"""
    columns: tuple[Column, ...]
    """the metrics, in the order of the scoreboard's columns"""
    examples: tuple[Example, ...]
    """what was asked, in the order of `values`"""
    scores: tuple[tuple[tuple[Score, ...], ...], ...]
    """arms × columns: all scores of that arm and metric, seed after seed"""
    values: stats.Floats
    """shape (examples, arms, columns): the mean over seeds of each example's value, NaN for none"""
    runs: tuple[stats.Floats, ...]
    """one per arm, shape (seeds, examples, columns): what `values` is the mean of, NaN for none"""
    clusters: stats.Ints
    """shape (examples,): what is resampled together"""
    resamples: int
    """of the bootstrap and of permutation tests"""
    costing: Costing | None = None
    """prices and use; None for a table without money"""

    comparisons: tuple[Comparison, ...] = ()
    """every two arms on every metric"""

    def seeds(self, arm: int) -> tuple[int, ...]:
        """Return the seeds of an arm, in the order of its runs."""
        return tuple(record.cell.seed for record in self.chosen.arms[self.arms[arm]])


SHOWN: Final = 3


def headline(source: ComparisonData) -> tuple[Column, ...]:
    """Return the first metrics with a better side on which every arm that one could choose has a value.

    A task lists its metrics in the order of their weight. Retrieval metrics say nothing about arms without a
    retriever, so they never come first here.
    """
    chosen = [number for number, arm in enumerate(source.arms) if arm not in CONTROLS] or [0]
    silent = np.any(np.isnan(source.values[:, chosen]).all(axis=0), axis=0).tolist()
    judged = [place for place, column in enumerate(source.columns) if column.higher_is_better is not None]
    told = [place for place in judged if not silent[place]] or judged
    return tuple(source.columns[place] for place in told[:SHOWN])
