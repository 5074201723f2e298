"""Trying the default metrics on their known answers, beside scoring a task's rows with them, in processor seconds.

    python -m benchmarks.bench_selftest

Both are done once before, so that what is loaded and fitted is in neither. The bar: known answers take no longer than
MOST rows of task qa.
"""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from harness.cli.config import compose, experiment
from harness.metrics.context import TaskContext
from harness.metrics.metric import Metric
from harness.metrics.selftest.check import try_metrics
from harness.tasks.task import Task
from harness.types import Passage, Prediction

ROWS: Final = 150
MOST: Final = 1_000
"""rows; a small experiment's five arms have as many answers"""


def score(metrics: Mapping[str, Metric], task: Task) -> None:
    """Score right answers to the first ROWS test questions, each beside its document."""
    documents = {one.id: one for one in task.documents()}
    pairs = []
    for example in task.examples("test")[:ROWS]:
        shown = [documents[one] for one in example.evidence]
        passages = tuple(Passage(one.id, one.text, 0, len(one.text), 1.0) for one in shown)
        pairs.append((example, Prediction(example.id, example.references[0], passages, (), "stop", prompt=("",))))
    for metric in metrics.values():
        list(metric.bind(TaskContext(task)).score(pairs))


def _seconds(work: Callable[[], object]) -> float:
    work()
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print both and their ratio; fail above the bar."""
    own = experiment(compose(["task=qa"]))
    tried = _seconds(lambda: try_metrics(own.metrics))
    scored = _seconds(lambda: score(own.metrics, own.task))
    rows = ROWS * tried / scored
    print(f"known answers {tried:.2f} s, {ROWS} rows {scored:.2f} s: as long as {rows:.0f} rows (bar {MOST:,})")
    sys.exit(rows > MOST)


if __name__ == "__main__":
    main()
