"""How the jobs of a sweep went, for its last lines.

Hydra names only the first failed job; a user needs every cell that failed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.cli.sweep.job_status import JobStatus


@dataclass(frozen=True)
class SweepSummary:
    """The jobs of one sweep, by their numbers, with their states of now."""

    jobs: Sequence[JobStatus]

    @property
    def failed(self) -> bool:
        """True when a job or a cell has failed, or a job was flagged with strict=true."""
        return any(job.bad for job in self.jobs)

    @property
    def unfinished(self) -> bool:
        """True as long as a job waits or is under way."""
        return any(job.unfinished for job in self.jobs)

    def __str__(self) -> str:
        """Return what to print at the end."""
        head = "; ".join([f"Sweep: {_count(len(self.jobs), 'job')}", *self._under_way()])
        skipped = [f"  - {self.name(job)} does not apply: {job.reason}" for job in self.jobs if job.state == "skipped"]
        if not self.failed:
            return "\n".join([f"{head}, no cell failed{' so far' if self.unfinished else ''}.", *skipped])
        lines = [line for job in self.jobs for line in self._lines(job)]
        return "\n".join([f"{'; '.join([head, *self._counts()])}:", *lines, *skipped])

    def name(self, job: JobStatus) -> str:
        """Return what distinguishes a job from the others; all that was set where nothing does."""
        return ", ".join([line for line in job.overrides if line not in self._shared] or job.overrides)

    @cached_property
    def _shared(self) -> set[str]:
        return set(self.jobs[0].overrides).intersection(*(other.overrides for other in self.jobs))

    def _under_way(self) -> list[str]:
        states = Counter[str](job.state for job in self.jobs)
        parts = [f"{states['started']} under way"] if states["started"] else []
        return parts + ([f"{states['waiting']} waiting"] if states["waiting"] else [])

    def _counts(self) -> list[str]:
        """Return how many jobs, cells and flags there are to look at, a part each."""
        states = Counter[str](job.state for job in self.jobs)
        broken = states["refused"] + sum(job.state == "failed" and not job.failures for job in self.jobs)
        counts = [(broken, "job"), (sum(len(job.failures) for job in self.jobs), "cell")]
        failed = " and ".join(_count(number, noun) for number, noun in counts if number)
        parts = [f"{failed} failed"] if failed else []
        for state, words in {"killed": "killed", "stopped": "stopped", "dropped": "never begun"}.items():
            if states[state]:
                parts.append(f"{_count(states[state], 'job')} {words}")
        if parts:
            parts[-1] += " (the same command tries them again)"
        flags = sum(len(job.flags) for job in self.jobs)
        return [*parts, *([f"{_count(flags, 'flag')} to act on (strict=true)"] if flags else [])]

    def _lines(self, job: JobStatus) -> list[str]:
        name, words = self.name(job), {"killed": " was killed", "stopped": " was stopped", "dropped": " never began"}
        whole = job.state in ("refused", *words) or (job.state == "failed" and not job.failures)
        lines = [f"  - job {name}{words.get(job.state, '')}: {_first_line(job.reason)}"] if whole else []
        lines += [f"  - {name}: {cell}: {_first_line(reason)}" for cell, reason in job.failures.items()]
        return [*lines, *(f"  {flag.replace('!', f'! {name}:', 1)}" for flag in job.flags)]


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "no reason given")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
