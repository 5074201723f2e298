"""One study from its configuration to its table: `python -m harness study=NAME task=…`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.cli import study_tables
from harness.cli.builder import Builder
from harness.cli.config import Composed, compose_job, experiment, resolved
from harness.cli.folders import STUDIES, path_part, result_folder
from harness.cli.measured import measured_config
from harness.cli.old_names import key_of
from harness.cli.progress_display import shown_progress
from harness.errors import ConfigError
from harness.metrics.selftest.check import try_metrics
from harness.runner.experiment import Experiment
from harness.studies.plan import plan
from harness.studies.run import StudyRun
from harness.studies.study import Study

NONE: Final = "none"
"""name of the choice that is no study"""


@dataclass
class StudyJob:
    """One study that is to be run.

    Args:
        config: composed, with a study.
        overrides: what the command line set that changes the folder of results.
        given: all that the command line set, each KEY=VALUE.
        raw: the same as Hydra was given it, from which the configuration of a condition is composed.

    Raises:
        CutleryError: the configuration or the data is wrong, or the study makes no sense for this task.
    """

    config: Composed
    overrides: str
    given: Sequence[str]
    raw: Sequence[str]
    run: StudyRun = field(init=False)
    flags: tuple[str, ...] = field(init=False, default=())
    """what must be acted on, with strict=true"""
    _kept: frozenset[str] = field(init=False, default=frozenset())
    """arms that make sense for the task itself"""

    def __post_init__(self) -> None:
        node: Mapping[str, Any] = resolved(self.config)["study"]
        study = study_of(node)
        wanted = experiment(self.config)
        folder = result_folder(wanted.results, wanted.task.name, wanted.model_name, self.overrides)
        place = folder / STUDIES / path_part(study.name)
        self.run = StudyRun(study, node, self._variant, place, self.given, shown_progress)
        self.run.check()

    def execute(self) -> dict[str, str]:
        """Print the plan, run what is missing and print the table; with dry_run print the plan alone.

        Returns:
            The failed cells and why they failed.

        Raises:
            CutleryError: nothing could be run, or the results cannot be written.
        """
        todo = plan(self.run)
        print(todo, flush=True)
        if self.run.base.dry_run:
            return {}
        if not todo.complete:
            print(flush=True)
            try_metrics(self.run.base.metrics)
        failures = self.run.execute()
        table = study_tables.write(self.run.folder)
        print(f"\n{study_tables.on_screen(table, self.run.folder)}", flush=True)
        if self.run.base.strict:
            self.flags = tuple(str(note) for note in table.notes if note.level == "act")
        return failures

    def _variant(self, overrides: Sequence[str]) -> tuple[Experiment, Mapping[str, Any]]:
        """Return the experiment with some settings more, and its configuration for the records."""
        config = compose_job([*self.raw, *overrides])[0] if overrides else self.config
        wanted = experiment(config)
        if "arm" not in map(key_of, self.given):
            wanted = self._sensible(wanted, alone=not overrides)
        measured = measured_config(resolved(config))
        return replace(wanted, left_out={}), measured

    def _sensible(self, wanted: Experiment, *, alone: bool) -> Experiment:
        """Leave out the arms that the task as it is gives nothing to.

        What settings of a condition ask for may be in its data alone, and is looked at with these.
        """
        if alone:
            wanted = wanted.without_refused()
            self._kept = frozenset(wanted.arms)
        return replace(wanted, arms={name: arm for name, arm in wanted.arms.items() if name in self._kept})


def names_study(config: Composed, given: Sequence[str]) -> bool:
    """Return whether a configuration is that of a study.

    Raises:
        ConfigError: it is not, and settings of a study are given.
    """
    node = config.get("study") or {}
    if isinstance(node, Mapping) and node.get("name") != NONE:
        return bool(node)
    if own := [line for line in given if key_of(line).startswith("study.")]:
        raise ConfigError(f"{own[0]} is of a study, and none is chosen; name one, e.g. study=labels")
    return False


def study_of(node: Mapping[str, Any]) -> Study:
    """Build a study from its configuration.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    builder = Builder()
    study = builder.build(node, "study")
    builder.raise_problems()
    if not isinstance(study, Study):
        raise ConfigError(f"study._target_ is {node.get('_target_')}, which is not a study")
    return study
