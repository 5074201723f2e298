"""One job as Hydra calls it: an experiment or a study; in a sweep, its status file says how it went.

A launcher may call it in another process, on another machine: what is known of a job is therefore in files alone.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from harness.cli.config import hide_secrets_in_logs, register_resolvers
from harness.cli.job import ExperimentJob
from harness.cli.measured import given_overrides, measured_overrides
from harness.cli.study_job import StudyJob, names_study
from harness.cli.sweep import job_status
from harness.cli.sweep.job_status import State
from harness.cli.sweep.sweep_folder import forget_command_line
from harness.errors import CutleryError, redacted
from harness.studies.study import DoesNotApplyError

log = logging.getLogger("harness")

FAILED: Final = 1
"""exit status: a cell failed, or with strict=true something was flagged"""
USER_ERROR: Final = 2
"""exit status: configuration or data is wrong"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went."""

    state: State = "finished"
    reason: str = ""
    """why it was not run at all"""
    failures: Mapping[str, str] = field(default_factory=dict)
    """cell -> why it failed"""
    flags: Sequence[str] = ()
    """what must be acted on, with strict=true"""

    @property
    def exit_status(self) -> int:
        """Of a command that runs this job alone."""
        if self.state in ("refused", "skipped"):
            return USER_ERROR
        return FAILED if self.failures or self.flags or self.state != "finished" else 0


def run_job(config: DictConfig, status: Path | None = None) -> None:
    """Run one Hydra job. A single one ends the process with its exit status; of a sweep, its file says how it went.

    Args:
        config: composed.
        status: the file of a job of a sweep that was started as a command of its own.
    """
    register_resolvers()  # a worker of a launcher has not been told yet
    hide_secrets_in_logs()
    context = HydraConfig.get()
    if context.mode == RunMode.MULTIRUN:
        folder = Path(context.sweep.dir).absolute()
        forget_command_line(folder)  # kill -9 may come at any moment from here
        _run_in_sweep(config, job_status.status_file(folder, context.job.num))
    elif status is not None:
        sys.exit(_run_in_sweep(config, status).exit_status)
    elif code := _attempt(config, guarded=False).exit_status:
        sys.exit(code)  # raised any further, Hydra would put its own words around an error


def _run_in_sweep(config: DictConfig, status: Path) -> Outcome:
    """Run a job of a sweep, whose failure is noted: the next job goes on."""
    folder, number = status.parent, int(status.stem.rpartition("-")[2])
    with job_status.under_way(folder, number, given_overrides(HydraConfig.get())):
        with _interruptions_noted(folder, number):
            outcome = _attempt(config, guarded=True)
        job_status.note_end(folder, number, outcome.state, outcome.reason, outcome.failures, outcome.flags)
    return outcome


@contextmanager
def _interruptions_noted(folder: Path, number: int) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        job_status.note_end(folder, number, "stopped", "by Ctrl-C or a signal; what was finished is kept")
        raise
    except BaseException as error:  # what a library calls sys.exit for, or a defect of ours
        job_status.note_end(folder, number, "failed", redacted(f"{type(error).__name__}: {error}"))
        raise


def _attempt(config: DictConfig, *, guarded: bool) -> Outcome:
    """Run what the configuration describes, and say what is wrong with it.

    Args:
        config: composed.
        guarded: whether an unexpected error is an outcome as well, and not raised.
    """
    context = HydraConfig.get()
    try:
        job = _job_of(config, measured_overrides(context), given_overrides(context), list(context.overrides.task))
        failures = job.execute()
        _say(job.flags)
        return Outcome("failed" if failures else "finished", "", failures, job.flags)
    except DoesNotApplyError as error:
        log.warning("%s", words := redacted(str(error)))
        return Outcome("skipped", words)
    except (CutleryError, OSError) as error:
        log.error("%s", words := redacted(f"{type(error).__name__}: {error}"))
        return Outcome("refused", words)
    except Exception as error:
        if not guarded:
            raise
        log.error("%s", traceback.format_exc())
        return Outcome("failed", redacted(f"{type(error).__name__}: {error}"))


def _job_of(config: DictConfig, overrides: str, given: list[str], raw: list[str]) -> ExperimentJob | StudyJob:
    """Return the experiment that the configuration describes, or with study=NAME the study."""
    if names_study(config, given):
        return StudyJob(config, overrides, given, raw)
    return ExperimentJob(config, overrides, given)


def _say(flags: Sequence[str]) -> None:
    """Print what must be acted on where a caller looks for errors; the table shows it as well."""
    if flags:
        print("\n".join(["strict=true, and the table has something to act on:", *flags]), file=sys.stderr)


def task_function(status: Path | None) -> Callable[[DictConfig], None]:
    """Return what Hydra calls for a job.

    Args:
        status: the file of a job of a sweep that was started as a command of its own; None for all others.
    """
    if status is None:
        return run_job  # by its name, so that a launcher can send it to another process

    def of_sweep(config: DictConfig) -> None:
        run_job(config, status)

    return of_sweep
