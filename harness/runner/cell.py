"""One cell: its answers, their scores, and the record that holds both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from harness import audits
from harness.audits import AuditResult
from harness.machine.conditions import CONDITIONS, Watch
from harness.machine.environment import environment
from harness.machine.progress import progress
from harness.metrics.context import TaskContext, abstractiveness
from harness.metrics.evidence import gold_documents
from harness.metrics.judged import judges
from harness.metrics.metric import Metric
from harness.runner import origins, predictions
from harness.runner.arm import Arm, Prepared
from harness.runner.data_audits import audits_of_data, leakage, said
from harness.runner.experiment import Experiment
from harness.runner.scoring import scored
from harness.store.store import Artifact, Store, resources
from harness.types import Cell, Prediction, Record

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
    """why it was not timed; its scores are kept"""

    @property
    def pending(self) -> bool:
        """True while the cell has neither a record nor a failure."""
        return self.record is None and not self.failure


@dataclass
class Recorder:
    """Answers and scores the cells of one experiment."""

    experiment: Experiment
    store: Store
    given: Mapping[str, Any]
    """what every record keeps of how the experiment was asked for"""

    def record(self, run: CellRun, comparison: str) -> Record:
        """Answer what the store does not hold, score everything, and return the record."""
        task, prepared = self.experiment.task, run.prepared
        assert prepared is not None
        artifact, answers = self._answers(run, prepared)
        facts = {**artifact.facts, **origins.weights(run.used), "role": asdict(run.arm.role)}
        facts.pop(predictions.AUDITED, None)
        facts[audits.FACT] = [*facts.get(audits.FACT, ()), *audits.as_facts(self.audits_of_data)]
        examples, metrics = task.examples("test"), self.metrics
        scores, judged = scored(metrics, examples, answers, run.path.parent, self.context.forget)
        return Record(
            cell=run.cell,
            spec={"cell": self.experiment.cell_spec(run.arm), **self.given},
            fingerprint=run.fingerprint,
            comparison=comparison,
            environment=facts.pop(ENVIRONMENT, None) or environment(),
            scores=scores,
            facts={**facts, **self._facts, **_of_metrics(metrics), "answer_seconds": artifact.seconds},
            metrics=self.experiment.meanings(),
            build_spans=tuple(prepared.build_spans),
            examples=tuple(examples),
            predictions=answers,
            judgements=judged,
            resources=resources([*run.used, ("predictions", artifact)]),
            evidence=gold_documents(self.context.documents, examples),
        )

    def _answers(self, run: CellRun, prepared: Prepared) -> tuple[Artifact, Sequence[Prediction]]:
        task = self.experiment.task
        examples = task.examples("test")

        def make(folder: Path) -> Mapping[str, Any]:
            return _answered(partial(self._audited, prepared, folder))

        artifact = self.store.get_or_make("predictions", run.arm.answer_spec(task, self.experiment.seed), make)
        predictions.check_audited(run.cell.arm, artifact.path, artifact.facts.get(predictions.AUDITED))
        return artifact, predictions.read(artifact.path, examples)

    def _audited(self, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Answer between two audits: of what answers, and of what was answered."""
        examples, results = self.experiment.task.examples("test"), list[AuditResult]()
        if not self.experiment.audit:
            return predictions.stream(prepared, examples, folder)
        with predictions.set_aside_if_refused(folder), progress("audit", "auditing the parts of"):
            results += prepared.audit_parts()
        facts = predictions.stream(prepared, examples, folder)
        with predictions.set_aside_if_refused(folder), progress("audit", "auditing answers of"):
            results += prepared.audit_answers(examples, predictions.read(folder, examples))
        return {**facts, audits.FACT: audits.as_facts(results), predictions.AUDITED: predictions.checksum(folder)}

    @cached_property
    def context(self) -> TaskContext:
        """The task as metrics see it."""
        return TaskContext(self.experiment.scored_as or self.experiment.task)

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """The experiment's metrics, bound to the task."""
        return {name: metric.bind(self.context) for name, metric in self.experiment.metrics.items()}

    @cached_property
    def audits_of_data(self) -> Sequence[AuditResult]:
        """What the audits of the task's data found: the same for all cells."""
        if not self.experiment.audit:
            return ()
        with progress("audit", "auditing the data for"):
            return audits_of_data(self.experiment.task, self.metrics, self.context.documents, self.store)

    @cached_property
    def _facts(self) -> Mapping[str, Any]:
        """What the records of all cells say alike."""
        provenance = self.experiment.task.provenance()
        return {
            "leakage": {**leakage(self.experiment.task, self.store), "said": said(self.audits_of_data)},
            "judges": judges(self.experiment.metrics),
            "abstractiveness": abstractiveness(self.context),
            "provenance": provenance,
            "split": "test",
            "limit": provenance.get("limit", self.experiment.limit),
        }


def _of_metrics(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {"metrics": {name: own for name, metric in metrics.items() if (own := metric.facts())}}


def _answered(answer: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Add code, machine and load at the time of answering: a record may be written much later, on another machine."""
    watch = Watch()
    facts = answer()
    return {**facts, **origins.code(), CONDITIONS: watch.conditions(), ENVIRONMENT: environment()}
