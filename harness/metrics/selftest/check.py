"""Before anything is scored, every metric must get right what everybody knows; one that does not stops the run."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.errors import JudgeError, MetricError, joined
from harness.metrics.judged import Judged, judge_of
from harness.metrics.selftest.fixture import DOCUMENTS
from harness.metrics.selftest.known_answers import BESIDE, KNOWN, Known
from harness.metrics.selftest.style_fixture import HOUSE
from harness.types import Metric, Score

log = logging.getLogger(__name__)

SLOW = 10.0
"""seconds of all trials together from which they are worth a word"""
NOISE = 1e-4
"""difference that a model's floating point makes when a text shares its batch with others"""


def try_metrics(metrics: Mapping[str, Metric]) -> None:
    """Try every metric on the known answers of its kind.

    Raises:
        MetricError: lists every metric that failed and on what.
        JudgeError: a metric's judge cannot be reached or used.
    """
    begun = time.perf_counter()
    lines = [f"{name}: {fault}" for name, metric in metrics.items() for fault in faults(metric)]
    if lines:
        raise joined(MetricError, "metrics that fail their known answers, so nothing is scored", lines)
    seconds = time.perf_counter() - begun
    if seconds > SLOW:
        log.info("the metrics got their known answers right in %.0f s", seconds)


def faults(metric: Metric) -> list[str]:
    """Return what the metric gets wrong, one line each; a metric of no kind has nothing to get wrong here.

    A metric that offers `known_answers()` is tried on these in place of its kind's.
    """
    known = _known(metric)
    if not known:
        return []
    try:
        told = _told(metric)
        scores = list(told.score([one.pair for one in known]))
        again = list(told.score([one.pair for one in reversed(known) if not one.long]))
    except JudgeError:
        raise
    except Exception as error:  # whatever it is, the metric must not be believed
        return [f"raised {type(error).__name__}: {error}"]
    found = [*_of_form(metric, known, scores), *_of_value(metric, known, scores)]
    return found or _of_order(known, scores, again)


def _known(metric: Metric) -> Sequence[Known]:
    own: Any = getattr(metric, "known_answers", None)
    known: Sequence[Known] = _of_kind(metric) if own is None else own()
    judge = judge_of(metric)
    paid, model = hasattr(judge, "rehearsed"), judge is not None and judge.reads == "meaning"
    return [one for one in known if not ((paid and one.long) or (model and one.foreign))]


def _of_kind(metric: Metric) -> Sequence[Known]:
    known = KNOWN.get(getattr(metric, "kind", ""), ())
    return (*known, *BESIDE[metric.evidence_source]) if isinstance(metric, Judged) else known


def _told(metric: Metric) -> Metric:
    if hasattr(metric, "with_documents"):
        metric = metric.with_documents(DOCUMENTS)
    return metric.with_task(HOUSE) if hasattr(metric, "with_task") else metric


def _of_form(metric: Metric, known: Sequence[Known], scores: Sequence[Score]) -> Iterator[str]:
    if [score.example_id for score in scores] != [one.pair[0].id for one in known]:
        yield f"gave {len(scores)} scores for {len(known)} answers, or in another order"
    if {score.metric for score in scores} - {metric.name}:
        yield f"its scores have the name {', '.join(sorted({score.metric for score in scores}))}"


def _of_value(metric: Metric, known: Sequence[Known], scores: Sequence[Score]) -> Iterator[str]:
    for one, score in zip(known, scores, strict=False):
        if score.value is None:
            yield f"{one.name}: no value ({score.reason}{f': {score.note}' if score.note else ''})"
        elif not one.least - 1e-9 <= _goodness(metric, score.value) <= one.most + 1e-9:
            yield f"{one.name}: {score.value:g}, but {_right(metric, one)}"
        elif score.reason != one.reason:
            yield f"{one.name}: the reason is {score.reason!r} and not {one.reason!r}"


def _of_order(known: Sequence[Known], scores: Sequence[Score], again: Sequence[Score]) -> list[str]:
    short = [(one, score) for one, score in zip(known, scores, strict=True) if not one.long]
    return [
        f"{one.name}: {score.value:g}, and {other.value} when the answers come in another order"
        for (one, score), other in zip(short, reversed(again), strict=True)
        if not _same(score.value, other.value)
    ]


def _same(value: float | None, other: float | None) -> bool:
    return value == other or (value is not None and other is not None and abs(value - other) <= NOISE)


def _goodness(metric: Metric, value: float) -> float:
    """Return 0 for the worst and 1 for the best value of a metric between 0 and 1; a description as it is."""
    return 1 - value if metric.higher_is_better is False else value


def _right(metric: Metric, known: Known) -> str:
    low, high = sorted(_goodness(metric, bound) for bound in (known.least, known.most))
    return f"{low:g} would be right" if low == high else f"between {low:g} and {high:g} would be right"
