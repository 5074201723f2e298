"""The cost of a run's judges, estimated for the plan before anything is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from harness.judges.judge import RehearsedJudge
from harness.metrics.context import TaskContext
from harness.metrics.metric import Metric
from harness.store.spec import digest
from harness.tasks.task import Task
from harness.types import THE_INPUT, Example, Pair, Passage, Prediction

SAMPLE: Final = 20
"""examples that are rehearsed; the estimate scales them to all"""


@dataclass(frozen=True)
class Spending:
    """An estimate."""

    requests: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    """None when no price is configured"""

    def __str__(self) -> str:
        price = "price not configured" if self.usd is None else f"{self.usd:,.2f} USD"
        counts = f"{self.requests:,} requests, {self.tokens_in:,} tokens in, {self.tokens_out:,} out"
        return f"judge    about {counts}: {price}; what this judge has judged before costs nothing"


def spending(metrics: Mapping[str, Metric], task: Task, cells: int) -> Spending | None:
    """Return what judging the answers of `cells` arms costs; None when no judge costs anything.

    Every answer is assumed to be the reference and the passages to be the gold evidence; the answer to an unanswerable
    example to be that of its neighbour, since no arm is known to refuse. The judges are rehearsed on a few examples.
    """
    context, judges = TaskContext(task), dict[str, RehearsedJudge]()
    rehearsed = [own for metric in metrics.values() if (own := _rehearsed(metric, judges)) is not None]
    examples = [example for example in task.examples("test") if example.references or not example.answerable]
    if not rehearsed or not any(map(_shows, examples)) or not cells:
        return None
    sample = examples[:: ceil(len(examples) / SAMPLE)]
    pairs = _pairs(sample, next(filter(_shows, examples)), context)
    for metric in rehearsed:
        bound = metric.bind(context)
        bound.score(pairs)
        bound.judgements(pairs)
    return _sum(list(judges.values()), cells * len(examples) / len(sample))


def _rehearsed(metric: Metric, judges: dict[str, RehearsedJudge]) -> Metric | None:
    """The metric with a judge that only counts, shared by metrics of one judge; None for one that costs nothing."""
    judge = metric.judge_used()
    counting = None if judge is None else judge.rehearsed()
    if judge is None or counting is None:
        return None
    return metric.with_judge(judges.setdefault(digest(judge), counting))


def _shows(example: Example) -> bool:
    """Return whether the example shows what an answer looks like."""
    return example.answerable and bool(example.references)


def _pairs(sample: Sequence[Example], neighbour: Example, context: TaskContext) -> list[Pair]:
    pairs = []
    for example in sample:
        neighbour = example if _shows(example) else neighbour
        shown = _passages(neighbour, context.evidence(neighbour))
        pairs.append((example, Prediction(example.id, neighbour.references[0], shown, (), "stop")))
    return pairs


def _passages(example: Example, texts: Sequence[str]) -> tuple[Passage, ...]:
    if example.evidence == THE_INPUT:
        return ()
    return tuple(Passage(name, text, 0, len(text), 0.0) for name, text in zip(example.evidence, texts, strict=False))


def _sum(judges: Sequence[RehearsedJudge], scale: float) -> Spending:
    counted = [judge.expense() for judge in judges]
    prices = [expense.usd for expense in counted if expense.usd is not None]
    return Spending(
        requests=round(scale * sum(expense.requests for expense in counted)),
        tokens_in=round(scale * sum(expense.tokens_in for expense in counted)),
        tokens_out=round(scale * sum(expense.tokens_out for expense in counted)),
        usd=sum(prices) * scale if len(prices) == len(counted) else None,
    )
