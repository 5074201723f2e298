"""How long an answer takes, for the pictures: from the timing pass where there is one, else from the batched pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

from harness.analysis.costs import answering
from harness.analysis.costs.amount import mean
from harness.analysis.costs.answering import ADAPTER_USES
from harness.analysis.numbers import interval
from harness.analysis.result import Figure
from harness.analysis.sections.percentiles import MILLISECONDS, RESAMPLES, SEED, percentile, values
from harness.analysis.sections.timing_session import TimedRow, TimingSession, timing_session
from harness.analysis.stats import bootstrap as stats
from harness.machine.measured import Stage
from harness.types import Record

REST: Final = "rest"
"""time of a request that none of its stages accounts for"""
STAGES: Final[tuple[str, ...]] = (*(stage for stage in get_args(Stage) if stage not in ("train", "index")), REST)
COMPARED: Final = 2
"""arms that must have been timed for the timing pass to be shown, unless there is one arm alone"""


@dataclass(frozen=True, slots=True)
class Time:
    """One arm."""

    stages: Mapping[str, float]
    """stage -> mean seconds per answer"""
    mean: Figure
    """milliseconds per answer, with the interval of the mean"""
    typical: Figure
    """milliseconds: the median of requests alone, with its interval; in batches the mean, which is all there is"""


@dataclass(frozen=True, slots=True)
class Times:
    """The arms that were timed in one way."""

    of: Mapping[str, Time]
    """arm -> its times, in the order of the scoreboard"""
    alone: bool
    """True: each request by itself, from the timing pass; False: the batched pass that made the answers"""
    source: str
    """where the numbers are from, in sentences"""


def times(arms: Mapping[str, Sequence[Record]]) -> Times | None:
    """Return the arms' times; None where nothing was timed."""
    found = timing_session(arms)
    alone = {} if found is None else _alone(found)
    if found is not None and len(alone) >= min(COMPARED, len(arms)):
        return Times(alone, True, _told_alone(found, [arm for arm in arms if arm not in alone]))
    batched = {arm: time for arm, group in arms.items() if (time := _batched(group)) is not None}
    if not batched:
        return None
    source = (
        "No timing pass of these arms together is there, so this is the batched pass that made the answers, one arm "
        "after another: a batch's seconds shared out among its examples. A single question takes longer"
    )
    return Times(batched, False, source)


def figure_text(figure: Figure) -> str:
    """Return a number with its interval, three digits that count each."""
    return interval(figure.value, figure.low, figure.high, lambda value: f"{value:.3g}")


def _alone(found: TimingSession) -> dict[str, Time]:
    """The adapter runs as in the scored pass, if it was timed in several ways."""
    rows: dict[str, TimedRow] = {}
    for row in sorted(found.alone(), key=lambda one: ADAPTER_USES.index(one.run.adapter)):
        rows.setdefault(row.arm, row)
    return {row.arm: _of_requests(rows[row.arm]) for row in found.alone()}


def _of_requests(row: TimedRow) -> Time:
    whole = np.array([request.seconds for request in row.answered])
    stages = {
        stage: sum(span.seconds for request in row.answered for span in request.spans if span.stage == stage)
        for stage in STAGES
    }
    stages[REST] = max(0.0, float(whole.sum()) - sum(stages.values()))
    typical = percentile(values(row.answered, lambda request: request.seconds), 50, RESAMPLES)
    average = _mean(whole, stats.clusters_of([request.example_id for request in row.answered]))
    return Time({stage: seconds / len(whole) for stage, seconds in stages.items()}, average, typical or average)


def _batched(records: Sequence[Record]) -> Time | None:
    answers = answering.saturated(records)
    if answers is None or not answers.seconds.any():
        return None
    stages = dict.fromkeys(STAGES, 0.0)
    for record in records:
        for span in (span for prediction in record.predictions for span in prediction.spans):
            if span.stage in stages:
                stages[span.stage] += span.seconds / span.batch_size / len(answers.seconds)
    average = _mean(answers.seconds, answers.clusters)
    return Time(stages, average, average)


def _mean(seconds: stats.Floats, clusters: stats.Ints) -> Figure:
    amount = mean(MILLISECONDS * seconds, clusters, np.random.default_rng(SEED), RESAMPLES)
    assert amount is not None
    return Figure(amount.value, *amount.interval())


def _told_alone(found: TimingSession, missing: Sequence[str]) -> str:
    source = "From the timing pass: one request at a time, the arms in turn, nothing from a cache"
    if any(row.run.adapter == "merged" for row in found.alone()):
        source += "; adapters run unmerged (merged: see Latency)"
    return f"{source}; not timed with them: {', '.join(missing)}" if missing else source
