"""One experiment from its configuration to its table: what `make experiment` and `harness.experiment` share."""

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.cli import tables
from harness.cli.config import Composed, compose_job, experiment, resolved
from harness.cli.folders import result_folder
from harness.cli.interim import arm_line, stopped_line, time_line
from harness.cli.measured import measured_config
from harness.cli.old_names import key_of
from harness.cli.progress_display import shown_progress
from harness.cli.study_job import names_study
from harness.cli.sweep.plan import refuse_alone
from harness.errors import ConfigError, CutleryError, ModelError, reason
from harness.metrics.selftest.check import try_metrics
from harness.runner.data_audits import quick_flags
from harness.runner.forecast import Forecast, forecast
from harness.runner.plan import Plan, plan
from harness.runner.run import Run
from harness.store.files import unwritable
from harness.store.locks import locked

log = logging.getLogger("harness")

TABLE_LOCK: Final = ".table.lock"


@dataclass
class ExperimentJob:
    """One experiment that is to be run.

    Args:
        config: composed.
        overrides: what the command line set that changes the folder of results.
        given: all that the command line set, each KEY=VALUE.

    Raises:
        CutleryError: the configuration or the data is wrong.
    """

    config: Composed
    overrides: str
    given: Sequence[str]
    run: Run = field(init=False)
    flags: tuple[str, ...] = field(init=False, default=())
    """what guards and audits found, with strict=true; a flag fails the command"""

    def __post_init__(self) -> None:
        wanted = experiment(self.config)
        if "arm" not in map(key_of, self.given):
            wanted = wanted.without_refused()
        measured = measured_config(resolved(self.config))
        folder = result_folder(wanted.results, wanted.task.name, wanted.model_name, self.overrides)
        self.run = Run(wanted, folder, measured, self.given)
        self.run.check()

    @property
    def folder(self) -> Path:
        """Where its tables and records go."""
        return self.run.folder

    @property
    def plan(self) -> Plan:
        """What its cells still need."""
        return plan(self.run)

    def execute(self) -> dict[str, str]:
        """Print the plan, run what is missing and print the table; with dry_run print the plan alone.

        Returns:
            The failed cells and why they failed.

        Raises:
            CutleryError: nothing could be run, or the results cannot be written.
        """
        run, todo = self.run, self.plan
        print(todo, flush=True)
        expected = Forecast() if todo.complete else self._forecast(todo)
        if run.experiment.dry_run:
            print("".join(f"\n{line}" for line in quick_flags(run.experiment.task)), flush=True)
            return {}
        if not todo.complete:
            print(flush=True)
            try_metrics(run.experiment.metrics)
            self._run(expected)
        failures = {str(cell.cell): cell.failure for cell in run.cells if cell.failure}
        if (result := self._concluded(every_cell_failed=len(failures) == len(run.cells))) is not None:
            self._track(result)
        if line := time_line(run.progress.times()):
            print(line, flush=True)
        return failures | {f"{cell.cell} (timing)": cell.timing_problem for cell in run.cells if cell.timing_problem}

    def _forecast(self, todo: Plan) -> Forecast:
        """Say how long the run will take; the first time on a machine this takes some seconds itself."""
        try:
            expected = forecast(self.run, todo)
        except Exception as error:  # of whatever kind: a figure for people stops no run
            if isinstance(error, ModelError) and self.run.experiment.dry_run:
                raise  # no arm can follow this plan; a run says it of each arm, and keeps what others have
            log.debug("%s", traceback.format_exc())
            expected = Forecast(unknown=f"measuring this machine failed ({reason(error)})")
        print(expected, flush=True)
        return expected

    def _run(self, expected: Forecast) -> None:
        """Run what is missing, saying how far it is; interrupted, make the table of the arms that have records."""
        run, width = self.run, max(len(cell.cell.arm) for cell in self.run.cells)
        run.recorded = lambda record: print(arm_line(record, width), flush=True)
        try:
            with shown_progress(expected.steps) as run.progress:
                run.execute()
        except KeyboardInterrupt:
            if any(cell.record is not None for cell in run.cells):
                self._concluded(every_cell_failed=False)
            raise KeyboardInterrupt(stopped_line(run.cells)) from None

    def _concluded(self, *, every_cell_failed: bool) -> tables.Compared | None:
        """Write what was compared and make the table of it; None where there is none.

        One process at a time: jobs of a sweep share this folder, and the last of them must see the records of all.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        with locked(self.folder / TABLE_LOCK, f"making the table in {self.folder}"):
            self.run.conclude()
            return self._table(every_cell_failed=every_cell_failed)

    def _table(self, *, every_cell_failed: bool) -> tables.Compared | None:
        """Write and print the table and return it; None where there is none, as every cell failed."""
        wanted = self.run.experiment
        try:
            result = tables.compared(self.folder, wanted.costing)
            written = tables.put(self.folder, wanted.reports.values(), result, self.given)
        except CutleryError as error:
            if not every_cell_failed:
                raise
            log.error("No table was made, and one in %s is of an earlier run: %s", self.folder, error)
            return None
        # the first page alone: a table that has scrolled away does not say which arm won, or where to look
        print(f"\n{tables.SCREEN.render(result.table).rstrip()}\n\n{written}", flush=True)
        self.flags = tuple(map(str, result.table.flags)) if wanted.strict else ()
        return result

    def _track(self, result: tables.Compared) -> None:
        try:
            logged = self.run.experiment.tracker.log(self.folder, result.table, result.arms)
        except CutleryError as error:  # the results are on disk: a copy that was not made takes nothing from them
            log.error("%s", error)
            return
        if logged:
            print(logged, flush=True)


def composed(overrides: Sequence[str]) -> ExperimentJob:
    """Return the job that `python -m harness OVERRIDES` would run.

    Raises:
        CutleryError: an override, the configuration or the data is wrong.
    """
    refuse_alone(overrides)
    config, measured, given = compose_job(overrides)
    if names_study(config, given):
        name = config.study.get("name")
        raise ConfigError(f"study={name} is many experiments, and this runs one; make study study={name} runs them")
    return ExperimentJob(config, measured, given)
