"""A sweep from its plan to its last lines and its exit status, whatever runs its jobs."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from harness.cli.sweep import job_status, sweep_folder
from harness.cli.sweep.job_status import WorkingProcess
from harness.cli.sweep.plan import PlannedSweep
from harness.cli.sweep.summary import SweepSummary
from harness.cli.sweep.sweep_folder import SweepRecord
from harness.errors import masked_override

log = logging.getLogger("harness")


@dataclass
class SweepRun:
    """The sweep that this process looks after."""

    plan: PlannedSweep
    record: SweepRecord = field(init=False)

    def __post_init__(self) -> None:
        given = tuple(map(masked_override, self.plan.overrides))
        self.record = SweepRecord(given, self.plan.name, WorkingProcess.current(), time.time())

    def execute(self, by_hydra: Callable[[Sequence[str]], None]) -> None:
        """Run all jobs, or hand them to a queue.

        Args:
            by_hydra: runs Hydra with arguments, which runs the jobs where no launcher of ours is chosen.

        Raises:
            CutleryError: the folder of the sweep cannot be written, or the jobs cannot be begun.
        """
        plan = self.plan
        sweep_folder.begin(plan.folder, self.record, plan.jobs)
        with sweep_folder.looked_after(plan.folder):
            if plan.launcher is None:
                by_hydra(plan.arguments)
                return
            queued = plan.launcher.launch(plan.commands, plan.folder)
            try:
                self.record = replace(self.record, queued={str(number): name for number, name in queued.items()})
                sweep_folder.keep(plan.folder, self.record)
                plan.launcher.await_end(plan.folder)
            except KeyboardInterrupt:
                if not queued:
                    raise
                raise KeyboardInterrupt(
                    f"Stopped waiting; the jobs go on: make status sweep={plan.folder.name}"
                ) from None

    @property
    def begun(self) -> bool:
        """Whether a job has begun."""
        return any(job.attempts for job in job_status.read_all(self.plan.folder))

    def conclude(self, *, untouched: bool) -> SweepSummary | None:
        """Note that this process looks after the sweep no more; return how the jobs went.

        Args:
            untouched: whether the command was wrong: a sweep of which no job has begun then leaves nothing behind.
        """
        folder = self.plan.folder
        if not (folder / sweep_folder.FILE).is_file():
            return None
        sweep_folder.keep(folder, replace(self.record, over=True))
        launcher = self.plan.launcher
        jobs = sweep_folder.statuses(folder) if launcher is None else sweep_folder.statuses(folder, launcher.ask)
        begun = any(job.attempts for job in jobs)
        sweep_folder.tidy(folder, everything=untouched and not begun and not self.record.queued)
        return SweepSummary(jobs) if begun or not untouched else None
