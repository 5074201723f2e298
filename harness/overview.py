"""Folders of results as sweeps: experiments of one task and model that differ in settings.

The settings are read off the folders' names (`results/TASK/MODEL/KEY=VALUE,…`), which is where a run puts them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.result import CONTROLS, Entry, Table

PAIR: Final = re.compile(r"([\w.]+)=((?:\[[^\]]*\]|[^,\[])*)(?:,|$)")
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


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One arm of one experiment."""

    experiment: Experiment
    arm: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Comparison:
    """All experiments of one task and model; more than one make a sweep."""

    task: str
    model: str
    experiments: tuple[Experiment, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """What was set in some experiment and not, or otherwise, in another one; in the order of their names."""
        named = sorted({name for one in self.experiments for name in one.settings})
        return tuple(name for name in named if len({value_of(one, name) for one in self.experiments}) > 1)

    @property
    def metric(self) -> str | None:
        """The first metric that all experiments were scored by; None without one."""
        shared = [{column.metric for column in one.table.columns} for one in self.experiments]
        first = self.experiments[0].table.columns
        return next((column.metric for column in first if all(column.metric in own for own in shared)), None)

    def cells(self, metric: str) -> tuple[SweepCell, ...]:
        """Every arm of every experiment with its entry for one metric."""
        return tuple(
            SweepCell(one, row.arm, row.entries[place])
            for one in self.experiments
            for place, column in enumerate(one.table.columns)
            if column.metric == metric
            for row in one.table.rows
        )


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
