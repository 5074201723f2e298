"""Seconds, tokens and energy of answers, from the scored pass and the timing pass of an arm's records."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np

from harness.analysis.costs.usage import Requests
from harness.analysis.stats import bootstrap as stats
from harness.machine.measured import Span, TimedPass
from harness.types import Record

MODEL: Final = ("prefill", "decode")
"""stages in which the model reads and writes"""
ADAPTER_USES: Final = ("unmerged", "none", "merged")
"""which pass is taken when the adapter was timed merged and unmerged: as in the scored pass"""


def device(record: Record) -> str:
    """Return the answering device: cpu, cuda:NAME or server; without any answer, the one of the specification."""
    asked = str(record.spec.get("cell", {}).get("answers", {}).get("device", ""))
    for prediction in record.predictions:
        for span in prediction.spans:
            if span.stage in MODEL:
                # torch's spans hold the number of a GPU; the specification has its name
                numbered = re.fullmatch(r"cuda(:\d+)?", span.device) and asked.startswith("cuda:")
                return asked if numbered else span.device
    return asked


def saturated(records: Sequence[Record]) -> Requests | None:
    """Return the answers of the scored pass, each with its share of its batches; None without any."""
    answered = [
        (seed, prediction)
        for seed, record in enumerate(records)
        for prediction in record.predictions
        if prediction.spans
    ]
    if not answered:
        return None
    batches = stats.clusters_of([f"{seed} {_batch(prediction.spans)}" for seed, prediction in answered])
    examples = stats.clusters_of([prediction.example_id for _, prediction in answered])
    spans = [prediction.spans for _, prediction in answered]
    return Requests(
        np.array([_share(own) for own in spans]),
        np.array([_non_model(own) for own in spans]),
        _connected(batches, examples),
    )


def single(records: Sequence[Record]) -> Requests | None:
    """Return the requests that were timed one at a time; None when no such pass was made.

    Repeats of one question, in any seed, share a cluster: they are not independent samples.
    """
    requests = [request for one in _alone(records) for request in one.requests if not request.error]
    if not requests:
        return None
    return Requests(
        np.array([request.seconds for request in requests]),
        np.array([_non_model(request.spans) for request in requests]),
        stats.clusters_of([request.example_id for request in requests]),
    )


def joules_per_answer(records: Sequence[Record]) -> float | None:
    """Return the energy of one answer given alone, by the GPU's own counter; None when it was not measured."""
    measured = [(one.joules, len(one.requests)) for one in _alone(records) if one.joules is not None]
    answers = sum(many for _, many in measured)
    return sum(joules for joules, _ in measured) / answers if answers else None


def tokens(records: Sequence[Record], field: Literal["tokens_in", "tokens_out", "tokens_cached"]) -> stats.Floats:
    """Return the tokens of each prompt, those of each answer, or those of each prompt that were read before."""
    return np.array(
        [
            sum(getattr(span, field) for span in prediction.spans if span.stage in MODEL)
            for record in records
            for prediction in record.predictions
            if prediction.spans
        ],
        dtype=np.float64,
    )


def examples(records: Sequence[Record]) -> stats.Ints:
    """Return the example of each count of `tokens`: answers of two seeds to one example are one sample."""
    return stats.clusters_of([one.example_id for record in records for one in record.predictions if one.spans])


def _connected(batches: stats.Ints, examples: stats.Ints) -> stats.Ints:
    """Return one cluster per answer: answers of one batch belong together, and answers to one example in any seed."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = batches.max() + examples.max() + 2
    edges = coo_array((np.ones(len(batches)), (batches, batches.max() + 1 + examples)), shape=(nodes, nodes))
    _, component = connected_components(edges, directed=False)
    return np.asarray(component[batches], dtype=np.int64)


def _alone(records: Sequence[Record]) -> Iterator[TimedPass]:
    """Yield, per seed, the timed pass of one request at a time."""
    for record in records:
        passes = record.timings.passes if record.timings is not None else ()
        alone = [one for one in passes if one.concurrency == 1 and one.requests]
        if alone:
            yield min(alone, key=lambda one: ADAPTER_USES.index(one.adapter))


def _share(spans: Sequence[Span]) -> float:
    """Return the seconds of device time of one answer: its share of each of its batches."""
    return sum(span.seconds / span.batch_size for span in spans)


def _non_model(spans: Sequence[Span]) -> float:
    return _share([span for span in spans if span.stage not in MODEL])


def _batch(spans: Sequence[Span]) -> str:
    """Return a key of the batch: its answers have identical seconds, and no others do."""
    return " ".join(f"{span.seconds!r}/{span.batch_size}" for span in spans if span.stage in MODEL)
