"""What adapter and index took to make, and what must be kept of them.

Records since November 2026 hold a resource per artifact; of older ones the same figures are read from their facts.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from harness.analysis.costs.usage import Part, Training
from harness.types import Record, Resource

IN_PLACE: Final = {"passages": True, "embeddings": True, "index": True, "lexical": False}
"""steps of indexing: BM25 weighs every word by how many passages have it, so one changed document changes it all"""
KEPT: Final = ("passages", "index", "lexical", "adapter")
"""what answering reads; vectors are needed for the index alone"""
FLOAT32_BYTES: Final = 4
"""adapters are kept in float32"""


def training(records: Sequence[Record]) -> Training | None:
    """Return what one adapter took; None for an arm that trained none."""
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


def indexing(record: Record) -> tuple[Part, ...]:
    """Return the steps in which the index was made; none for an arm that retrieves nothing."""
    found = {one.kind: one for one in record.resources}
    if any(kind in found for kind in IN_PLACE):
        return tuple(
            Part(
                kind,
                found[kind].seconds - found[kind].earlier_seconds,
                in_place,
                found[kind].earlier_seconds,
                found[kind].device,
            )
            for kind, in_place in IN_PLACE.items()
            if kind in found
        )
    return _indexing_by_facts(record)


def stored(record: Record) -> dict[str, int]:
    """Return the bytes that must be kept, by kind; the base model's weights, the same for all arms, do not count."""
    if record.resources:
        return {one.kind: one.bytes for one in record.resources if one.kind in KEPT}
    retrieval, trained = record.facts.get("retrieval", {}), record.facts.get("training", {})
    found = {kind: int(retrieval[kind]["bytes"]) for kind in IN_PLACE if "bytes" in retrieval.get(kind, {})}
    if "trainable_parameters" in trained:
        found["adapter"] = FLOAT32_BYTES * int(trained["trainable_parameters"])
    return found


def begun(records: Sequence[Record]) -> dict[str, int]:
    """Return how often the making of each kind of artifact was begun, where that was more than once per artifact."""
    found: dict[str, dict[str, int]] = {}
    for one in (one for record in records for one in record.resources):
        found.setdefault(one.kind, {})[one.key] = one.attempts
    return {kind: sum(own.values()) for kind, own in found.items() if sum(own.values()) > len(own)}


def _largest(records: Sequence[Record], fact: str) -> int | None:
    """The largest of what training noted in any seed; None where it noted nothing."""
    found = [record.facts.get("training", {}).get(fact) for record in records]
    return max((int(one) for one in found if one is not None), default=None)


def _trained_on(record: Record, adapter: Resource) -> str:
    """What trained the adapter, or what an older record's span says; "" where neither tells."""
    return adapter.device or next((span.device for span in record.build_spans if span.stage == "train"), "")


def _adapter(record: Record) -> Resource | None:
    """The adapter's own resource, or what an older record says of it."""
    for one in record.resources:
        if one.kind == "adapter":
            return one
    seconds = [span.seconds for span in record.build_spans if span.stage == "train"]
    return Resource("adapter", "", sum(seconds)) if seconds else None


def _indexing_by_facts(record: Record) -> tuple[Part, ...]:
    retrieval = record.facts.get("retrieval", {})
    parts = [
        Part(kind, float(retrieval[kind]["seconds"]), in_place)
        for kind, in_place in IN_PLACE.items()
        if "seconds" in retrieval.get(kind, {})
    ]
    whole = sum(span.seconds for span in record.build_spans if span.stage == "index")
    rest = whole - sum(part.seconds for part in parts)
    # a retriever that names no parts is taken to make everything anew; rounding leaves crumbs
    return (*parts, Part("other", rest, in_place=False)) if rest > 1e-6 else tuple(parts)
