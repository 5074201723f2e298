"""Metrics that know what they need of the task: documents, references, the house's wording, what a judge has said."""

from collections.abc import Mapping
from typing import Any

from harness.metrics.boilerplate import house_words
from harness.metrics.evidence import evidence_of
from harness.metrics.judged import remembering
from harness.types import Metric, Task


def informed(metrics: Mapping[str, Metric], task: Task) -> dict[str, Metric]:
    """Return the metrics of one run; what they are told follows from the task and is no part of what they are."""
    found = {name: _told(metric, "with_documents", task.documents()) for name, metric in remembering(metrics).items()}
    found = {name: _told(metric, "with_task", task) for name, metric in found.items()}
    if not any(hasattr(metric, "with_house") for metric in found.values()):
        return found
    words = house_words(task.examples("train"), evidence_of(task))
    return {name: _told(metric, "with_house", words) for name, metric in found.items()}


def _told(metric: Metric, how: str, fact: Any) -> Metric:
    tell = getattr(metric, how, None)
    told: Metric = metric if tell is None else tell(fact)
    return told
