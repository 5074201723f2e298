"""What the judges of a run are going to cost, told in the plan before anything is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from harness.metrics.bind import informed
from harness.metrics.evidence import evidence_of
from harness.metrics.judged import Judged, judge_of
from harness.store.spec import digest, with_unkeyed
from harness.types import THE_INPUT, Example, Metric, Pair, Passage, Prediction, Task

SAMPLE: Final = 20
"""examples that are rehearsed; the rest is taken to be like them"""


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

    Every answer is taken to be the reference and the passages to be the gold evidence; one to an unanswerable example
    (no arm is known to decline) to be that of its neighbour. The judges are rehearsed on a few examples, with a model
    that answers in no time.
    """
    rehearsed: dict[str, Any] = {}
    trial = {name: _rehearsing(metric, rehearsed) for name, metric in metrics.items() if _costs(metric)}
    examples = [one for one in task.examples("test") if one.references or not one.answerable]
    if not trial or not any(map(_shows, examples)) or not cells:
        return None
    sample = examples[:: ceil(len(examples) / SAMPLE)]
    pairs = _pairs(sample, next(filter(_shows, examples)), task)
    for metric in informed(trial, task).values():
        metric.score(pairs)
        if isinstance(metric, Judged):
            metric.judgements(pairs)
    return _sum(list(rehearsed.values()), cells * len(examples) / len(sample))


def _costs(metric: Metric) -> bool:
    return hasattr(judge_of(metric), "rehearsed")


def _rehearsing(metric: Metric, rehearsed: dict[str, Any]) -> Metric:
    judge: Any = judge_of(metric)
    key = digest(judge)
    if key not in rehearsed:
        rehearsed[key] = judge.rehearsed()
    return with_unkeyed(metric, judge=rehearsed[key])


def _shows(example: Example) -> bool:
    """Return whether the example says what an answer looks like."""
    return example.answerable and bool(example.references)


def _pairs(sample: Sequence[Example], neighbour: Example, task: Task) -> list[Pair]:
    texts, pairs = evidence_of(task), []
    for example in sample:
        neighbour = example if _shows(example) else neighbour
        shown = _passages(neighbour, texts(neighbour))
        pairs.append((example, Prediction(example.id, neighbour.references[0], shown, (), "stop")))
    return pairs


def _passages(example: Example, texts: Sequence[str]) -> tuple[Passage, ...]:
    if example.evidence == THE_INPUT:
        return ()
    return tuple(Passage(name, text, 0, len(text), 0.0) for name, text in zip(example.evidence, texts, strict=False))


def _sum(judges: Sequence[Any], scale: float) -> Spending:
    prices = [judge.usd() for judge in judges]
    usd = None if None in prices else sum(prices) * scale
    return Spending(
        requests=round(scale * sum(judge.llm.requests for judge in judges)),
        tokens_in=round(scale * sum(judge.llm.tokens_in for judge in judges)),
        tokens_out=round(scale * sum(judge.llm.tokens_out for judge in judges)),
        usd=usd,
    )
