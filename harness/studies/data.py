"""The records of a study as its measures and controls see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from harness.analysis.headline import needs
from harness.analysis.metric_facts import FACTS
from harness.analysis.roles import Role, ordered_roles
from harness.analysis.stats.bootstrap import Floats, Ints, clusters_of, means
from harness.errors import DataError
from harness.studies.intervention import Value
from harness.types import Example, Prediction, Record


@dataclass(frozen=True, slots=True)
class Made:
    """One condition as it was run."""

    name: str
    """unique within the study"""
    level: str
    """without its draw"""
    draw: int
    """which repetition of the level"""
    settings: Mapping[str, Value]
    """what the level is known by"""


@dataclass(frozen=True, slots=True)
class Values:
    """One arm under one level: a value per example and run."""

    ids: tuple[str, ...]
    """of the examples"""
    runs: Floats
    """shape (runs, examples): draws × seeds, each record once; NaN for no value"""

    @property
    def mean(self) -> Floats:
        """Shape (examples,): the mean over the runs that have a value, NaN without one."""
        return means(self.runs)

    def of(self, ids: Sequence[str]) -> Floats:
        """Return the values of these examples, shape (runs, len(ids)); NaN for one that was not asked."""
        place = {name: at for at, name in enumerate(self.ids)}
        own = np.full((len(self.runs), len(ids)), np.nan)
        known = [(at, place[name]) for at, name in enumerate(ids) if name in place]
        if known:
            to, source = zip(*known, strict=True)
            own[:, list(to)] = self.runs[:, list(source)]
        return own


@dataclass(frozen=True)
class StudyData:
    """What was measured.

    Args:
        task: its name.
        model: its name.
        wanted: the metric that was asked for; None: the first that decides.
        conditions: in the order of the study.
        cells: (name of a condition, arm) -> its records, one per seed. An arm whose answers do not depend on what
            differs was asked once, and its record stands under every condition that shares it.
        failures: (name of a condition, arm) -> why there is no record.
        left_out: (name of a condition, arm) -> why it makes no sense there.
    """

    task: str
    model: str
    wanted: str | None
    conditions: tuple[Made, ...]
    cells: Mapping[tuple[str, str], tuple[Record, ...]]
    failures: Mapping[tuple[str, str], str]
    left_out: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Arm -> what it is made of, in the order of a table's rows."""
        arms: dict[str, list[Record]] = {}
        for (_, arm), records in self.cells.items():
            arms.setdefault(arm, []).extend(records)
        return ordered_roles({arm: records for arm, records in arms.items() if records})

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, in the order of a table's rows."""
        return tuple(self.roles)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels, in the order of the study; their draws are repetitions."""
        return tuple(dict.fromkeys(made.level for made in self.conditions))

    def settings(self, level: str) -> Mapping[str, Value]:
        """Return what a level is known by."""
        return next(made.settings for made in self.conditions if made.level == level)

    def level_with(self, settings: Mapping[str, Value]) -> str | None:
        """Return the first level that has these settings among its own; None without one."""
        return next((one for one in self.levels if settings.items() <= self.settings(one).items()), None)

    def records(self, level: str, arm: str) -> tuple[Record, ...]:
        """Return the records of an arm under a level, over draws and seeds, each once."""
        names = [made.name for made in self.conditions if made.level == level]
        found = (record for name in names for record in self.cells.get((name, arm), ()))
        return tuple({id(record): record for record in found}.values())

    def rows_trained(self, arm: str) -> int | None:
        """Return the most rows that an arm's adapter was trained on in any condition; None without one."""
        records = (record for (_, name), own in self.cells.items() if name == arm for record in own)
        found = [record.facts.get("training", {}).get("rows") for record in records]
        return max((int(one) for one in found if one is not None), default=None)

    @cached_property
    def metric(self) -> str:
        """The metric that answers are measured by.

        Raises:
            DataError: no record has a value of it.
        """
        measured = [name for records in self.cells.values() for record in records[:1] for name in _measured(record)]
        if self.wanted is not None and self.wanted not in measured:
            there = ", ".join(dict.fromkeys(measured)) or "none"
            raise DataError(f"study.metric is {self.wanted}, which no answer has a value of; there are {there}")
        first = self._examples_of_any
        order = (*needs(first)[0].metrics, *FACTS, *measured)
        return self.wanted or next((name for name in order if name in measured), "")

    @property
    def higher_is_better(self) -> bool:
        """Which end of the metric is the good one; a metric without one is read as a likeness."""
        meanings = (record.metrics.get(self.metric) for records in self.cells.values() for record in records)
        return next((bool(one.get("higher_is_better", True)) for one in meanings if one is not None), True)

    def values(self, level: str, arm: str, metric: str | None = None) -> Values | None:
        """Return one arm's values of a metric under a level; None where it was not asked there."""
        records = self.records(level, arm)
        if not records:
            return None
        ids = tuple(dict.fromkeys(example.id for record in records for example in record.examples))
        place = {name: at for at, name in enumerate(ids)}
        runs = np.full((len(records), len(ids)), np.nan)
        for number, record in enumerate(records):
            for score in record.scores:
                if score.metric == (metric or self.metric) and score.value is not None:
                    runs[number, place[score.example_id]] = score.value
        return Values(ids, runs)

    def examples(self, level: str, arm: str) -> dict[str, Example]:
        """Return what an arm was asked under a level, by id."""
        return {example.id: example for record in self.records(level, arm) for example in record.examples}

    def predictions(self, level: str, arm: str) -> dict[str, Prediction]:
        """Return the answers of an arm's first record under a level, by the id of what was asked."""
        first = self.records(level, arm)[:1]
        return {answer.example_id: answer for record in first for answer in record.predictions}

    def clusters(self, ids: Sequence[str]) -> Ints:
        """Return what is resampled together, one number per example; shape (len(ids),)."""
        return clusters_of([self._groups.get(name, "") for name in ids])

    @cached_property
    def _groups(self) -> dict[str, str]:
        records = (record for records in self.cells.values() for record in records)
        return {example.id: example.group for record in records for example in record.examples}

    @property
    def _examples_of_any(self) -> tuple[Example, ...]:
        return next((records[0].examples for records in self.cells.values() if records), ())


def _measured(record: Record) -> list[str]:
    """Return the metrics that have a value of some answer, in the record's order."""
    valued = {score.metric for score in record.scores if score.value is not None}
    return [name for name in record.metrics if name in valued]
