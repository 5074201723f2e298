"""What one command compares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from harness.analysis.costs.horizon import Costing
from harness.errors import ArmError, DataError, joined
from harness.metrics.context import TaskContext
from harness.metrics.metric import Metric
from harness.reports.protocols import Page, Report, Tracker
from harness.runner.arm import Arm
from harness.runner.timing.settings import Timing
from harness.store.spec import digest, specification
from harness.tasks.task import Task
from harness.types import SPLITS

RECORD_VERSION: Final = 2
"""Part of every fingerprint: raise it when what a record holds has changed its meaning."""


@dataclass(frozen=True)
class Experiment:
    """One task and one model, several arms: what one command compares."""

    task: Task
    arms: Mapping[str, Arm]
    metrics: Mapping[str, Metric]
    reports: Mapping[str, Report | Page]
    costing: Costing
    model_name: str
    seed: int
    limit: int | None
    results: Path
    store: Path
    dry_run: bool
    timing: Timing
    tracker: Tracker
    audit: bool = True
    """whether answers, artifacts and data are audited; False only to measure what that costs"""
    strict: bool = False
    """whether a flag of an audit or guard fails the command"""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """arm of the default list -> what the task's data lack for it"""
    scored_as: Task | None = None
    """the task that metrics are bound to, where training data were changed; None: the task itself. Experiments that
    differ in training data can so be measured by one yardstick"""

    def without_refused(self) -> "Experiment":
        """Return the experiment without the arms that make no sense for this task, unless no arm or no data is left.

        For arms that nobody named: one that was asked for is an error.
        """
        if self.task.problems():
            return self  # `check` lists them
        refused = {name: reason for name, arm in self.arms.items() if (reason := arm.refuses(self.task))}
        kept = {name: arm for name, arm in self.arms.items() if name not in refused}
        return replace(self, arms=kept, left_out=refused) if kept else self

    def check(self) -> None:
        """Look for what is wrong with the data, and with these arms for it.

        Raises:
            DataError: lists everything that is wrong with the task's data.
            ArmError: an arm makes no sense for this task, or arms differ in what they must share.
        """
        if problems := list(self.task.problems()):
            raise joined(DataError, f"task {self.task.name}", problems)
        refusals = {name: arm.refuses(self.task) for name, arm in self.arms.items()}
        if lines := [f"arm {name}: {reason}" for name, reason in refusals.items() if reason]:
            raise joined(ArmError, f"task {self.task.name}", lines)
        shared = {name: arm.shared_spec(self.task) for name, arm in self.arms.items()}
        if len({digest(spec) for spec in shared.values()}) > 1:
            differing = "; ".join(_differing(shared)) or "see the configuration (--cfg job)"
            raise ArmError(f"the arms do not share model, engine, prompt, decoding and questions: {differing}")

    def comparison(self) -> str:
        """Digest what all arms of one table share: data, model, prompt and decoding, but no metrics.

        All of the data: an adapter trained before train was changed must not be compared with arms of today's data.
        """
        task = self.task
        data = {split: digest(list(task.examples(split))) for split in SPLITS}
        shared = next(iter(self.arms.values())).shared_spec(task)
        bound = {} if self.scored_as is None else {"scored as": self.scored_as.content_key()}
        return digest({"shared": shared, "data": data, "documents": digest(list(task.documents())), **bound})

    def cell_spec(self, arm: Arm) -> dict[str, Any]:
        """Return what the record of an arm depends on."""
        return {
            "record": RECORD_VERSION,
            "answers": arm.answer_spec(self.task, self.seed),
            "metrics": [specification(metric) for metric in self.metrics.values()],
            "seed": self.seed,
        }

    def meanings(self) -> dict[str, dict[str, Any]]:
        """Return what the numbers of each metric mean; what a unit counts may depend on the task."""
        context = TaskContext(self.scored_as or self.task)
        return {
            metric.name: {
                "unit": metric.bind(context).unit,
                "higher_is_better": metric.higher_is_better,
                "worst": metric.worst,
                "key": digest(metric),
                **({} if metric.aggregate is None else {"aggregate": metric.aggregate}),
            }
            for metric in self.metrics.values()
        }


def _differing(specs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield, for each setting that is not the same in all arms, what it is in which."""
    flat = {arm: _flat(spec) for arm, spec in specs.items()}
    for key in dict.fromkeys(key for settings in flat.values() for key in settings):
        values = {arm: settings.get(key, "the default") for arm, settings in flat.items()}
        if len(set(values.values())) > 1:
            yield f"{key} is {', '.join(f'{value} in {arm}' for arm, value in values.items())}"


def _flat(spec: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Return the settings of a specification by their dotted keys, as texts."""
    found: dict[str, str] = {}
    for key, value in spec.items():
        name = f"{before}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, Mapping) else {name: str(value)}
    return found
