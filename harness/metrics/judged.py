"""The judges of a run: each is asked once per question, what it says goes into the record, and who it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from harness.judges.agreement import agreement
from harness.judges.cached import Remembering
from harness.judges.judge import Judge
from harness.store.records.judgements import EVIDENCE_SOURCES
from harness.store.spec import digest, with_unkeyed
from harness.types import EvidenceSource, JudgedAnswer, Metric, Pair


@runtime_checkable
class Judged(Protocol):
    """A metric that holds answers against evidence."""

    @property
    def evidence_source(self) -> EvidenceSource: ...
    def judgements(self, pairs: Sequence[Pair]) -> Sequence[JudgedAnswer]:
        """Return what the judge says of each answer that comes before it."""
        ...


def remembering(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """Return the metrics; those with the same judge ask it through one memory."""
    memories: dict[str, Remembering] = {}
    return {name: _with_memory(metric, memories) for name, metric in metrics.items()}


def judgements(metrics: Mapping[str, Metric], pairs: Sequence[Pair]) -> tuple[JudgedAnswer, ...]:
    """Return what the judges said of each prediction, once per yardstick; the first metric that has it speaks."""
    found: dict[EvidenceSource, Sequence[JudgedAnswer]] = {}
    for metric in metrics.values():
        if isinstance(metric, Judged) and metric.evidence_source not in found:
            found[metric.evidence_source] = metric.judgements(pairs)
    return tuple(answer for evidence_source in EVIDENCE_SOURCES for answer in found.get(evidence_source, ()))


def judges(metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Return who judged, as plain facts: name, model, fingerprint, how it reads, and how far people agreed with it."""
    found: dict[str, dict[str, Any]] = {}
    for name, metric in metrics.items():
        judge = judge_of(metric)
        if judge is not None:
            found.setdefault(digest(judge), _facts(judge))["metrics"].append(name)
    return list(found.values())


def judge_of(metric: Metric) -> Judge | None:
    """Return the judge that a metric asks; None for one that asks nobody."""
    judge: Judge | None = getattr(metric, "judge", None)
    return judge


def _with_memory(metric: Metric, memories: dict[str, Remembering]) -> Metric:
    judge = judge_of(metric)
    if judge is None or not isinstance(metric, Judged):
        return metric
    memory = memories.setdefault(digest(judge), Remembering(judge))
    return with_unkeyed(metric, judge=memory)


def _facts(judge: Judge) -> dict[str, Any]:
    fingerprint = digest(judge)
    return {
        "name": judge.name,
        "model": judge.model,
        "reads": judge.reads,
        "fingerprint": fingerprint,
        "agreement": agreement(fingerprint),
        "metrics": [],
    }
