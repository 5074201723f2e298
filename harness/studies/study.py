"""A study: ordinary experiments that differ in one thing, and what is read off them; from conf/study/NAME.yaml."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from harness.errors import DataError, joined
from harness.studies.changed import ChangedTask
from harness.studies.control import Control
from harness.studies.intervention import Condition, Conditions, Value
from harness.studies.measures.measure import Measure
from harness.tasks.loaded import limited
from harness.tasks.task import Task
from harness.types import SPLITS, Split


@dataclass(frozen=True)
class Budget:
    """How much is run."""

    KEY: ClassVar[str] = "harness.studies.study.Budget"

    seeds: tuple[int, ...]
    """of training; an arm that trains nothing is asked once"""
    examples: Mapping[str, int] = field(default_factory=dict)
    """split -> at most so many of its examples, before anything else is done; other splits are whole"""
    conditions: tuple[Conditions, ...] = ()
    """what differs"""
    says: str = ""
    """what it cannot tell, for the table; "" for a budget that was chosen to tell"""

    def problems(self) -> Sequence[str]:
        lines = [] if self.seeds else ["seeds is []; give at least one"]
        lines += [] if self.conditions else ["conditions is []; give at least one"]
        lines += [
            f"examples.{name} is not a split: {', '.join(SPLITS)}" for name in self.examples if name not in SPLITS
        ]
        lines += [f"examples.{name} is {n}; it must be 1 or more" for name, n in self.examples.items() if n < 1]
        return [*lines, *(line for group in self.conditions for line in group.problems())]

    def cut(self, task: Task) -> Task:
        """Return the task with no more examples than this budget takes; the same ones for a smaller budget's limit."""
        splits: dict[Split, int] = {split: self.examples[split] for split in SPLITS if split in self.examples}
        kept = {split: tuple(limited(task.examples(split), most)) for split, most in splits.items()}
        kept = {split: rows for split, rows in kept.items() if len(rows) < len(task.examples(split))}
        return ChangedTask(task, splits=kept) if kept else task


@dataclass(frozen=True)
class Study:
    """A question, the conditions that answer it, and what is read off their records."""

    KEY: ClassVar[str] = "harness.studies.study.Study"

    name: str
    """of its folder of results"""
    question: str
    """what it answers, in a sentence"""
    budget: Literal["quick", "full"]
    """quick: at most ten minutes on two cores, to look at it; full: what can be relied on"""
    metric: str | None
    """what answers are measured by; null: the first that decides for the task"""
    levels: int
    """fewest levels that make sense: two where it compares what a user must name"""
    values: Mapping[str, tuple[Value, ...]]
    """lists that its yaml names by interpolation, so that a command line can set them: study.values.models=[a,b]"""
    quick: Budget
    full: Budget
    controls: tuple[Control, ...]
    """checked before anything is read off; one that fails withholds the verdict"""
    measures: tuple[Measure, ...]
    """what is read off, in the order of the table"""
    cannot: tuple[str, ...]
    """what it cannot show, a sentence each"""

    def problems(self) -> Sequence[str]:
        lines = [] if self.measures else ["measures is []; name at least one"]
        lines += [] if self.controls else ["controls is []; a study without a control shows nothing when it fails"]
        for name in ("quick", "full"):
            lines += [f"{name}.{line}" for line in getattr(self, name).problems()]
        return lines

    @property
    def chosen(self) -> Budget:
        """The budget that is run."""
        return self.quick if self.budget == "quick" else self.full

    def conditions(self) -> Sequence[Condition]:
        """Return the conditions in the order in which they are run, each once."""
        return list({condition.name: condition for condition in self._all()}.values())

    def check(self, task: Task) -> None:
        """Look whether it makes sense for this task.

        Raises:
            DataError: the data lack what a condition needs; every reason is said once, with how to give it.
        """
        reasons: dict[str, None] = dict.fromkeys(
            why for one in self.conditions() if not one.where_possible and (why := one.intervention.refuses(task))
        )
        levels = list(dict.fromkeys(condition.level for condition in self.conditions()))
        if len(levels) < self.levels:
            reasons[self._too_few(levels)] = None
        if reasons:
            raise DoesNotApplyError(str(joined(DataError, f"study {self.name}, task {task.name}", list(reasons))))

    def _too_few(self, levels: Sequence[str]) -> str:
        """Return how many levels are missing, which are there, and the keys that name more."""
        missing = self.levels - len(levels)
        given = f"{', '.join(levels)} alone" if levels else "none"
        keys = " or ".join(f"study.values.{name}=[{', '.join(map(str, own))}, …]" for name, own in self.values.items())
        return f"it compares {self.levels} at least and is given {given}: {missing} more must be named, by {keys}"

    def _all(self) -> Iterator[Condition]:
        for group in self.chosen.conditions:
            yield from group.made()


@dataclass(frozen=True)
class NoStudy:
    """What stands in place of a study where one experiment is run: it knows the keys that a command line may set."""

    KEY: ClassVar[str] = "harness.studies.study.NoStudy"

    name: str
    budget: Literal["quick", "full"]
    metric: str | None
    values: Mapping[str, tuple[Value, ...]]


class DoesNotApplyError(DataError):
    """A study makes no sense for a task; the message says what the data lack and how to give it."""
