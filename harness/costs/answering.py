"""What answering took, from the scored pass and from the timing pass of an arm's records."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np

from harness.certainty import stats
from harness.costs.usage import Requests
from harness.types import Record, Span, TimedPass

MODEL: Final = ("prefill", "decode")
"""stages in which the model reads and writes"""
ADAPTER_USES: Final = ("unmerged", "none", "merged")
"""which pass stands for the arm when its adapter was timed in several ways: as in the scored pass"""


def device(record: Record) -> str:
    """Return what answered: cpu, cuda:NAME or server; without any answer, what the specification asked for."""
    for prediction in record.predictions:
        for span in prediction.spans:
            if span.stage in MODEL:
                return span.device
    return str(record.spec.get("cell", {}).get("answers", {}).get("device", ""))


def saturated(records: Sequence[Record]) -> Requests | None:
    """Return the answers of the scored pass, each with its share of the batches that it was in; None without any."""
    answered = [
        (f"{seed} {_batch(prediction.spans)}", prediction.spans)
        for seed, record in enumerate(records)
        for prediction in record.predictions
        if prediction.spans
    ]
    return _requests([(batch, _share(spans), _beside(spans)) for batch, spans in answered])


def single(records: Sequence[Record]) -> Requests | None:
    """Return the requests that were timed one at a time; None when no such pass was made.

    Repeats of one question are no independent samples: they share a cluster.
    """
    return _requests(
        [
            (f"{seed} {request.example_id}", request.seconds, _beside(request.spans))
            for seed, one in _alone(records)
            for request in one.requests
            if not request.error
        ]
    )


def joules_per_answer(records: Sequence[Record]) -> float | None:
    """Return the energy of one answer given alone, by the GPU's own counter; None when it was not measured."""
    measured = [(one.joules, len(one.requests)) for _, one in _alone(records) if one.joules is not None]
    answers = sum(many for _, many in measured)
    return sum(joules for joules, _ in measured) / answers if answers else None


def tokens(records: Sequence[Record], field: Literal["tokens_in", "tokens_out"]) -> stats.Floats:
    """Return the tokens that the model read, or wrote, for each answer of the scored pass."""
    return np.array(
        [
            sum(getattr(span, field) for span in prediction.spans if span.stage in MODEL)
            for record in records
            for prediction in record.predictions
            if prediction.spans
        ],
        dtype=np.float64,
    )


def _alone(records: Sequence[Record]) -> Iterator[tuple[int, TimedPass]]:
    """Yield, per seed, the timed pass of one request at a time."""
    for seed, record in enumerate(records):
        passes = record.timings.passes if record.timings is not None else ()
        alone = [one for one in passes if one.concurrency == 1 and one.requests]
        if alone:
            yield seed, min(alone, key=lambda one: ADAPTER_USES.index(one.adapter))


def _requests(timed: Sequence[tuple[str, float, float]]) -> Requests | None:
    if not timed:
        return None
    groups, seconds, beside = zip(*timed, strict=True)
    return Requests(np.array(seconds), np.array(beside), stats.clusters_of(groups))


def _share(spans: Sequence[Span]) -> float:
    """Seconds for which one answer kept the device: its share of each batch that it was in."""
    return sum(span.seconds / span.batch_size for span in spans)


def _beside(spans: Sequence[Span]) -> float:
    return _share([span for span in spans if span.stage not in MODEL])


def _batch(spans: Sequence[Span]) -> str:
    """What answers of one batch have in common, and no others: the very same time on the clock."""
    return " ".join(f"{span.seconds!r}/{span.batch_size}" for span in spans if span.stage in MODEL)
