"""`make status`: how the jobs of a sweep go, also while a queue runs them, from their files."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.cli.command import configured
from harness.cli.config import results_of
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.sweep import slurm, sweep_folder
from harness.cli.sweep.job_status import JobStatus
from harness.cli.sweep.summary import SweepSummary
from harness.cli.sweep.sweep_folder import Asked, SweepRecord
from harness.errors import ConfigError, CutleryError
from harness.text.durations import clock

QUEUES: Final[Mapping[str, Asked]] = {"slurm": slurm.asked}
"""launcher -> what asks its queue"""
OTHERS: Final = 10
"""sweeps that are named besides the one that is shown"""
UNDER_WAY: Final = 3
"""exit status: a job waits or is under way, and none has failed so far"""
_KEY: Final = "sweep="


def shown(folder: Path) -> tuple[str, int]:
    """Return what is said of a sweep, and the exit status: 1 a job or a cell has failed, 3 not yet done, 0 done.

    Raises:
        StoreError: a file of it cannot be read.
    """
    record = sweep_folder.read(folder)
    summary = SweepSummary(sweep_folder.statuses(folder, QUEUES.get(record.launcher, lambda names: {})))
    lines = [_head(folder, record), *_rows(summary, record), "", str(summary)]
    return "\n".join(lines), 1 if summary.failed else UNDER_WAY if summary.unfinished else 0


def chosen(folders: Sequence[Path], name: str) -> Path:
    """Return the sweep that a name or folder means; the newest without one.

    Raises:
        ConfigError: there is none of that name, or several.
    """
    if not folders and not name:
        raise ConfigError("there is no sweep in these results; begin one (make sweep …), or name others (results=DIR)")
    if not name:
        return folders[0]
    if (Path(name).expanduser() / sweep_folder.FILE).is_file():
        return Path(name).expanduser()
    found = [folder for folder in folders if folder.name == name] or [one for one in folders if name in one.name]
    if len(found) == 1:
        return found[0]
    known = ", ".join(folder.name for folder in (found or folders)[:OTHERS]) or "none"
    raise ConfigError(f"{_KEY}{name} names {len(found) or 'no'} sweeps; there are {known}")


def _head(folder: Path, record: SweepRecord) -> str:
    begun = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.begun))
    return f"{folder.name}: {' '.join(record.overrides)}\nbegun {begun} on {record.process.host} ({record.launcher})\n"


def _rows(summary: SweepSummary, record: SweepRecord) -> list[str]:
    """Return a line of each job: number, state, time, where, what was set for it alone."""
    rows = [
        (str(job.job), job.state, _time(job), _place(job, record), summary.name(job) + _why(job))
        for job in summary.jobs
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return ["  ".join([*map(str.ljust, row[:4], widths), row[4]]).rstrip() for row in rows]


def _time(job: JobStatus) -> str:
    """Return how long a job took, or has taken so far."""
    until = time.time() if job.state == "started" else job.ended
    if job.begun is None or until is None or job.state in ("waiting", "dropped"):
        return "–"
    return clock(until - job.begun)


def _place(job: JobStatus, record: SweepRecord) -> str:
    queued = record.queued.get(str(job.job), "")
    place = job.process.host if job.process is not None and job.state != "waiting" else ""
    return " ".join(filter(None, (place, queued))) or "–"


def _why(job: JobStatus) -> str:
    again = f", attempt {job.attempts}" if job.attempts > 1 else ""
    return f"{again} ({job.reason.splitlines()[0]})" if job.reason else again


@quiet_when_reader_goes
def main() -> None:
    """Show a sweep: the newest, or sweep=NAME (a part of it, or its folder); results=DIR as for the harness.

    Exit status: 0 all jobs ended well, 1 something failed, was killed or never begun, 3 jobs wait or are under way.
    """
    names = [line.removeprefix(_KEY) for line in sys.argv[1:] if line.startswith(_KEY)]
    sys.argv[1:] = [line for line in sys.argv[1:] if not line.startswith(_KEY)]
    config = configured("harness.cli.status", main.__doc__)
    try:
        folders = sweep_folder.sweep_folders(results_of(config))
        folder = chosen(folders, names[-1] if names else "")
        text, code = shown(folder)
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    others = [one.name for one in folders if one != folder][:OTHERS]
    print(text)
    if others and not names:
        print(f"\nOther sweeps (sweep=NAME): {', '.join(others)}")
    sys.exit(code)


if __name__ == "__main__":
    main()
