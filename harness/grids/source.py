"""What every grid is made from: one comparison, its records and the values that the scoreboard is made of."""

from dataclasses import dataclass

from harness.certainty import stats
from harness.comparable import Comparable
from harness.costs.costing import Costing
from harness.result import Column, Comparison
from harness.types import Example, Score


@dataclass(frozen=True, slots=True)
class Source:
    """One comparison. Grids read it; nothing in it is computed twice."""

    chosen: Comparable
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
