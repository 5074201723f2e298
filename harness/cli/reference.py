"""`python -m harness.cli.reference task=…`: run or collect an experiment and make it the committed reference."""

import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.cli import tables
from harness.cli.config import REFERENCE
from harness.cli.job import composed
from harness.errors import ArmError, ConfigError, CutleryError


def renew(overrides: Sequence[str], reference: Path = REFERENCE) -> Path | None:
    """Run what is missing of an experiment and put its records and tables into the reference.

    Returns:
        The folder; None for a dry run.

    Raises:
        ArmError: a cell failed; the reference stays what it was.
        CutleryError: the configuration or the data is wrong, or `results` is the reference.
    """
    job = composed(overrides)
    wanted = job.run.experiment
    if wanted.results.resolve() == reference.resolve():
        raise ConfigError(f"results is {wanted.results}, the reference itself; leave it out")
    failures = job.execute()
    if wanted.dry_run:
        return None
    if failures:
        raise ArmError(f"{len(failures)} cells failed; the reference was not renewed")
    folder = reference / job.folder.relative_to(wanted.results)
    copy = folder / "records.partial"  # renamed when it is whole: a kill leaves the old records or the new ones
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(job.folder / "records", copy)
    shutil.rmtree(folder / "records", ignore_errors=True)
    copy.rename(folder / "records")
    tables.write(folder, wanted.reports.values(), wanted.costing)
    return folder


def main() -> None:
    """Renew results/reference/TASK/MODEL; overrides as for `make experiment`."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for name in ("harness", "pipelines"):
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        folder = renew(sys.argv[1:])
    except (CutleryError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    if folder is not None:
        print(f"The reference is now in {folder}")


if __name__ == "__main__":
    main()
