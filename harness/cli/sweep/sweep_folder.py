"""The folder of one sweep: `sweep.json` says what was asked and who runs it, `job-NNNN.json` how each job goes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from harness.cli.folders import SWEEPS
from harness.cli.sweep import job_status
from harness.cli.sweep.job_status import JobStatus, WorkingProcess
from harness.errors import StoreError, masked_override
from harness.store.files import write_text
from harness.store.records.plain import restored
from harness.store.signs_of_life import beating

FILE: Final = "sweep.json"
HYDRAS: Final = "multirun.yaml"
"""Hydra's copy of the command line, which may hold a secret"""


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """What a sweep was asked for, and who looks after it."""

    overrides: tuple[str, ...]
    """of its command line, without secrets"""
    launcher: str
    """what runs its jobs"""
    process: WorkingProcess
    """that began it"""
    begun: float
    """when, in seconds since 1970"""
    over: bool = False
    """whether it has ended in order"""
    queued: Mapping[str, str] = field(default_factory=dict)
    """number of a job -> its name in a queue that runs it without us"""


@dataclass(frozen=True, slots=True)
class InQueue:
    """What a queue says of a job."""

    there: bool
    """whether it waits or runs"""
    running: bool
    """whether it runs"""
    says: str
    """in the queue's own words"""


REVIVED: Final = ("killed", "stopped")
"""states of a job that a queue may yet run again: it ended with its node, or for another job that goes first"""

Asked = Callable[[Sequence[str]], Mapping[str, InQueue]]
"""names in a queue -> what it says of them; what it does not know is left out"""


def begin(folder: Path, record: SweepRecord, jobs: Sequence[Sequence[str]]) -> None:
    """Write the sweep's file and, for every job, that it waits.

    Raises:
        StoreError: the folder cannot be written, or holds the jobs of another sweep.
    """
    if next(folder.glob(job_status.FILES), None) is not None:
        raise StoreError(f"{folder}: holds the jobs of another sweep; choose another hydra.sweep.dir")
    keep(folder, record)
    for number, overrides in enumerate(jobs):
        job_status.write(JobStatus(number, tuple(map(masked_override, overrides))), folder)


def keep(folder: Path, record: SweepRecord) -> None:
    """Write the sweep's file in one step.

    Raises:
        StoreError: the folder cannot be written.
    """
    write_text(folder / FILE, json.dumps(asdict(record), indent=1) + "\n")


def looked_after(folder: Path) -> AbstractContextManager[None]:
    """Show signs of life of whoever looks after a sweep while the body runs."""
    return beating(folder / FILE)


def read(folder: Path) -> SweepRecord:
    """Return what the sweep's file says.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        return restored(SweepRecord, dict(json.loads((folder / FILE).read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise StoreError(f"{folder / FILE}: is no file of a sweep ({error!r})") from error


def statuses(folder: Path, ask: Asked = lambda names: {}) -> list[JobStatus]:
    """Return the jobs of a sweep with their states of now.

    Args:
        folder: of the sweep.
        ask: asks the queue that runs its jobs, if one does.

    Raises:
        StoreError: a file cannot be read.
    """
    jobs, record = job_status.read_all(folder), read(folder)
    names = {job.job: record.queued.get(str(job.job), "") for job in jobs if job.unfinished or job.state in REVIVED}
    asked = [name for name in names.values() if name]
    answers = ask(asked) if asked else {}
    cared_for = not record.over and record.process.alive(folder / FILE)
    return [
        _queued(job, answers[name], folder)
        if (name := names.get(job.job, "")) in answers
        else _ours(job, folder, record, cared_for or str(job.job) in record.queued)
        for job in jobs
    ]


def settled(folder: Path, ask: Asked) -> list[JobStatus]:
    """As `statuses`; what is seen of a job that ended without a word is kept in its file.

    Raises:
        StoreError: a file cannot be read or written.
    """
    jobs = statuses(folder, ask)
    for job in jobs:
        if not job.unfinished and job_status.read(job_status.status_file(folder, job.job)).unfinished:
            job_status.write(job, folder)
    return jobs


def _ours(job: JobStatus, folder: Path, record: SweepRecord, cared_for: bool) -> JobStatus:
    """Return a job that no queue tells about."""
    if job.state == "waiting" and not cared_for:
        return replace(job, state="dropped", reason=job.reason or "the sweep ended before it")
    if job.state == "started" and record.over and job.process == record.process:
        return replace(job, state="killed", reason="how it ended could not be noted")
    return job_status.observed(job, folder)


def _queued(job: JobStatus, answer: InQueue, folder: Path) -> JobStatus:
    """Return a job that a queue runs; its own file knows first that it has begun, the queue that it has gone."""
    if answer.there and not answer.running:
        return replace(job, state="waiting", reason=answer.says)
    if answer.there:
        return job if job.unfinished else replace(job, state="started", reason="")
    if not job.unfinished:
        return job
    fresh = job_status.read(job_status.status_file(folder, job.job))  # it may have ended while the queue was asked
    if not fresh.unfinished:
        return fresh
    return replace(fresh, state="dropped" if fresh.state == "waiting" else "killed", reason=answer.says)


def forget_command_line(folder: Path) -> None:
    """Delete Hydra's copy of the command line where we made the folder of the sweep: a killed one cleans nothing."""
    if folder.parent.name == SWEEPS:
        with suppress(OSError):
            (folder / HYDRAS).unlink(missing_ok=True)


def tidy(folder: Path, *, everything: bool = False) -> None:
    """Delete what Hydra left in the folder of a sweep that we made; one that the user chose stays as it is.

    Args:
        folder: of the sweep.
        everything: also our own files: nothing was begun.
    """
    if folder.parent.name != SWEEPS:
        return
    forget_command_line(folder)
    with suppress(OSError):
        for path in [path for path in folder.iterdir() if path.is_dir() and path.name.isdigit()]:
            path.rmdir()
        if everything:
            for path in [*folder.glob(job_status.FILES), folder / FILE]:
                path.unlink(missing_ok=True)
            folder.rmdir()


def sweep_folders(results: Path) -> list[Path]:
    """Return the folders of the sweeps below the results, newest first."""
    return sorted(_of_sweeps(results / SWEEPS), key=lambda path: path.name, reverse=True)


def _of_sweeps(folder: Path) -> Iterator[Path]:
    yield from (path.parent for path in folder.glob(f"*/{FILE}"))
