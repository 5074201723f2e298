"""How long a run will take on this machine: the steps that it is made of, each with its expected seconds."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.audits import spread
from harness.errors import CutleryError
from harness.metrics.metric import Metric
from harness.metrics.references import SCORED as AUDITED
from harness.metrics.references import gold_answer
from harness.runner.arm import Durations
from harness.runner.cell import Recorder
from harness.runner.plan import Plan, requests_alone
from harness.runner.run import Run
from harness.runner.run_progress import WORDS, ExpectedStep, StepKind
from harness.runner.speeds import kept
from harness.runner.timing.session import ROUNDS
from harness.store.spec import digest, specification
from harness.tasks.overlap import MOST
from harness.tasks.task import Task
from harness.text.durations import about
from harness.types import SPLITS, Example, Pair

log = logging.getLogger(__name__)

SCORED: Final = 6
"""answers that are scored to see how long that takes"""
AROUND: Final = 15.0
"""seconds for what else a run does: imports, known answers of metrics, writing"""
COMPARING: Final = 0.01
"""seconds in which the audits of the data compare one row or document with all others (one core at 2.8 GHz)"""
NAMED: Final = 0.1
"""share of the time from which on a kind is named"""
SERVED: Final = "a server answers"
NOT_HERE: Final = "the model's weights are not on this machine yet"


@dataclass(frozen=True)
class Forecast:
    """What a run will take."""

    steps: tuple[ExpectedStep, ...] = ()
    """() where it is not known"""
    unknown: str = ""
    """why it is not known, or not known of all"""

    @property
    def seconds(self) -> float:
        """Of all steps."""
        return sum(step.seconds for step in self.steps)

    def __str__(self) -> str:
        """Say it in one sentence."""
        if not self.steps:
            return f"How long this takes is not known beforehand: {self.unknown}."
        besides = f"; {self.unknown}" if self.unknown else ""
        return f"This takes about {about(self.seconds)} on this machine{self._most()}{besides}."

    def _most(self) -> str:
        """Return what most of the time goes into, in brackets."""
        whole, kinds = self.seconds, defaultdict[StepKind, float](float)
        for step in self.steps:
            kinds[step.kind] += step.seconds
        longest_first = sorted(kinds.items(), key=lambda own: -own[1])
        large = [f"{WORDS[kind]} {100 * own / whole:.0f} %" for kind, own in longest_first if own >= NAMED * whole]
        return f" ({', '.join(large)})" if large else ""


def forecast(run: Run, todo: Plan, clock: Callable[[], float] = time.perf_counter) -> Forecast:
    """Return what a checked run will take; speeds of this machine that are not known yet are measured.

    Args:
        run: before it is executed.
        todo: its plan.
        clock: seconds.
    """
    known = _durations(run, todo)
    missing = [work for cell, work in todo.cells if work is not None and cell.cell.arm not in known]
    if missing:
        return Forecast(unknown=SERVED if missing[0].served else NOT_HERE)
    scoring, unknown = _scoring(run.recorder, clock) if any(work for _, work in todo.cells) else (0.0, "")
    task = run.experiment.task
    of_data = _of_data(task, scoring) if run.experiment.audit else 0.0
    steps = [*_steps(todo, known, scoring, len(task.examples("test")), of_data), *_timing(run, known)]
    loads = max((own.load for own in known.values()), default=0.0)
    loads *= 2 if any(own.train for own in known.values()) else 1  # training puts the answering model out of memory
    return Forecast((*steps, ExpectedStep("other", "", loads + AROUND)), unknown)


def _durations(run: Run, todo: Plan) -> dict[str, Durations]:
    """Return what is known of each arm that still has something to do, those with an adapter asked first.

    Their training is measured without the answering model in memory, which the others then put there to stay.
    """
    experiment, timed = run.experiment, run.needs_timing
    found: dict[str, Durations] = {}
    for cell, work in sorted(todo.cells, key=lambda own: not own[0].arm.role.adapted):
        is_timed = timed and not cell.arm.role.control
        if work is not None or is_timed:
            own = cell.arm.durations(experiment.task, run.store, experiment.seed, timed=is_timed)
            found |= {} if own is None else {cell.cell.arm: own}
    return found


def _of_data(task: Task, scoring: float) -> float:
    """Return the seconds of the audits of the data: rows and documents are compared, references scored."""
    sizes = [*(len(task.examples(split)) for split in SPLITS), len(task.documents())]
    return COMPARING * sum(min(MOST, size) for size in sizes) + scoring * min(len(task.examples("test")), AUDITED)


def _steps(
    todo: Plan, known: Mapping[str, Durations], scoring: float, answers: int, of_data: float
) -> Iterator[ExpectedStep]:
    """Yield the steps of the arms in the order in which they run; what arms share is the first one's."""
    done, first = {""}, True
    for cell, work in sorted(todo.cells, key=lambda own: own[0].arm.role.adapted):
        if work is None:
            continue
        arm, own = cell.cell.arm, known[cell.cell.arm]
        if work.index_key not in done:
            yield ExpectedStep("index", arm, own.index)
        if work.adapter_key not in done:
            yield ExpectedStep("train", arm, own.train)
        yield ExpectedStep("answer", arm, own.answer)
        yield ExpectedStep("audit", arm, own.audit + (of_data if first else 0.0))
        yield ExpectedStep("score", arm, scoring * answers)
        done |= {work.index_key, work.adapter_key}
        first = False


def _timing(run: Run, known: Mapping[str, Durations]) -> Iterator[ExpectedStep]:
    """Yield the timing pass, if there is one to make."""
    if not run.needs_timing:
        return
    alone = requests_alone(run)
    together = sum(max(alone, ROUNDS * level) / 2 for level in run.timing.concurrency if level > 1)
    arms = [known[cell.cell.arm] for cell in run.cells if not cell.arm.role.control and cell.cell.arm in known]
    yield ExpectedStep("time", "", (alone + together) * sum(own.request for own in arms))


def _scoring(recorder: Recorder, clock: Callable[[], float]) -> tuple[float, str]:
    """Return the seconds of scoring one answer, and what is not in them."""
    free = {name: metric for name, metric in recorder.metrics.items() if not _paid(metric)}
    unknown = "" if len(free) == len(recorder.metrics) else "what the judge's model takes is not in it"
    examples = [example for example in recorder.experiment.task.examples("test") if example.references]
    sample = spread(examples, SCORED + 1)
    spec = {"metrics": [specification(metric) for metric in free.values()], "examples": digest(sample)}
    try:
        figures = kept("scoring", spec, lambda: {"seconds": _seconds_each(free, sample, recorder, clock)})
        return float(figures["seconds"]), unknown
    except CutleryError as error:
        return 0.0, f"scoring was not measured: {error}"


def _seconds_each(
    metrics: Mapping[str, Metric], sample: Sequence[Example], recorder: Recorder, clock: Callable[[], float]
) -> float:
    """Score references as if they were answers; return the seconds of one."""
    pairs: list[Pair] = [(own, gold_answer(own, recorder.context.documents)) for own in sample]
    _score(metrics, pairs[:1])  # reads what all answers are scored by, and loads the judge
    begun = clock()
    _score(metrics, pairs[1:])
    return (clock() - begun) / max(1, len(pairs) - 1)


def _paid(metric: Metric) -> bool:
    judge = metric.judge_used()
    return judge is not None and judge.rehearsed() is not None


def _score(metrics: Mapping[str, Metric], pairs: Sequence[Pair]) -> None:
    for metric in metrics.values():
        metric.score(pairs)
        metric.judgements(pairs)
