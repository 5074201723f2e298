"""Seconds and bytes of adapter and index.

Records since November 2026 hold a resource per artifact; for older ones the same figures are read from their facts.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from harness.analysis.costs.usage import IndexingStep, Training, Usage
from harness.machine.measured import Resource
from harness.types import Record

IN_PLACE: Final = {"passages": True, "embeddings": True, "index": True, "lexical": False}
"""step of indexing -> whether an update touches changed documents alone. BM25 weighs words by the passages that have
them, so one changed document changes the whole lexical index"""
KEPT: Final = ("passages", "index", "lexical", "adapter")
"""artifacts that answering reads; embeddings are needed for the index alone"""
SECONDS_PER_HOUR: Final = 3600
FLOAT32_BYTES: Final = 4
"""adapters are kept in float32"""


def training(records: Sequence[Record]) -> Training | None:
    """Return the training of one adapter; None for an arm that trained none."""
    facts = records[0].facts.get("training", {})
    made = [one for one in map(_adapter, records) if one is not None]
    if not made or "rows" not in facts:  # a server's adapter was trained elsewhere
        return None
    answers = records[0].spec.get("cell", {}).get("answers", {})
    joules = [one.joules for one in made if one.joules is not None]
    return Training(
        seconds=float(np.mean([one.seconds - one.earlier_seconds for one in made])),
        wasted_seconds=float(np.mean([one.earlier_seconds for one in made])),
        runs=len(made),
        rows=int(facts["rows"]),
        steps=int(facts.get("steps", 0)),
        parameters=facts.get("parameters"),
        trainable=facts.get("trainable_parameters"),
        optimiser=str(answers.get("adapter", {}).get("optimiser", "")),
        joules=float(np.mean(joules)) if joules else None,
        host_peak_bytes=_largest(records, "peak_host_bytes"),
        gpu_peak_bytes=_largest(records, "peak_gpu_bytes"),
        loaded_bytes=_largest(records, "weights_bytes"),
        device=_trained_on(records[0], made[0]),
    )


def brought(record: Record) -> bool:
    """Return whether its adapter was brought by the user and not trained here."""
    return bool(record.facts.get("training", {}).get("brought"))


def as_given(used: Usage, hours: float | None, rows: int | None) -> Usage:
    """Return what an arm used, with what the user says of the training of an adapter that was brought.

    Args:
        used: as measured; an arm whose adapter was trained here stays as it is.
        hours: of training; None: unknown, which is not 0.
        rows: that it was trained on.
    """
    if not used.brought or hours is None or rows is None:
        return used
    return replace(used, training=Training(hours * SECONDS_PER_HOUR, 0.0, 1, rows, 0, None, None, ""))


def indexing(record: Record) -> tuple[IndexingStep, ...]:
    """Return the steps of making the index; () for an arm without a retriever."""
    by_kind = {one.kind: one for one in record.resources}
    steps = [by_kind[kind] for kind in IN_PLACE if kind in by_kind]
    if not steps:
        return _indexing_by_facts(record)
    return tuple(
        IndexingStep(one.kind, one.seconds - one.earlier_seconds, IN_PLACE[one.kind], one.earlier_seconds, one.device)
        for one in steps
    )


def stored(record: Record) -> dict[str, int]:
    """Return the bytes that must be kept, by kind; the base model's weights, the same for all arms, do not count."""
    if record.resources:
        return {one.kind: one.bytes for one in record.resources if one.kind in KEPT}
    retrieval, trained = record.facts.get("retrieval", {}), record.facts.get("training", {})
    sizes = {kind: int(retrieval[kind]["bytes"]) for kind in IN_PLACE if "bytes" in retrieval.get(kind, {})}
    if "trainable_parameters" in trained:
        sizes["adapter"] = FLOAT32_BYTES * int(trained["trainable_parameters"])
    return sizes


def begun(records: Sequence[Record]) -> dict[str, int]:
    """Return the attempts for each kind of artifact, where there was more than one per artifact."""
    attempts: dict[str, dict[str, int]] = {}
    for one in (one for record in records for one in record.resources):
        attempts.setdefault(one.kind, {})[one.key] = one.attempts
    return {kind: sum(own.values()) for kind, own in attempts.items() if sum(own.values()) > len(own)}


def _largest(records: Sequence[Record], fact: str) -> int | None:
    """Return the largest value of a training fact over the seeds; None without any."""
    values = [record.facts.get("training", {}).get(fact) for record in records]
    return max((int(value) for value in values if value is not None), default=None)


def _trained_on(record: Record, adapter: Resource) -> str:
    """Return the device that trained the adapter, by its resource or an older record's span; "" where unknown."""
    return adapter.device or next((span.device for span in record.build_spans if span.stage == "train"), "")


def _adapter(record: Record) -> Resource | None:
    """Return the adapter's resource, or one made from the spans of an older record."""
    for one in record.resources:
        if one.kind == "adapter":
            return one
    seconds = [span.seconds for span in record.build_spans if span.stage == "train"]
    return Resource("adapter", "", sum(seconds)) if seconds else None


def _indexing_by_facts(record: Record) -> tuple[IndexingStep, ...]:
    retrieval = record.facts.get("retrieval", {})
    parts = [
        IndexingStep(kind, float(retrieval[kind]["seconds"]), in_place)
        for kind, in_place in IN_PLACE.items()
        if "seconds" in retrieval.get(kind, {})
    ]
    whole = sum(span.seconds for span in record.build_spans if span.stage == "index")
    rest = whole - sum(part.seconds for part in parts)
    # a retriever without named steps is assumed to make everything anew; less than this is rounding
    return (*parts, IndexingStep("other", rest, in_place=False)) if rest > 1e-6 else tuple(parts)
