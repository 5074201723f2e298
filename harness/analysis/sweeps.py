"""Folders of results as sweeps: experiments of one task and model that differ in settings.

The settings are read from the folders' names (`results/TASK/MODEL/KEY=VALUE,…`), where a run writes them.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.analysis.result import SIGNIFICANT, Table, TableEntry
from harness.analysis.stats import bootstrap as stats

PAIR: Final = re.compile(r"(?<![\w.])([\w.]+)=((?:\[[^\]]*\]|[^,\[])*)(?:,|$)")
SEED: Final = 20_240_502
DEFAULT: Final = "default"
"""value of a setting that neither the folder nor the configuration names"""


@dataclass(frozen=True, slots=True)
class SweepExperiment:
    """One folder of results."""

    folder: Path
    """relative to the results"""
    settings: Mapping[str, str]
    """what differs from the defaults"""
    table: Table
    config: Mapping[str, Any] = field(default_factory=dict)
    """the resolved configuration"""
    limit: int | None = None
    """number of examples of a smoke test; None for all of them"""
    asked: tuple[str, ...] = ()
    """names of its examples"""
    groups: tuple[str, ...] = ()
    """their groups, which are drawn together"""
    values: Mapping[tuple[str, str], Sequence[float]] = field(default_factory=dict)
    """(arm, metric) -> one value per example, over its seeds; NaN for none"""
    answers: Mapping[str, str] = field(default_factory=dict)
    """arm -> everything that its answers depend on, as text; missing arms count as different"""
    advice: str = ""
    """which arm to use, by the decision that its report starts from; "" where there is nothing to choose"""


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One arm of one experiment."""

    experiment: SweepExperiment
    arm: str
    entry: TableEntry
    also: tuple[SweepExperiment, ...] = ()
    """further experiments with identical answers: the swept setting does not concern this arm"""

    @property
    def control(self) -> bool:
        """True for an arm that cannot be deployed."""
        return self.arm in self.experiment.table.controls

    def values(self, parameter: str) -> tuple[str, ...]:
        """Return all that a parameter was set to, in order."""
        values = {value_of(one, parameter) for one in (self.experiment, *self.also)}
        return tuple(sorted(values, key=sort_key))


@dataclass(frozen=True, slots=True)
class SweepGroup:
    """All experiments of one task and model; more than one make a sweep."""

    task: str
    model: str
    experiments: tuple[SweepExperiment, ...]
    across: str = ""
    """model or task, where its experiments differ in that; "" for one model and task"""

    @property
    def ranked(self) -> tuple[SweepExperiment, ...]:
        """The comparable ones: no smoke tests, and none with other examples than most.

        Where there are only smoke tests they are compared, so that a sweep can be tested; see `smoke`.
        """
        whole = [one for one in self.experiments if self.smoke or not is_smoke_test(one)]
        if not whole or self.across == "task":
            return tuple(whole)
        ((asked, _),) = Counter(one.asked for one in whole).most_common(1)
        return tuple(one for one in whole if one.asked == asked)

    @property
    def smoke(self) -> bool:
        """True where every experiment is a smoke test: then none is called the best."""
        return all(map(is_smoke_test, self.experiments))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The settings in which the experiments differ, in the order of their names."""
        named = sorted({name for one in self.ranked for name in one.settings})
        return tuple(name for name in named if len({value_of(one, name) for one in self.ranked}) > 1)

    @property
    def metric(self) -> str | None:
        """The first metric that all ranked experiments were scored by; None without one."""
        return next(iter(self.metrics), None)

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics that all ranked experiments were scored by, in the order of the first one."""
        if not self.ranked:
            return ()
        shared = [{column.metric for column in one.table.columns} for one in self.ranked]
        first = self.ranked[0].table.columns
        return tuple(column.metric for column in first if all(column.metric in own for own in shared))

    def cells(self, metric: str) -> tuple[SweepCell, ...]:
        """Every arm of every ranked experiment with its entry for one metric."""
        return tuple(
            SweepCell(one, row.arm, row.entries[place])
            for one in self.ranked
            for place, column in enumerate(one.table.columns)
            if column.metric == metric
            for row in one.table.rows
        )


def distinct(cells: Sequence[SweepCell]) -> tuple[SweepCell, ...]:
    """Return the cells, those of the same arm with identical answers as one."""
    cells_of: dict[tuple[str, str], SweepCell] = {}
    for place, cell in enumerate(cells):
        key = cell.arm, cell.experiment.answers.get(cell.arm, "") or str(place)
        first = cells_of.get(key)
        cells_of[key] = cell if first is None else dataclasses.replace(first, also=(*first.also, cell.experiment))
    return tuple(cells_of.values())


