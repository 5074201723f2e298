"""What every grid is made from: one comparison, its records and the values that the scoreboard is made of."""

from dataclasses import dataclass

import numpy as np

from harness.analysis.costs.horizon import Costing
from harness.analysis.headline import deciding
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


def headline(source: ComparisonData) -> tuple[Column, ...]:
    """Return the metrics that decide, as `harness.analysis.headline` chooses them."""
    arms = [number for number, arm in enumerate(source.arms) if arm not in CONTROLS] or [0]
    silent = np.any(np.isnan(source.values[:, arms]).all(axis=0), axis=0)
    unanswerable = not all(example.answerable for example in source.examples)
    places = deciding(source.columns, lambda place: not bool(silent[place]), refusals=unanswerable)
    return tuple(source.columns[place] for place in places)
