"""What every section is made from: one comparison, its records and the values of the scoreboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.costs.horizon import Costing
from harness.analysis.result import ArmComparison, Column
from harness.analysis.roles import Role, reference_arm
from harness.analysis.selection import SelectedRecords
from harness.analysis.stats import bootstrap as stats
from harness.types import Example, Record, Score

FEW_CLUSTERS: Final = 30
"""independent groups of examples below which a run is a smoke test only"""


@dataclass(frozen=True, slots=True)
class ComparisonData:
    """One comparison. Sections read it; nothing in it is computed twice."""

    chosen: SelectedRecords
    """the records, and what was left out"""
    roles: Mapping[str, Role]
    """arm -> what it is made of, in the order of the scoreboard's rows"""
    columns: tuple[Column, ...]
    """the metrics, in the order of the scoreboard's columns"""
    examples: tuple[Example, ...]
    """what was asked, in the order of `values`"""
    scores: tuple[tuple[Sequence[Score], ...], ...]
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
    """prices and use; None for a table without costs"""

    comparisons: tuple[ArmComparison, ...] = ()
    """every two arms on every metric"""

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, in the order of the scoreboard's rows."""
        return tuple(self.roles)

    @property
    def base(self) -> str | None:
        """The arm that the others are compared with."""
        return reference_arm(self.roles)

    @property
    def independent(self) -> int:
        """How many independent groups the examples make."""
        return len(set(self.clusters.tolist()))

    @property
    def decides(self) -> bool:
        """Whether there are enough of them to say which arm is better."""
        return self.independent >= FEW_CLUSTERS

    @property
    def records(self) -> dict[str, tuple[Record, ...]]:
        """The records of each arm, one per seed, in the order of the scoreboard's rows."""
        return {arm: self.chosen.arms[arm] for arm in self.roles}

    @property
    def served(self) -> tuple[str, ...]:
        """The arms that can be deployed: all but the controls; the controls where there are no others."""
        return tuple(arm for arm, role in self.roles.items() if not role.control) or self.arms

    def seeds(self, arm: int) -> tuple[int, ...]:
        """Return the seeds of an arm, in the order of its runs."""
        return tuple(record.cell.seed for record in self.records[self.arms[arm]])

    def per_example(self, arm: int, metric: str) -> stats.Floats:
        """Return the metric's values, shape (seeds, examples); NaN throughout without the metric."""
        values = np.full((len(self.seeds(arm)), len(self.examples)), np.nan)
        names = [column.metric for column in self.columns]
        scores = self.scores[arm][names.index(metric)] if metric in names else ()
        place = {example.id: number for number, example in enumerate(self.examples)}
        for number, score in enumerate(scores):
            if score.value is not None:
                values[number // len(self.examples), place[score.example_id]] = score.value
        return values
