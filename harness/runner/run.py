"""Runs the cells of one experiment: prepare, predict, score, record, time. Stages never call back.

All arms are prepared (indexes built, adapters trained) before the first one answers: training wants
the device's memory for itself, and the answering model is loaded once for all arms. Timing comes last, when every
record is written, with the arms in turn.
"""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from harness.errors import ArmError, CutleryError, DataError, StoreError, joined
from harness.machine.conditions import CONDITIONS, Watch
from harness.machine.environment import environment
from harness.metrics.context import TaskContext, abstractiveness
from harness.metrics.evidence import gold_documents
from harness.metrics.judged import judgements, judges
from harness.metrics.metric import Metric
from harness.runner import predictions
from harness.runner.arm import Arm, Prepared
from harness.runner.experiment import Experiment
from harness.runner.timing.settings import Timing
from harness.runner.timing.timing_pass import needs_timing, timings
from harness.store.records import last_run as lastrun
from harness.store.records import records
from harness.store.records.last_run import LastRun, Refusal, settings_of
from harness.store.spec import digest, specification
from harness.store.store import Artifact, Store, resources
from harness.store.trials import again, trials
from harness.tasks.audit import audit
from harness.tasks.task import Task
from harness.types import SPLITS, Cell, Record, Score, Timings, Trial

log = logging.getLogger(__name__)

RECORD_VERSION = 2
"""Part of every fingerprint: raise it when what a record holds has changed its meaning."""

ENVIRONMENT = "environment"
"""Among the facts that predictions keep in the store."""


@dataclass
class CellRun:
    """One cell of this run and how it went."""

    arm: Arm
    cell: Cell
    path: Path
    fingerprint: str
    prepared: Prepared | None = None
    used: list[tuple[str, Artifact]] = field(default_factory=list)
    """kind and artifact of all that prepare made or found"""
    record: Record | None = None
    failure: str = ""
    timing_problem: str = ""
    """why it was not timed; its scores stand"""

    @property
    def pending(self) -> bool:
        """True while the cell has neither a record nor a failure."""
        return self.record is None and not self.failure


