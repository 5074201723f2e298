"""One file per job of a sweep: what it was asked for, how far it is, what came of it.

Files are written whole or not at all. What a sweep says at its end, and its exit status, are made from them, so that
they are the same whatever runs the jobs, and also where a worker was killed or a machine went down.
"""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, get_args

import psutil

from harness.errors import StoreError, masked_override, redacted
from harness.store.files import write_text
from harness.store.records.plain import restored
from harness.store.signs_of_life import SILENT, beating, silence

State = Literal["waiting", "started", "finished", "failed", "refused", "skipped", "killed", "stopped", "dropped"]
"""waiting: not begun; started: under way, or ended without a word; finished: every cell has its record; failed: a cell
has none, or the job broke off; refused: configuration or data is wrong; skipped: makes no sense for its task; killed:
ended without a word, as who looked after it saw; stopped: by Ctrl-C; dropped: never begun,
and what should have begun it has ended"""

BAD: Final[frozenset[State]] = frozenset({"failed", "refused", "killed", "stopped", "dropped"})
FILES: Final = "job-*.json"


@dataclass(frozen=True, slots=True)
class WorkingProcess:
    """A process, so that it can be told from others with its number, also after a restart of the machine."""

    host: str
    """name of the machine"""
    pid: int
    """its number"""
    born: float
    """when it was started, in seconds since 1970"""

    @classmethod
    def current(cls) -> "WorkingProcess":
        """Return this process."""
        return cls(socket.gethostname(), os.getpid(), psutil.Process().create_time())

    def alive(self, sign: Path) -> bool:
        """Return whether it still runs; a process of another machine is judged by the file that it touches."""
        if self.host != socket.gethostname():
            return silence(sign) < SILENT
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.born) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What is known of one job of a sweep."""

    job: int
    """its number, from 0"""
    overrides: tuple[str, ...]
    """what was set for it, each KEY=VALUE, without secrets"""
    state: State = "waiting"
    """see State"""
    reason: str = ""
    """why the job as a whole failed, or does not apply"""
    failures: Mapping[str, str] = field(default_factory=dict)
    """cell -> why it failed"""
    flags: tuple[str, ...] = ()
    """what guards and audits found, with strict=true"""
    process: WorkingProcess | None = None
    """that runs it, or ran it last"""
    begun: float | None = None
    """when it was begun last, in seconds since 1970"""
    ended: float | None = None
    """when it ended, likewise"""
    attempts: int = 0
    """how often it was begun"""

    @property
    def bad(self) -> bool:
        """True when a job or a cell has failed, or the job was flagged with strict=true."""
        return self.state in BAD or bool(self.failures or self.flags)

    @property
    def unfinished(self) -> bool:
        """True as long as it waits or is under way."""
        return self.state in ("waiting", "started")


def status_file(folder: Path, job: int) -> Path:
    """Return the file of a job."""
    return folder / FILES.replace("*", f"{job:04}")


def write(status: JobStatus, folder: Path) -> None:
    """Write the file of a job in one step; secrets are replaced.

    Raises:
        StoreError: the folder cannot be written.
    """
    write_text(status_file(folder, status.job), json.dumps(asdict(status), indent=1) + "\n")


def read(path: Path) -> JobStatus:
    """Return what a file says.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        status = restored(JobStatus, dict(json.loads(path.read_text(encoding="utf-8"))))
        if status.state not in get_args(State):
            raise ValueError(f"state {status.state}")
        return status
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"{path}: is no status of a job ({error!r}); delete it, or the folder {path.parent}"
        ) from error


def read_all(folder: Path) -> list[JobStatus]:
    """Return the status of every job of a sweep that has a file, by their numbers, as the files say.

    Raises:
        StoreError: one cannot be read.
    """
    return [read(path) for path in sorted(folder.glob(FILES))]


def observed(status: JobStatus, folder: Path) -> JobStatus:
    """Return the status with the state of today: a job whose process is gone was killed."""
    if status.state != "started" or status.process is None or status.process.alive(status_file(folder, status.job)):
        return status
    where = f"on {status.process.host} as process {status.process.pid}"
    return replace(
        status, state="killed", reason=f"started {where} and ended without a word (killed, or out of memory)"
    )


@contextmanager
def under_way(folder: Path, job: int, overrides: Sequence[str]) -> Iterator[None]:
    """Note that a job has begun in this process, and show signs of life while the body runs.

    Raises:
        StoreError: the folder cannot be written.
    """
    path = status_file(folder, job)
    attempts = read(path).attempts if path.is_file() else 0
    masked = tuple(map(masked_override, overrides))
    begun, process = time.time(), WorkingProcess.current()
    write(JobStatus(job, masked, "started", process=process, begun=begun, attempts=attempts + 1), folder)
    with beating(path):
        yield


def note_end(
    folder: Path,
    job: int,
    state: State,
    reason: str = "",
    failures: Mapping[str, str] | None = None,
    flags: Sequence[str] = (),
) -> None:
    """Note in the file of a job how it ended.

    Raises:
        StoreError: the folder cannot be written, or the file cannot be read.
    """
    status = read(status_file(folder, job))
    shown = {cell: redacted(why) for cell, why in (failures or {}).items()}
    write(replace(status, state=state, reason=reason, failures=shown, flags=tuple(flags), ended=time.time()), folder)


def note_requeued(folder: Path, job: int) -> None:
    """Note that a job was stopped as its time was over, and waits again.

    Raises:
        StoreError: the folder cannot be written, or the file cannot be read.
    """
    why = "its time was over; queued again, and goes on from its last checkpoint"
    write(replace(read(status_file(folder, job)), state="waiting", reason=why), folder)


def note_killed(folder: Path, job: int, reason: str) -> None:
    """Note that a job ended without a word, if it did; for whoever looked after its process."""
    with suppress(StoreError):
        if read(status_file(folder, job)).unfinished:
            note_end(folder, job, "killed", reason)
