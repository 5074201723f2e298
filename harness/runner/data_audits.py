"""Audits of the task's data, each computed once per data and kept in the store."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from harness import audits
from harness.audits import AuditResult
from harness.errors import StoreError
from harness.metrics import references
from harness.metrics.metric import Metric
from harness.store.records.plain import fields_of
from harness.store.spec import digest, specification
from harness.store.store import Store
from harness.tasks import audit, evidence, figures, labels, meaning, overlap
from harness.tasks.task import Task
from harness.types import SPLITS, Document

log = logging.getLogger(__name__)

RESULTS = "results"
"""Among the facts of a stored audit."""
QUICK = 1_000
"""examples and documents whose comparison takes no longer than composing a run"""
DRAWN = QUICK // (len(SPLITS) + 1)
"""of each split and of the documents, where there are more"""


def audits_of_data(
    task: Task, metrics: Mapping[str, Metric], documents: Mapping[str, Document], store: Store
) -> Sequence[AuditResult]:
    """Return what all audits of the data found; seconds are those of the first time.

    Args:
        task: whose splits and documents are compared.
        metrics: bound to the task; they score its references.
        documents: id -> document.
        store: where results are kept.
    """
    data: dict[str, Any] = {split: digest(list(task.examples(split))) for split in SPLITS}
    data["documents"] = digest(list(task.documents()))
    scored = {**data, "metrics": [specification(metric) for metric in metrics.values()]}
    found = (
        *_kept(store, "overlap", overlap.VERSION, data, lambda: overlap.overlap_audits(task)),
        *_kept(store, "meaning", meaning.VERSION, data, lambda: meaning.meaning_audit(task)),
        *_kept(store, "evidence", evidence.VERSION, data, lambda: evidence.evidence_audit(task)),
        *_kept(store, "figures", figures.VERSION, data, lambda: figures.figures_audit(task)),
        *_kept(store, "labels", labels.VERSION, data, lambda: labels.label_audits(task)),
        *_kept(
            store,
            "references",
            references.VERSION,
            scored,
            lambda: references.reference_audit(metrics, task.examples("test"), documents),
        ),
    )
    audit.forget()
    return found


def quick_flags(task: Task) -> list[str]:
    """Return what audits of data flag that take a moment, and as the last line what was not looked at, if anything."""
    total = sum(len(task.examples(split)) for split in SPLITS) + len(task.documents())
    most = overlap.MOST if total <= QUICK else DRAWN
    found = (*overlap.overlap_audits(task, most), *labels.label_audits(task))
    audit.forget()
    lines = [f"! {result.flag}" for result in found if result.flag]
    return lines if total <= QUICK else [*lines, _scope(total)]


def _scope(total: int) -> str:
    return (
        f"  Of {total:,} rows and documents equal rows were looked for among all, nearly equal ones among {DRAWN} of "
        f"each split and of the documents; a run looks at up to {overlap.MOST:,} of each"
    )


def _kept(
    store: Store, kind: str, version: int, spec: Mapping[str, Any], audit_data: Callable[[], Iterator[AuditResult]]
) -> list[AuditResult]:
    def make(_: Path) -> Mapping[str, Any]:
        return {RESULTS: audits.as_facts(_one_by_one(audit_data()))}

    try:
        facts = store.get_or_make(kind, {**spec, "version": version}, make).facts
    except StoreError as error:  # a finished store on a disk that cannot be written: its answers can still be scored
        log.warning("the audit %s is not kept: %s", kind, error)
        facts = make(Path())
    return [AuditResult(**fact) for fact in facts[RESULTS]]


def _one_by_one(found: Iterator[AuditResult]) -> list[AuditResult]:
    """Return what is found, each with the seconds that finding it took."""
    results: list[AuditResult] = []
    more = True
    while more:
        with audits.clocked(results) as own:
            own.extend(islice(found, 1))
        more = bool(own)
    return results


def said(results: Sequence[AuditResult]) -> list[str]:
    """Return what a reader should know of the data and need not act on."""
    return [text for result in results for text in result.details.get("said", ())]


def leakage(task: Task, store: Store) -> Mapping[str, Any]:
    """Return how many test inputs are also in train, as plain facts; computed once per data."""
    train, test = task.examples("train"), task.examples("test")
    texts = {"train": digest([one.text for one in train]), "test": digest([one.text for one in test])}
    spec = {**texts, "version": audit.VERSION}

    def make(_: Path) -> Mapping[str, Any]:
        found = audit.audit(train, test)
        return {**fields_of(found), "pairs": [list(pair) for pair in found.pairs]}

    return store.get_or_make("leakage", spec, make).facts