@dataclass
class Run:
    """The cells of one experiment.

    Args:
        experiment: what to compare.
        folder: where its tables and records go.
        config: the resolved configuration, kept in every record.
        given: what the command line set, each KEY=VALUE, kept as well: it tells how to run the cell again.
    """

    experiment: Experiment
    folder: Path
    config: Mapping[str, Any]
    given: Sequence[str] = ()
    store: Store = field(init=False)
    cells: list[CellRun] = field(init=False, default_factory=list)
    comparison: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.store = Store(self.experiment.store)

    def check(self) -> None:
        """Find the cells and the records they have already.

        Raises:
            DataError: lists everything that is wrong with the task's data.
            ArmError: an arm makes no sense for this task, or arms differ in what they must share.
        """
        task = self.experiment.task
        problems = list(task.problems())
        if problems:
            raise joined(DataError, f"task {task.name}", problems)
        refusals = {name: arm.refuses(task) for name, arm in self.experiment.arms.items()}
        lines = [f"arm {name}: {reason}" for name, reason in refusals.items() if reason]
        if lines:
            raise joined(ArmError, f"task {task.name}", lines)
        shared = {name: digest(arm.shared_spec(task)) for name, arm in self.experiment.arms.items()}
        if len(set(shared.values())) > 1:
            raise ArmError(f"the arms do not share model, prompt, decoding and questions: {shared}")
        self.comparison = self._comparison()
        self.cells = [self._cell(name, arm) for name, arm in self.experiment.arms.items()]

    @property
    def needs_timing(self) -> bool:
        """Whether a timing pass is wanted, and the arms have not been timed together already."""
        found = [None if run.record is None else run.record.timings for run in self._timed_cells()]
        return needs_timing(found, self.timing)

    @cached_property
    def timing(self) -> Timing:
        """How the timing pass of this run is made: in proportion to the answers that are scored, unless told."""
        told = {one.lstrip("+").split("=", 1)[0] for one in self.given}
        if "timing.repeats" in told and "timing.per_answer" not in told:
            return self.experiment.timing
        return self.experiment.timing.fitted(len(self.experiment.task.examples("test")))

    def execute(self) -> None:
        """Run every cell that has no record yet; a failing cell does not stop the others."""
        for step in (self._prepare, self._answer):
            for run in self.cells:
                if run.pending:
                    run.failure = self._guarded(step, run)
        if self.needs_timing:
            self._time()

    def conclude(self) -> None:
        """Leave beside the records what was compared and which cells failed; the table is made from these files.

        Raises:
            StoreError: the folder cannot be written.
        """
        place = self.folder / "records"
        settings = {run.cell.arm: settings_of(self._spec(run.arm)) for run in self.cells}
        lastrun.write(LastRun(self.comparison, settings, self._meanings(), self._trials(lastrun.read(place))), place)
        for run in self.cells:
            if run.failure:
                lastrun.refuse(Refusal(run.cell, run.failure, run.fingerprint, self.comparison), place)
            else:
                lastrun.clear_failure(run.cell, place)

    def _trials(self, before: LastRun | None) -> tuple[Trial, ...]:
        made = [one for run in self.cells if run.record is not None for one in run.record.resources]
        earlier = before.trials if before is not None and before.comparison == self.comparison else ()
        return trials(self.store, [*((one.kind, one.key) for one in made), *again(earlier)])

    @cached_property
    def _metrics(self) -> Mapping[str, Metric]:
        return {name: metric.bind(self._context) for name, metric in self.experiment.metrics.items()}

    @cached_property
    def _context(self) -> TaskContext:
        return TaskContext(self.experiment.task)

    @cached_property
    def _abstractiveness(self) -> Mapping[str, Any]:
        return abstractiveness(self._context)

    def _comparison(self) -> str:
        """Digest what all arms of one table share: data, model, prompt and decoding, but no metrics.

        All of the data: an adapter trained before train was changed is no match for a model that answers now.
        """
        task = self.experiment.task
        data = {split: digest(list(task.examples(split))) for split in SPLITS}
        shared = next(iter(self.experiment.arms.values())).shared_spec(task)
        return digest({"shared": shared, "data": data, "documents": digest(list(task.documents()))})

    def _meanings(self) -> dict[str, dict[str, Any]]:
        return {
            metric.name: {
                "unit": metric.unit,
                "higher_is_better": metric.higher_is_better,
                "worst": metric.worst,
                "key": digest(metric),
            }
            for metric in self.experiment.metrics.values()
        }

    def _cell(self, name: str, arm: Arm) -> CellRun:
        experiment = self.experiment
        cell = Cell(experiment.task.name, experiment.model_name, name, experiment.seed)
        path = self.folder / "records" / f"{name},seed={experiment.seed}.jsonl"
        run = CellRun(arm, cell, path, digest(self._spec(arm)))
        # A record whose answers this store has never held came with the checkout: shown by `make tables`, but an
        # experiment measures on this machine.
        if self.store.has("predictions", arm.answer_spec(experiment.task, experiment.seed)):
            run.record = _matching(path, run.fingerprint, self.comparison)
        return run

    def _spec(self, arm: Arm) -> dict[str, Any]:
        return {
            "record": RECORD_VERSION,
            "answers": arm.answer_spec(self.experiment.task, self.experiment.seed),
            "metrics": [specification(metric) for metric in self.experiment.metrics.values()],
            "seed": self.experiment.seed,
        }

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
        return [run for run in self.cells if run.arm.is_timed and not run.failure]

    def _time(self) -> None:
        """Time all arms in one pass; what fails costs timings and no scores."""
        cells = self._timed_cells()
        for run in cells:
            if run.prepared is None:  # its record was there
                run.timing_problem = self._guarded(self._prepare, run)
        ready = {run.cell.arm: run.prepared for run in cells if run.prepared is not None}
        found: dict[str, Timings] = {}

        def measure(_: CellRun) -> None:
            found.update(self._timings(ready))

        failure = self._guarded(measure, cells[0]) if ready else ""
        for run in cells:
            if run.cell.arm in found:
                run.timing_problem = self._guarded(partial(self._keep, found[run.cell.arm]), run)
            run.timing_problem = run.timing_problem or failure

    def _timings(self, ready: Mapping[str, Prepared]) -> Mapping[str, Timings]:
        experiment = self.experiment
        specs = {name: experiment.arms[name].answer_spec(experiment.task, experiment.seed) for name in ready}
        examples = experiment.task.examples("test")
        found = timings(ready, specs, examples, self.timing, self.store, "  timing")
        wanted = experiment.timing.repeats
        if wanted == self.timing.repeats:
            return found
        # said in the table; no part of the artifact, which is what was measured and not what was wished for
        return {
            name: replace(one, conditions={**one.conditions, "repeats_wanted": wanted}) for name, one in found.items()
        }

    def _keep(self, found: Timings, run: CellRun) -> None:
        assert run.record is not None
        record = replace(run.record, timings=found)
        records.write(record, run.path)
        run.record = record
        if found.problem:
            raise ArmError(found.problem)

    def _prepare(self, run: CellRun) -> None:
        with self.store.watched() as run.used:
            run.prepared = run.arm.prepare(self.experiment.task, self.store, self.experiment.seed)

    def _answer(self, run: CellRun) -> None:
        task, prepared = self.experiment.task, run.prepared
        assert prepared is not None
        examples = task.examples("test")
        spec = run.arm.answer_spec(task, self.experiment.seed)
        title = f"{run.cell.arm:>8}"
        artifact = self.store.get_or_make(
            "predictions",
            spec,
            lambda folder: _answered(partial(predictions.stream, prepared, examples, folder, title)),
        )
        facts = dict(artifact.facts)
        answers = predictions.read(artifact.path, examples)
        metrics = self._metrics
        pairs = list(zip(examples, answers, strict=True))
        scores = score(metrics, pairs)
        record = Record(
            cell=run.cell,
            spec={"cell": self._spec(run.arm), "config": self.config, "given": list(self.given)},
            fingerprint=run.fingerprint,
            comparison=self.comparison,
            environment=facts.pop(ENVIRONMENT, None) or environment(),
            facts={
                **facts,
                "leakage": leakage(task, self.store),
                "judges": judges(self.experiment.metrics),
                "abstractiveness": self._abstractiveness,
                "metrics": {name: own for name, metric in metrics.items() if (own := metric.facts())},
                "provenance": task.provenance(),
                "answer_seconds": artifact.seconds,
                "split": "test",
                "limit": task.provenance().get("limit", self.experiment.limit),
            },
            metrics=self._meanings(),
            build_spans=tuple(prepared.build_spans),
            examples=tuple(examples),
            predictions=answers,
            scores=scores,
            judgements=judgements(metrics, pairs),
            resources=resources([*run.used, ("predictions", artifact)]),
            evidence=gold_documents(self._context.documents, examples),
        )
        records.write(record, run.path)
        run.record = record


