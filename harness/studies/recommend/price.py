"""What a study or a further seed would take, before it runs: from the forecasts of its arms, shared work once."""

from collections.abc import Iterable

from harness.runner.arm import Durations, Workload
from harness.runner.cell import CellRun
from harness.runner.run import Run
from harness.studies.run import StudyRun

STARTING = 5.0
"""seconds that a condition takes besides: reading data, guards, writing"""


def study_seconds(run: StudyRun) -> float | None:
    """Return the seconds of what a checked study still needs; None where nobody can say, as a server answers.

    An adapter or an index that conditions share counts once. Speeds of this machine that are not known are measured.

    Raises:
        CutleryError: a condition cannot be made of these data.
    """
    run.answered.clear()
    total, done = 0.0, {""}
    for step in run.steps():
        seconds = seconds_of(step.run, step.cells, done)
        run.claim(step)
        if seconds is None:
            run.answered.clear()
            return None
        total += seconds
    run.answered.clear()
    return total


def seconds_of(run: Run, cells: Iterable[CellRun], done: set[str]) -> float | None:
    """Return the seconds of the cells without a record; None where it is not known.

    Args:
        run: that they belong to.
        cells: some of its cells.
        done: keys of adapters and indexes that are paid already; added to.
    """
    experiment, total = run.experiment, 0.0
    todo = [cell for cell in cells if cell.record is None]
    for cell in todo:
        work = cell.arm.workload(experiment.task, run.store, experiment.seed)
        own = cell.arm.durations(experiment.task, run.store, experiment.seed, timed=False)
        if own is None:
            return None
        total += _unshared(work, own, done)
    return total + (STARTING if todo else 0.0)


def _unshared(work: Workload, own: Durations, done: set[str]) -> float:
    """Return the seconds of an arm, without what another one has paid already."""
    total = own.answer + own.audit
    total += own.index if work.index_key not in done else 0.0
    total += own.train if work.adapter_key not in done else 0.0
    done |= {work.index_key, work.adapter_key}
    return total
