"""What one command compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.analysis.costs.horizon import Costing
from harness.metrics.metric import Metric
from harness.reports.protocols import Page, Report, Tracker
from harness.runner.arm import Arm
from harness.runner.timing.settings import Timing
from harness.tasks.task import Task


@dataclass(frozen=True)
class Experiment:
    """One task and one model, several arms: what one command compares."""

    task: Task
    arms: Mapping[str, Arm]
    metrics: Mapping[str, Metric]
    reports: Mapping[str, Report | Page]
    costing: Costing
    model_name: str
    seed: int
    limit: int | None
    results: Path
    store: Path
    dry_run: bool
    timing: Timing
    tracker: Tracker
