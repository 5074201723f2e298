"""Runs the cells of one experiment: prepare, predict, score, record, time. Stages never call back.

Arms without an adapter come first: they need no training, so that there are results after a moment. Then all others
are prepared before the first of them answers: training wants the device's memory for itself, and the answering model
is loaded once for all of them. Where an engine keeps the memory that it takes, all arms are prepared before the first
answers. Timing comes last, when every record is written, with the arms in turn.
"""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from harness.errors import ArmError, CutleryError, StoreError
from harness.machine.measured import Timings, Trial
from harness.runner.arm import Arm, Prepared
from harness.runner.cell import CellRun, Recorder
from harness.runner.experiment import Experiment
from harness.runner.run_progress import NoDisplay, RunProgress
from harness.runner.timing.settings import Timing
from harness.runner.timing.timing_pass import needs_timing, timings
from harness.store.files import cell_file, check_length
from harness.store.records import last_run as lastrun
from harness.store.records import records
from harness.store.records.last_run import LastRun, Refusal, settings_of
from harness.store.spec import digest
from harness.store.store import Store
from harness.store.trials import again, trials
from harness.types import Cell, Record

log = logging.getLogger(__name__)


@dataclass
class Run:
    """The cells of one experiment.

    Args:
        experiment: what to compare.
        folder: where its tables and records go.
        config: the resolved configuration, kept in every record.
        given: what the command line set, each KEY=VALUE, kept as well: how the cell was asked for (folders by name).
        progress: hears how far the run is.
        recorded: called with each record of this run as soon as it is written.
    """

    experiment: Experiment
    folder: Path
    config: Mapping[str, Any]
    given: Sequence[str] = ()
    progress: RunProgress = field(default_factory=lambda: RunProgress(NoDisplay()))
    recorded: Callable[[Record], object] = lambda _: None
    store: Store = field(init=False)
    recorder: Recorder = field(init=False)
    cells: list[CellRun] = field(init=False, default_factory=list)
    comparison: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.store = Store(self.experiment.store)
        self.recorder = Recorder(self.experiment, self.store, {"config": self.config, "given": list(self.given)})

    def check(self) -> None:
        """Find the cells and the records they have already.

        Raises:
            DataError: lists everything that is wrong with the task's data.
            ArmError: an arm makes no sense for this task, or arms differ in what they must share.
            StoreError: the results have a name that the file system does not take.
        """
        self.experiment.check()
        self.comparison = self.experiment.comparison()
        self.cells = [self._cell(name, arm) for name, arm in self.experiment.arms.items()]

    @property
    def needs_timing(self) -> bool:
        """Whether a timing pass is wanted, and the arms have not been timed together already."""
        measured = [None if run.record is None else run.record.timings for run in self._timed_cells()]
        return needs_timing(measured, self.timing)

    @cached_property
    def timing(self) -> Timing:
        """How the timing pass of this run is made: in proportion to the scored answers, unless repeats were set."""
        keys = {override.lstrip("+").split("=", 1)[0] for override in self.given}
        if "timing.repeats" in keys and "timing.per_answer" not in keys:
            return self.experiment.timing
        return self.experiment.timing.fitted(len(self.experiment.task.examples("test")))

    def execute(self) -> None:
        """Run every cell that has no record yet; a failing cell does not stop the others."""
        with self.progress.heard():
            for cells in self._groups():
                self._take(self._prepare, cells)
                self._take(self._answer, cells)
            if self.needs_timing:
                self._time()

    def _groups(self) -> Sequence[Sequence[CellRun]]:
        """Return the cells as they are prepared and answered together."""
        if any(run.arm.trains_first for run in self.cells):
            return [self.cells]
        return [[run for run in self.cells if run.arm.role.adapted == adapted] for adapted in (False, True)]

    def _take(self, step: Callable[[CellRun], None], cells: Sequence[CellRun]) -> None:
        for run in cells:
            if run.pending:
                run.failure = self._guarded(step, run)
                if run.failure:
                    self.progress.forget(run.cell.arm)

    def conclude(self) -> None:
        """Write next to the records what was compared and which cells failed; the table is made from these files.

        Raises:
            StoreError: the folder cannot be written.
        """
        folder = self.folder / "records"
        settings = {run.cell.arm: settings_of(self.experiment.cell_spec(run.arm)) for run in self.cells}
        found = self._trials(folder), self.experiment.left_out
        lastrun.write(LastRun(self.comparison, settings, self.experiment.meanings(), *found), folder)
        for run in self.cells:
            if run.failure:
                lastrun.refuse(Refusal(run.cell, run.failure, run.fingerprint, self.comparison), folder)
            else:
                lastrun.clear_failure(run.cell, folder)

    def _trials(self, folder: Path) -> tuple[Trial, ...]:
        before = lastrun.read(folder)
        own = [resource for run in self.cells if run.record is not None for resource in run.record.resources]
        earlier = before.trials if before is not None and before.comparison == self.comparison else ()
        return trials(self.store, [*((resource.kind, resource.key) for resource in own), *again(earlier)])

    def _cell(self, name: str, arm: Arm) -> CellRun:
        experiment = self.experiment
        cell = Cell(experiment.task.name, experiment.model_name, name, experiment.seed)
        path = cell_file(self.folder / "records", name, experiment.seed, ".jsonl")
        check_length(cell_file(path.parent, name, experiment.seed, lastrun.REFUSED))
        run = CellRun(arm, cell, path, digest(experiment.cell_spec(arm)))
        # A record whose answers this store has never held was made on another machine (the committed reference):
        # `make tables` shows it, but an experiment measures on this one.
        if self.store.has("predictions", arm.answer_spec(experiment.task, experiment.seed)):
            run.record = _matching(path, run.fingerprint, self.comparison)
        return run

    def _guarded(self, step: Callable[[CellRun], None], run: CellRun) -> str:
        """Take the step; return why it failed, or ""."""
        failure = ""
        try:
            step(run)
        except CutleryError as error:
            failure = str(error)
        except OSError as error:  # a full disk, a file that may not be read, a hub out of reach
            failure = f"{type(error).__name__}: {error}"
        except Exception as error:  # a defect of ours or of a library: this cell is lost, the others are not
            log.error("%s", traceback.format_exc())
            failure = f"{type(error).__name__}: {error}"
        if failure:
            log.error("cell %s failed: %s", run.cell, failure)
        return failure

    def _timed_cells(self) -> list[CellRun]:
        return [run for run in self.cells if not run.arm.role.control and not run.failure]

    def _time(self) -> None:
        """Time all arms in one pass; what fails costs timings and no scores."""
        cells = self._timed_cells()
        for run in cells:
            if run.prepared is None:  # its record was there
                run.timing_problem = self._guarded(self._prepare, run)
        ready = {run.cell.arm: run.prepared for run in cells if run.prepared is not None}
        measured: dict[str, Timings] = {}

        def measure(_: CellRun) -> None:
            with self.progress.phase("", "time"):
                measured.update(self._timings(ready))

        failure = self._guarded(measure, cells[0]) if ready else ""
        for run in cells:
            if run.cell.arm in measured:
                run.timing_problem = self._guarded(partial(self._keep, measured[run.cell.arm]), run)
            run.timing_problem = run.timing_problem or failure

    def _timings(self, ready: Mapping[str, Prepared]) -> Mapping[str, Timings]:
        experiment = self.experiment
        specs = {name: experiment.arms[name].answer_spec(experiment.task, experiment.seed) for name in ready}
        examples = experiment.task.examples("test")
        measured = timings(ready, specs, examples, self.timing, self.store)
        wanted = experiment.timing.repeats
        if wanted == self.timing.repeats:
            return measured
        # for the table; not part of the artifact, which holds what was measured and not what was asked for
        return {
            name: replace(own, conditions={**own.conditions, "repeats_wanted": wanted})
            for name, own in measured.items()
        }

    def _keep(self, measured: Timings, run: CellRun) -> None:
        assert run.record is not None
        run.record = records.write(replace(run.record, timings=measured), run.path)
        if measured.problem:
            raise ArmError(measured.problem)

    def _prepare(self, run: CellRun) -> None:
        with self.progress.phase(run.cell.arm, "index", "train"), self.store.watched() as run.used:
            run.prepared = run.arm.prepare(self.experiment.task, self.store, self.experiment.seed)

    def _answer(self, run: CellRun) -> None:
        with self.progress.phase(run.cell.arm, "answer", "audit", "score", "judge"):
            record = self.recorder.record(run, self.comparison)
            run.record = records.write(record, run.path)
        self.recorded(run.record)


def _matching(path: Path, fingerprint: str, comparison: str) -> Record | None:
    """Return the record if it is there, was made from the very same specification and fits the other arms.

    One that does not fit (train was changed, say, on which base does not depend) is written again; its answers
    are in the store.
    """
    if not path.is_file():
        return None
    try:
        record = records.read(path)
    except StoreError as error:
        log.warning("%s; the cell is run again", error)
        return None
    return record if (record.fingerprint, record.comparison) == (fingerprint, comparison) else None
