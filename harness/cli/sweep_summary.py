"""How the jobs of a sweep went, for its last lines.

Hydra names only the first failed job; a user needs every cell that failed.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.cli.folders import SWEEPS


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a sweep."""

    overrides: Sequence[str]
    """what the command line set for it, each KEY=VALUE"""
    failures: Mapping[str, str]
    """cell -> why it failed"""
    failure: str = ""
    """why the job as a whole failed"""
    flags: Sequence[str] = ()
    """what guards and audits found, with strict=true"""
    skipped: str = ""
    """why it makes no sense for its task: no failure"""


@dataclass
class Sweep:
    """The jobs that this process ran, in order."""

    jobs: list[Job] = field(default_factory=list)
    folder: Path | None = None
    """where Hydra keeps what it needs of the sweep; not read afterwards"""

    def begin(self, folder: Path) -> None:
        """Delete Hydra's copy of the command line: it may hold a secret, and a killed sweep cleans nothing."""
        self.folder = folder
        if self._is_own(folder):
            with suppress(OSError):
                (folder / "multirun.yaml").unlink(missing_ok=True)

    def note(self, job: Job) -> None:
        """Remember a job that has ended."""
        self.jobs.append(job)

    def clean(self) -> None:
        """Delete the folders that Hydra made for this process's sweep; one that the user chose stays as it is."""
        if self.folder is None or not self._is_own(self.folder):
            return
        with suppress(OSError):
            for folder in (*self.folder.iterdir(), self.folder):
                folder.rmdir()

    @staticmethod
    def _is_own(folder: Path) -> bool:
        return folder.parent.name == SWEEPS and folder.name.endswith(f"-{os.getpid()}")

    @property
    def failed(self) -> bool:
        """True when a job or a cell has failed, or a job was flagged with strict=true."""
        return any(job.failure or job.failures or job.flags for job in self.jobs)

    def summary(self) -> str:
        """Return what to print at the end."""
        head = f"Sweep: {_count(len(self.jobs), 'job')}"
        skipped = [
            f"  - {', '.join(self._varying(job))} does not apply: {job.skipped}" for job in self.jobs if job.skipped
        ]
        if not self.failed:
            return "\n".join([f"{head}, no cell failed.", *skipped])
        counts = [(sum(bool(job.failure) for job in self.jobs), "job")]
        counts.append((sum(len(job.failures) for job in self.jobs), "cell"))
        failed = " and ".join(_count(number, noun) for number, noun in counts if number)
        flags = sum(len(job.flags) for job in self.jobs)
        parts = [f"{failed} failed (the same command tries them again)"] if failed else []
        parts += [f"{_count(flags, 'flag')} to act on (strict=true)"] if flags else []
        lines = [line for job in self.jobs for line in self._lines(job)]
        return "\n".join([f"{head}; {'; '.join(parts)}:", *lines, *skipped])

    def _lines(self, job: Job) -> list[str]:
        name = ", ".join(self._varying(job))
        whole = [f"  - job {name}: {_first_line(job.failure)}"] if job.failure else []
        cells = [f"  - {name}: {cell}: {_first_line(reason)}" for cell, reason in job.failures.items()]
        return [*whole, *cells, *(f"  {flag.replace('!', f'! {name}:', 1)}" for flag in job.flags)]

    def _varying(self, job: Job) -> Sequence[str]:
        """What distinguishes the job from the others; all that was set where nothing does."""
        shared = set(self.jobs[0].overrides).intersection(*(other.overrides for other in self.jobs))
        return [override for override in job.overrides if override not in shared] or job.overrides


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "no reason given")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
