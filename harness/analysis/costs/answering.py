"""What answering took, from the scored pass and from the timing pass of an arm's records."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np

from harness.analysis.costs.usage import Requests
from harness.analysis.stats import bootstrap as stats
from harness.types import Record, Span, TimedPass

MODEL: Final = ("prefill", "decode")
"""stages in which the model reads and writes"""
ADAPTER_USES: Final = ("unmerged", "none", "merged")
"""which pass stands for the arm when its adapter was timed in several ways: as in the scored pass"""


def device(record: Record) -> str:
    """Return what answered: cpu, cuda:NAME or server; without any answer, what the specification asked for."""
    asked = str(record.spec.get("cell", {}).get("answers", {}).get("device", ""))
    for prediction in record.predictions:
        for span in prediction.spans:
            if span.stage in MODEL:
                # a span of torch's own knows the number of a GPU; its name stands in the specification
                numbered = re.fullmatch(r"cuda(:\d+)?", span.device) and asked.startswith("cuda:")
                return asked if numbered else span.device
    return asked


def saturated(records: Sequence[Record]) -> Requests | None:
    """Return the answers of the scored pass, each with its share of the batches that it was in; None without any."""
    answered = [
        (f"{seed} {_batch(prediction.spans)}", prediction.example_id, prediction.spans)
        for seed, record in enumerate(records)
        for prediction in record.predictions
        if prediction.spans
    ]
    groups = _joined([(batch, example) for batch, example, _ in answered])
    return _requests([(group, _share(it[2]), _beside(it[2])) for group, it in zip(groups, answered, strict=True)])


def single(records: Sequence[Record]) -> Requests | None:
    """Return the requests that were timed one at a time; None when no such pass was made.

    Repeats of one question, in whichever seed, are no independent samples: they share a cluster.
    """
    return _requests(
        [
            (request.example_id, request.seconds, _beside(request.spans))
            for one in _alone(records)
            for request in one.requests
            if not request.error
        ]
    )


def joules_per_answer(records: Sequence[Record]) -> float | None:
    """Return the energy of one answer given alone, by the GPU's own counter; None when it was not measured."""
    measured = [(one.joules, len(one.requests)) for one in _alone(records) if one.joules is not None]
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


def examples(records: Sequence[Record]) -> stats.Ints:
    """Return, for each count of `tokens`, which example it is of: answers of two seeds to it are one sample."""
    return stats.clusters_of([one.example_id for record in records for one in record.predictions if one.spans])


def _joined(members: Sequence[tuple[str, str]]) -> list[str]:
    """Return one group per answer: those of one batch stand together, and those to one example in any seed."""
    leader: dict[str, str] = {}

    def found(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    names = [(f"batch {batch}", f"example {example}") for batch, example in members]
    for batch, example in names:
        leader[found(example)] = found(batch)
    return [found(batch) for batch, _ in names]


def _alone(records: Sequence[Record]) -> Iterator[TimedPass]:
    """Yield, per seed, the timed pass of one request at a time."""
    for record in records:
        passes = record.timings.passes if record.timings is not None else ()
        alone = [one for one in passes if one.concurrency == 1 and one.requests]
        if alone:
            yield min(alone, key=lambda one: ADAPTER_USES.index(one.adapter))


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
