"""Folders of results as sweeps: experiments of one task and model that differ in settings.

The settings are read off the folders' names (`results/TASK/MODEL/KEY=VALUE,…`), which is where a run puts them.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.analysis.result import CONTROLS, SIGNIFICANT, Entry, Table
from harness.analysis.stats import bootstrap as stats

PAIR: Final = re.compile(r"([\w.]+)=((?:\[[^\]]*\]|[^,\[])*)(?:,|$)")
SEED: Final = 20_240_502
DEFAULT: Final = "default"
"""value of a setting that neither the folder nor the configuration names"""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One folder of results."""

    folder: Path
    """relative to the results"""
    settings: Mapping[str, str]
    """what differs from the defaults"""
    table: Table
    config: Mapping[str, Any] = field(default_factory=dict)
    """the resolved configuration"""
    limit: int | None = None
    """examples that it was cut down to: a smoke test; None for all of them"""
    asked: tuple[str, ...] = ()
    """names of its examples"""
    groups: tuple[str, ...] = ()
    """their groups, which are drawn together"""
    values: Mapping[tuple[str, str], Sequence[float]] = field(default_factory=dict)
    """(arm, metric) -> one value per example, over its seeds; NaN for none"""
    answers: Mapping[str, str] = field(default_factory=dict)
    """arm -> everything that its answers depend on, as text; arms that are missing are taken for different"""


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One arm of one experiment."""

    experiment: Experiment
    arm: str
    entry: Entry
    also: tuple[Experiment, ...] = ()
    """further experiments with the very same answers: a swept setting that the arm does not have changes nothing"""

    def values(self, parameter: str) -> tuple[str, ...]:
        """Return all that a parameter was set to, in order."""
        found = {value_of(one, parameter) for one in (self.experiment, *self.also)}
        return tuple(sorted(found, key=sort_key))


@dataclass(frozen=True, slots=True)
class Comparison:
    """All experiments of one task and model; more than one make a sweep."""

    task: str
    model: str
    experiments: tuple[Experiment, ...]
    across: str = ""
    """model or task: what its experiments differ in where they are not of one model and task"""

    @property
    def ranked(self) -> tuple[Experiment, ...]:
        """Those that may be compared: smoke tests left out, and those on other examples than most.

        Where there are smoke tests alone they stand side by side, so that a sweep can be tried out; see `smoke`.
        """
        whole = [one for one in self.experiments if self.smoke or not is_smoke_test(one)]
        if not whole or self.across == "task":
            return tuple(whole)
        ((asked, _),) = Counter(one.asked for one in whole).most_common(1)
        return tuple(one for one in whole if one.asked == asked)

    @property
    def smoke(self) -> bool:
        """True where every experiment is a smoke test: nothing is the best of them."""
        return all(map(is_smoke_test, self.experiments))

    @property
    def parameters(self) -> tuple[str, ...]:
        """What was set in some experiment and not, or otherwise, in another one; in the order of their names."""
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
    """Return the cells, those of the same arm with the very same answers as one."""
    found: dict[tuple[str, str], SweepCell] = {}
    for place, cell in enumerate(cells):
        key = cell.arm, cell.experiment.answers.get(cell.arm, "") or str(place)
        first = found.get(key)
        found[key] = cell if first is None else dataclasses.replace(first, also=(*first.also, cell.experiment))
    return tuple(found.values())


def settings_of(folder: Path) -> dict[str, str]:
    """Return the settings in a folder's path below task and model."""
    found: dict[str, str] = {}
    for part in folder.parts[2:]:
        found |= dict(PAIR.findall(part)) or {"settings": part}
    return found


def value_of(experiment: Experiment, parameter: str) -> str:
    """Return what a parameter was set to; where the folder does not say, what the records' configuration says."""
    return experiment.settings.get(parameter) or _configured(experiment.config, parameter)


def _configured(config: Any, parameter: str) -> str:
    for key in parameter.split("."):
        config = config.get(key) if isinstance(config, Mapping) else None
    return DEFAULT if config is None or isinstance(config, Mapping) else str(config)


def comparisons(experiments: Sequence[Experiment]) -> list[Comparison]:
    """Return the experiments by task and model; numbers in their settings sort as numbers."""
    groups: dict[tuple[str, str], list[Experiment]] = {}
    for one in experiments:
        groups.setdefault((one.table.task, one.table.model), []).append(one)
    return [
        Comparison(task, model, tuple(sorted(group, key=_place))) for (task, model), group in sorted(groups.items())
    ]


def crossings(experiments: Sequence[Experiment]) -> list[Comparison]:
    """Return what a sweep over models or over tasks made: each task with all its models, each model with all tasks."""
    found = []
    for across in ("model", "task"):
        groups: dict[str, list[Experiment]] = {}
        for one in experiments:
            named = dataclasses.replace(one, settings={across: getattr(one.table, across), **one.settings})
            groups.setdefault(one.table.task if across == "model" else one.table.model, []).append(named)
        for name, group in sorted(groups.items()):
            title = (name, "all models") if across == "model" else ("all tasks", name)
            whole = Comparison(*title, tuple(sorted(group, key=_place)), across)
            if across in whole.parameters and whole.metric is not None:
                found.append(whole)
    return found


def is_smoke_test(experiment: Experiment) -> bool:
    """Return whether only a few examples were asked (limit=…): never a result."""
    return experiment.limit is not None or experiment.settings.get("limit", "null") not in ("null", DEFAULT)


def _place(experiment: Experiment) -> tuple[object, ...]:
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
    """Return the cell with the best mean, controls aside; None where better has no meaning or nothing was measured."""
    measured = [cell for cell in cells if cell.entry.mean is not None and cell.arm not in CONTROLS]
    if higher_is_better is None or not measured:
        return None
    sign = 1 if higher_is_better else -1
    return max(measured, key=lambda cell: sign * (cell.entry.mean or 0.0))


def runner_up(cells: Sequence[SweepCell], winner: SweepCell, higher_is_better: bool) -> SweepCell | None:
    """Return the second best cell; None where there is no other."""
    return best([cell for cell in cells if cell is not winner], higher_is_better)


def p_of(winner: SweepCell, other: SweepCell, metric: str) -> float:
    """Return p of "their means are equal": paired by example; NaN where the records do not tell."""
    own, others = (one.experiment.values.get((one.arm, metric)) for one in (winner, other))
    if own is None or others is None or winner.experiment.asked != other.experiment.asked:
        return float("nan")
    clusters = stats.clusters_of(winner.experiment.groups)
    apart = (np.asarray(own, dtype=float) - np.asarray(others, dtype=float))[:, np.newaxis]
    return float(stats.sign_flip_p(apart, clusters, np.random.default_rng(SEED))[0])


def ties(cells: Sequence[SweepCell], winner: SweepCell, metric: str) -> list[SweepCell]:
    """Return the cells that cannot be told from the best one: Bonferroni over all of them, controls aside."""
    others = [cell for cell in cells if cell is not winner and cell.arm not in CONTROLS and cell.entry.mean is not None]
    # "not smaller" and not "larger": a p that nobody knows tells no two cells apart
    return [cell for cell in others if not p_of(winner, cell, metric) * len(others) < SIGNIFICANT]
