"""Before anything is scored, every metric must get known answers right; one that does not stops the run."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence

from harness.errors import JudgeError, MetricError, joined
from harness.metrics.context import TaskContext
from harness.metrics.metric import KnownAnswer, Metric
from harness.metrics.selftest.fixture import FixtureTask
from harness.metrics.selftest.known_answers import BY_SOURCE, KNOWN
from harness.types import Score

log = logging.getLogger(__name__)

SLOW = 10.0
"""seconds of all metrics together from which on they are reported"""
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
    """Return what the metric gets wrong, one line each; [] for a metric without known answers."""
    known = _known(metric)
    if not known:
        return []
    try:
        scores = _scores(metric, known)
        again = _scores(metric, [answer for answer in reversed(known) if not answer.long])
    except JudgeError:
        raise
    except Exception as error:  # whatever it is, the metric must not be trusted
        return [f"raised {type(error).__name__}: {error}"]
    wrong = [*_of_form(metric, known, scores), *_of_value(metric, known, scores)]
    return wrong or _of_order(known, scores, again)


def _scores(metric: Metric, known: Sequence[KnownAnswer]) -> list[Score]:
    """A context of its own each time: the second scores must not come from the first one's cache."""
    return list(metric.bind(TaskContext(FixtureTask())).score([answer.pair for answer in known]))


def _known(metric: Metric) -> Sequence[KnownAnswer]:
    own = metric.known_answers()
    known = _of_kind(metric) if own is None else own
    judge = metric.judge_used()
    paid = judge is not None and judge.rehearsed() is not None
    model = judge is not None and judge.reads == "meaning"
    return [answer for answer in known if not ((paid and answer.long) or (model and answer.foreign))]


def _of_kind(metric: Metric) -> Sequence[KnownAnswer]:
    known = () if metric.kind is None else KNOWN[metric.kind]
    return known if metric.evidence_source is None else (*known, *BY_SOURCE[metric.evidence_source])


def _of_form(metric: Metric, known: Sequence[KnownAnswer], scores: Sequence[Score]) -> Iterator[str]:
    if [score.example_id for score in scores] != [answer.pair[0].id for answer in known]:
        yield f"gave {len(scores)} scores for {len(known)} answers, or in another order"
    if {score.metric for score in scores} - {metric.name}:
        yield f"its scores have the name {', '.join(sorted({score.metric for score in scores}))}"


def _of_value(metric: Metric, known: Sequence[KnownAnswer], scores: Sequence[Score]) -> Iterator[str]:
    for answer, score in zip(known, scores, strict=False):
        if score.value is None:
            yield f"{answer.name}: no value ({score.reason}{f': {score.note}' if score.note else ''})"
        elif not answer.least - 1e-9 <= _goodness(metric, score.value) <= answer.most + 1e-9:
            yield f"{answer.name}: {score.value:g}, but {_right(metric, answer)}"
        elif score.reason != answer.reason:
            yield f"{answer.name}: the reason is {score.reason!r} and not {answer.reason!r}"


def _of_order(known: Sequence[KnownAnswer], scores: Sequence[Score], again: Sequence[Score]) -> list[str]:
    short = [(answer, score) for answer, score in zip(known, scores, strict=True) if not answer.long]
    return [
        f"{answer.name}: {score.value:g}, and {other.value} when the answers come in another order"
        for (answer, score), other in zip(short, reversed(again), strict=True)
        if not _same(score.value, other.value)
    ]


def _same(value: float | None, other: float | None) -> bool:
    return value == other or (value is not None and other is not None and abs(value - other) <= NOISE)


def _goodness(metric: Metric, value: float) -> float:
    """Return 0 for the worst and 1 for the best value of a metric between 0 and 1; a length as it is."""
    return 1 - value if metric.higher_is_better is False else value


def _right(metric: Metric, known: KnownAnswer) -> str:
    low, high = sorted(_goodness(metric, bound) for bound in (known.least, known.most))
    return f"{low:g} would be right" if low == high else f"between {low:g} and {high:g} would be right"