def settings_of(folder: Path) -> dict[str, str]:
    """Return the settings in a folder's path below task and model."""
    settings: dict[str, str] = {}
    for part in folder.parts[2:]:
        settings |= dict(PAIR.findall(part)) or {"settings": part}
    return settings


def value_of(experiment: SweepExperiment, parameter: str) -> str:
    """Return what a parameter was set to, by the folder's name or else by the records' configuration."""
    return experiment.settings.get(parameter) or _configured(experiment.config, parameter)


def _configured(config: Any, parameter: str) -> str:
    for key in parameter.split("."):
        config = config.get(key) if isinstance(config, Mapping) else None
    return DEFAULT if config is None or isinstance(config, Mapping) else str(config)


def comparisons(experiments: Sequence[SweepExperiment]) -> list[SweepGroup]:
    """Return the experiments by task and model; numbers in their settings sort as numbers."""
    groups: dict[tuple[str, str], list[SweepExperiment]] = {}
    for one in experiments:
        groups.setdefault((one.table.task, one.table.model), []).append(one)
    return [
        SweepGroup(task, model, tuple(sorted(group, key=_place))) for (task, model), group in sorted(groups.items())
    ]


def crossings(experiments: Sequence[SweepExperiment]) -> list[SweepGroup]:
    """Return the sweeps over models and over tasks: each task with all its models, each model with all tasks."""
    found = []
    for across in ("model", "task"):
        groups: dict[str, list[SweepExperiment]] = {}
        for one in experiments:
            named = dataclasses.replace(one, settings={across: getattr(one.table, across), **one.settings})
            groups.setdefault(one.table.task if across == "model" else one.table.model, []).append(named)
        for name, group in sorted(groups.items()):
            title = (name, "all models") if across == "model" else ("all tasks", name)
            whole = SweepGroup(*title, tuple(sorted(group, key=_place)), across)
            if across in whole.parameters and whole.metric is not None:
                found.append(whole)
    return found


def is_smoke_test(experiment: SweepExperiment) -> bool:
    """Return whether only a few examples were asked (limit=…)."""
    return experiment.limit is not None or experiment.settings.get("limit", "null") not in ("null", DEFAULT)


def _place(experiment: SweepExperiment) -> tuple[object, ...]:
    return tuple((name, *sort_key(value)) for name, value in sorted(experiment.settings.items()))


def sort_key(value: str) -> tuple[int, float, str]:
    """Return a key that puts the default first, then numbers in their order, then words."""
    if value == DEFAULT:
        return 0, 0.0, ""
    try:
        return 1, float(value), ""
    except ValueError:
        return 2, 0.0, value


def best(cells: Sequence[SweepCell], higher_is_better: bool | None) -> SweepCell | None:
    """Return the cell with the best mean, without controls; None without a better side or without a mean."""
    measured = [cell for cell in cells if cell.entry.mean is not None and not cell.control]
    if higher_is_better is None or not measured:
        return None
    sign = 1 if higher_is_better else -1
    return max(measured, key=lambda cell: sign * (cell.entry.mean or 0.0))


def runner_up(cells: Sequence[SweepCell], winner: SweepCell, higher_is_better: bool) -> SweepCell | None:
    """Return the second best cell; None where there is no other."""
    return best([cell for cell in cells if cell is not winner], higher_is_better)


def p_of(winner: SweepCell, other: SweepCell, metric: str) -> float:
    """Return p of "their means are equal": paired by example; NaN where they are not comparable."""
    own, others = (one.experiment.values.get((one.arm, metric)) for one in (winner, other))
    if own is None or others is None or winner.experiment.asked != other.experiment.asked:
        return float("nan")
    clusters = stats.clusters_of(winner.experiment.groups)
    apart = (np.asarray(own, dtype=float) - np.asarray(others, dtype=float))[:, np.newaxis]
    return float(stats.sign_flip_p(apart, clusters, np.random.default_rng(SEED))[0])


def ties(cells: Sequence[SweepCell], winner: SweepCell, metric: str) -> list[SweepCell]:
    """Return the cells not significantly different from the best one: Bonferroni over all cells without controls."""
    others = [cell for cell in cells if cell is not winner and not cell.control and cell.entry.mean is not None]
    # "not smaller" and not "larger": an unknown p (NaN) does not separate two cells
    return [cell for cell in others if not p_of(winner, cell, metric) * len(others) < SIGNIFICANT]
