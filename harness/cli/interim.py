"""What is said of a run before its table: a line per finished arm, how far an interrupted run came, where time went."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

from harness.analysis.headline import deciding_names
from harness.analysis.numbers import decimals_for, listed, number
from harness.analysis.stats.corpus_values import corpus_values
from harness.runner.cell import CellRun
from harness.runner.run_progress import WORDS, StepKind
from harness.tasks.complaints import counted
from harness.text.durations import clock
from harness.types import Record, Score

WORTH_SAYING: Final = 0.005
"""share of the time below which a kind is not named"""


def arm_line(record: Record, width: int) -> str:
    """Return an arm's means of the metrics that decide, without intervals: these stand in the table.

    Args:
        record: of the arm.
        width: of the longest name among the arms.
    """
    directed = [name for name, meaning in record.metrics.items() if meaning["higher_is_better"] is not None]
    means = [(name, _mean(record, name)) for name in deciding_names(directed, record.examples)]
    values = [f"{name} {number(mean, decimals_for([abs(mean)]))}" for name, mean in means if mean is not None]
    failed = sum(prediction.failed for prediction in record.predictions)
    answers = f"{counted(len(record.predictions), 'answer')}{f', {failed:,} of them failed' if failed else ''}"
    return "  ".join([record.cell.arm.ljust(width), *values, f"({answers})"])


def _mean(record: Record, metric: str) -> float | None:
    scores = [score for score in record.scores if score.metric == metric]
    values = _corpus_values(record, metric, scores) or [score.value for score in scores if score.value is not None]
    return fmean(values) if values else None


def _corpus_values(record: Record, metric: str, scores: Sequence[Score]) -> list[float]:
    """Return the values of a metric of all answers together; [] for one whose mean is that of its scores."""
    aggregate = record.metrics[metric].get("aggregate")
    if aggregate is None:
        return []
    values = corpus_values(aggregate, scores, {score.example_id: place for place, score in enumerate(scores)})
    return [float(value) for value in values if value == value]


def stopped_line(cells: Sequence[CellRun]) -> str:
    """Return which arms an interrupted run has results of, and how to go on."""
    done = [run.cell.arm for run in cells if run.record is not None]
    how = "What was finished is kept; the same command goes on from there."
    if not done:
        return f"Stopped before the first arm was scored. {how}"
    of_all = f"all {len(cells)} arms scored" if len(done) == len(cells) else f"{len(done)} of {len(cells)} arms scored"
    return f"Stopped with {of_all}: {listed(done)}. {how}"


def time_line(seconds: Mapping[StepKind, float]) -> str:
    """Return how long a run took and what the time went into; "" for no time at all.

    Args:
        seconds: kind -> how many, the longest first.
    """
    whole = sum(seconds.values())
    if not whole:
        return ""
    shares = {kind: own / whole for kind, own in seconds.items() if own / whole >= WORTH_SAYING}
    return f"Took {clock(whole)}: {', '.join(f'{WORDS[kind]} {100 * share:.0f} %' for kind, share in shares.items())}"
