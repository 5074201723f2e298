"""`python -m harness.cli.reference task=… [study=…]`: run or collect it and make it the committed reference."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.cli import decide, study_tables, tables
from harness.cli.command import log_own_work
from harness.cli.config import REFERENCE, compose_job
from harness.cli.job import ExperimentJob
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.study_job import StudyJob, names_study
from harness.errors import ArmError, ConfigError, CutleryError
from harness.store.files import unwritable
from harness.store.records import last_run as lastrun
from harness.studies import files


def renew(overrides: Sequence[str], reference: Path = REFERENCE) -> Path | None:
    """Run what is missing of an experiment or a study and put its records and tables into the reference.

    Returns:
        The folder; None for a dry run.

    Raises:
        ArmError: a cell failed; the reference stays what it was.
        CutleryError: the configuration or the data is wrong, or `results` is the reference.
    """
    job = _job(overrides)
    wanted = job.run.base if isinstance(job, StudyJob) else job.run.experiment
    if wanted.results.resolve() == reference.resolve():
        raise ConfigError(f"results is {wanted.results}, the reference itself; leave it out")
    failures = job.execute()
    if wanted.dry_run:
        return None
    if failures:
        raise ArmError(f"{len(failures)} cells failed; the reference was not renewed")
    folder = reference / job.run.folder.relative_to(wanted.results)
    try:
        _take(job, folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    if isinstance(job, StudyJob):
        study_tables.write(folder)
    else:
        tables.write(folder, wanted.reports.values(), wanted.costing, overrides)
    # of a study, the experiment is two folders above, or three where settings of the study alone have a folder
    for place in folder.parents[1:3] if isinstance(job, StudyJob) else [folder]:
        decide.renew(place)
    return folder


def _job(overrides: Sequence[str]) -> ExperimentJob | StudyJob:
    config, measured, given = compose_job(overrides)
    if names_study(config, given):
        return StudyJob(config, measured, given, overrides)
    return ExperimentJob(config, measured, given)


def _take(job: ExperimentJob | StudyJob, folder: Path) -> None:
    """Copy the records of a job into a folder of the reference."""
    if isinstance(job, ExperimentJob):
        _replace(folder / "records", job.folder / "records")
        return
    _replace(folder / files.CONDITIONS, job.run.folder / files.CONDITIONS, keep=False)
    shutil.copy2(job.run.folder / files.FILE, folder / files.FILE)


def _replace(old: Path, new: Path, *, keep: bool = True) -> None:
    """Put a copy of `new` in the place of `old`.

    Args:
        old: of the reference.
        new: of a run.
        keep: files in `old` that no run writes are the user's and stay.
    """
    # renamed when it is whole: a kill leaves the old records or the new ones
    copy = old.with_name(f"{old.name}.partial")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(new, copy)
    for path in old.iterdir() if keep and old.is_dir() else ():
        if not path.name.endswith((".jsonl", lastrun.REFUSED, lastrun.FILE)):
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, copy / path.name)
    shutil.rmtree(old, ignore_errors=True)
    copy.rename(old)


@quiet_when_reader_goes
def main() -> None:
    """Renew results/reference/TASK/MODEL; overrides as for `make experiment`."""
    log_own_work()
    try:
        folder = renew(sys.argv[1:])
    except (CutleryError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    if folder is not None:
        print(f"The reference is now in {folder}")


if __name__ == "__main__":
    main()