def _answered(answer: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Add what the answers were made with and beside: a record may be written much later, and elsewhere."""
    watch = Watch()
    facts = answer()
    return {**facts, CONDITIONS: watch.conditions(), ENVIRONMENT: environment()}


def score(metrics: Mapping[str, Metric], pairs: list[Any]) -> tuple[Score, ...]:
    """Return the scores of all metrics; every metric scores every prediction, in order.

    Raises:
        ArmError: a metric left predictions out.
    """
    scores: list[Score] = []
    for name, metric in metrics.items():
        given = list(metric.score(pairs))
        if [one.example_id for one in given] != [example.id for example, _ in pairs]:
            raise ArmError(f"metric {name} scored {len(given)} of {len(pairs)} predictions, or in another order")
        scores += given
    return tuple(scores)


def leakage(task: Task, store: Store) -> Mapping[str, Any]:
    """Return how many test inputs also stand in train, as plain facts; computed once per data."""
    train, test = task.examples("train"), task.examples("test")
    spec = {"train": digest([one.text for one in train]), "test": digest([one.text for one in test])}

    def make(_: Path) -> Mapping[str, Any]:
        found = audit(train, test)
        return {
            "test_examples": found.test_examples,
            "exact": found.exact,
            "near": found.near,
            "pairs": [list(pair) for pair in found.pairs],
        }

    return store.get_or_make("leakage", spec, make).facts


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
