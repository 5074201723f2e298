"""`launcher=local`: several jobs at a time on this machine, each with a GPU of its own or its share of the cores.

Not by hydra-joblib-launcher: its pool ends as a whole when one worker is killed, and its workers run one job after
another, so that none can be given a GPU (docs/SWEEPS.md).
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import ClassVar

from harness.cli.sweep import job_status
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.summary import SweepSummary
from harness.cli.sweep.sweep_folder import InQueue
from harness.machine.nvml import visible_gpus
from harness.text.durations import clock

VISIBLE, THREADS = "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS"


@dataclass(frozen=True)
class LocalLauncher:
    """Processes of this machine."""

    KEY: ClassVar[str] = "harness.cli.sweep.local.LocalLauncher"

    workers: int | None
    """jobs at a time; None: as many as there are GPUs, or one without a GPU"""
    _stopping: threading.Event = field(init=False, repr=False, compare=False, default_factory=threading.Event)

    name: ClassVar[str] = "local"

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the settings."""
        if self.workers is not None and self.workers < 1:
            return [f"workers is {self.workers}; it must be 1 or more, or null for the number of GPUs"]
        return []

    @property
    def at_once(self) -> int:
        """Jobs at a time."""
        return self.workers or max(1, len(visible_gpus()))

    @property
    def disturbs(self) -> str:
        """What several jobs share, so that one would disturb what another one times; "" for nothing."""
        gpus = len(visible_gpus())
        if self.at_once <= max(1, gpus):
            return ""
        return f"{self.at_once} workers share {'this processor' if not gpus else f'{gpus} GPUs'}"

    def refuses(self, jobs: Sequence[JobCommand]) -> Sequence[str]:
        """Nothing is refused."""
        return []

    def launch(self, jobs: Sequence[JobCommand], folder: Path) -> Mapping[int, str]:
        """Run all jobs; a line of each says how it ended."""
        workers = min(self.at_once, len(jobs))
        free = _queued(places(workers))
        print(self._beginning(workers, len(jobs), folder), flush=True)
        with ThreadPoolExecutor(workers) as pool, _signals_stop():
            running = {pool.submit(self._run, job, free): job for job in jobs}
            try:
                _tell_ends(running, folder)
            except KeyboardInterrupt:
                self._stopping.set()
                for job in jobs:
                    job.stop()
                raise
        return {}

    def await_end(self, folder: Path) -> None:
        """All jobs have ended already."""

    def ask(self, names: Sequence[str]) -> Mapping[str, InQueue]:
        """There is no queue."""
        return {}

    def _run(self, job: JobCommand, free: "SimpleQueue[Mapping[str, str]]") -> None:
        place = free.get()
        try:
            if not self._stopping.is_set():
                job(place)
        finally:
            free.put(place)

    @staticmethod
    def _beginning(workers: int, jobs: int, folder: Path) -> str:
        each = ", ".join(f"{name}={value}" for name, value in places(workers)[0].items())
        return f"Sweep: {jobs} jobs, {workers} at a time ({each} for the first); logs in {folder}"


def places(workers: int) -> list[dict[str, str]]:
    """Return the environment of each worker: a GPU of its own if there are enough, and its share of the threads."""
    gpus = visible_gpus()
    given = os.environ.get(THREADS, "")
    threads = int(given) if given.isdigit() else _cores()
    share = {THREADS: str(max(1, threads // workers))}
    return [{**share, **({VISIBLE: gpus[number % len(gpus)]} if gpus else {})} for number in range(workers)]


def _queued(places: Sequence[Mapping[str, str]]) -> "SimpleQueue[Mapping[str, str]]":
    queue: SimpleQueue[Mapping[str, str]] = SimpleQueue()
    for place in places:
        queue.put(place)
    return queue


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell_ends(running: Mapping["Future[None]", JobCommand], folder: Path) -> None:
    """Print a line when a job has ended, until all have."""
    left = set(running)
    while left:
        ended, left = wait(left, return_when=FIRST_COMPLETED)
        for future in ended:
            if error := future.exception():
                print(f"job {running[future].number}: {error}", file=sys.stderr)
            print(line_of_end(folder, running[future].number, len(running) - len(left), len(running)), flush=True)


def line_of_end(folder: Path, number: int, ended: int, jobs: int) -> str:
    """Return what is printed when a job has ended."""
    job = job_status.read(job_status.status_file(folder, number))
    took = f" after {clock(job.ended - job.begun)}" if job.ended and job.begun else ""
    why = f": {job.reason.splitlines()[0]}" if job.reason else ""
    return f"[{ended} of {jobs}] {_names(folder)[number]}: {job.state}{took}{why}"


@lru_cache(maxsize=4)
def _names(folder: Path) -> tuple[str, ...]:
    """Return what tells each job from the others: read once, so that an end costs the same among ten or a thousand."""
    summary = SweepSummary(job_status.read_all(folder))
    return tuple(map(summary.name, summary.jobs))


@contextmanager
def _signals_stop() -> Iterator[None]:
    """Take the end of the session or of the machine for Ctrl-C: jobs in sessions of their own would not hear of it."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    known = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
