"""What makes the conditions of a study: functions Task -> Task, and the values that they are tried at."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, ClassVar, Final, Protocol, runtime_checkable

from harness.tasks.task import Task

Value = int | float | str
DRAW: Final = "draw"
"""name of the field by which an intervention draws anew; its values are repetitions of one level"""


@runtime_checkable
class Intervention(Protocol):
    """Changes data, never code paths. A frozen dataclass, so that a study can try it at several values."""

    @property
    def label(self) -> str:
        """The level in a few words, without its draw: "100 pairs"."""
        ...

    @property
    def settings(self) -> Mapping[str, Value]:
        """What distinguishes the level, for measures: {"pairs": 100}; without its draw."""
        ...

    def refuses(self, task: Task) -> str:
        """Return what the data lack for it and how to give that, in a line; "" where it can be applied."""
        ...

    def apply(self, task: Task) -> Task:
        """Return the changed task; the same for the same data, in every process."""
        ...


@dataclass(frozen=True)
class Condition:
    """One variant of the task within a study."""

    intervention: Intervention
    """what makes it"""
    overrides: tuple[str, ...] = ()
    """settings of the configuration that it has beside, KEY=VALUE"""
    arms: tuple[str, ...] = ()
    """arms that are asked in it; () for all"""
    where_possible: bool = False
    """a task that lacks what it needs is asked without it; False: the whole study makes no sense for such a task"""

    def unasked(self, task: Task) -> str:
        """Return why a study that applies to a task leaves this condition out; "" where it is asked."""
        return self.intervention.refuses(task) if self.where_possible else ""

    @property
    def level(self) -> str:
        """What it is called, without its draw."""
        return ", ".join(filter(None, [self.intervention.label, *self.overrides]))

    @property
    def draw(self) -> int:
        """Which repetition of its level this is, from 0."""
        return int(getattr(self.intervention, DRAW, 0))

    @property
    def name(self) -> str:
        """The level and its draw, unique within a study."""
        return f"{self.level}, draw {self.draw}" if hasattr(self.intervention, DRAW) else self.level

    @property
    def settings(self) -> dict[str, Value]:
        """What measures know the level by."""
        pairs = (line.partition("=") for line in self.overrides)
        return {**self.intervention.settings, **{key: value for key, _, value in pairs}}


@dataclass(frozen=True)
class Conditions:
    """An intervention at every combination of some values."""

    KEY: ClassVar[str] = "harness.studies.intervention.Conditions"

    intervention: Intervention
    """with the values that stay"""
    over: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """field of the intervention -> its values; the first field varies slowest"""
    settings: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """key of the configuration (retriever.k, model) -> its values"""
    arms: tuple[str, ...] = ()
    """arms that are asked under these conditions; [] for all of the study"""
    where_possible: bool = False
    """true: a task that lacks what they need is asked without them; false: the whole study makes no sense for it"""

    def problems(self) -> Sequence[str]:
        kind = type(self.intervention)
        fields = [each.name for each in dataclasses.fields(self.intervention)]  # type: ignore[arg-type]
        unknown = [name for name in self.over if name not in fields]
        lines = [f"over.{name} is not known to {kind.__name__}; it has {', '.join(fields)}" for name in unknown]
        empty = [f"over.{name}" for name, values in self.over.items() if not values]
        empty += [f"settings.{name}" for name, values in self.settings.items() if not values]
        lines += [f"{name} is []; give at least one value" for name in empty]
        return lines if lines else [line for made in self.made() for line in _problems(made.intervention)]

    def made(self) -> Iterator[Condition]:
        """Yield the conditions, in order."""
        for values in product(*self.over.values()):
            changes: dict[str, Any] = dict(zip(self.over, values, strict=True))
            intervention = dataclasses.replace(self.intervention, **changes)  # type: ignore[type-var]
            for chosen in product(*self.settings.values()):
                overrides = tuple(f"{key}={value}" for key, value in zip(self.settings, chosen, strict=True))
                yield Condition(intervention, overrides, self.arms, self.where_possible)


def _problems(intervention: Intervention) -> Sequence[str]:
    """Return what an intervention itself finds wrong with its values."""
    check = getattr(intervention, "problems", None)
    return list(check()) if callable(check) else []
