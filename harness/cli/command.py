"""What the commands over all experiments (tables, report, export) do first: read the command line, find the folders."""

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from harness.cli.config import Composed, compose, results_of
from harness.cli.folders import result_folders
from harness.cli.study_tables import study_folders
from harness.errors import ConfigError, CutleryError

OWN: Final = ("harness", "pipelines")
"""packages whose log is shown"""
CHOOSING = ("task", "model", "arm", "seed", "limit")
"""keys that choose an experiment; these commands take every experiment below `results`"""


def log_own_work() -> None:
    """Say on stderr what this project does; of what libraries say, only warnings."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)


def configured(program: str, description: str | None) -> Composed:
    """Return the configuration of the command line; --help prints the description, a wrong key ends the program."""
    log_own_work()
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"python -m {program} [KEY=VALUE …]\n\n{description}")
        sys.exit()
    try:
        check_keys(sys.argv[1:], program)
        return compose(sys.argv[1:])
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")


def check_keys(overrides: Sequence[str], program: str) -> None:
    """Raise ConfigError for a key that would choose an experiment."""
    for line in overrides:
        if line.split("=")[0] in CHOOSING:
            text = f"{line}: {program} takes every experiment below results; name a folder instead"
            raise ConfigError(f"{text} (results=results/qa)")


def for_each_experiment(
    config: Composed, work: Callable[[Path], tuple[str, Sequence[str]]], *, with_studies: bool = False
) -> NoReturn:
    """Do something for each folder below `results`, then end the program.

    Args:
        config: composed.
        with_studies: also for each folder of a study.
        work: returns what to print, and a line for each record that it had to leave out; the exit status is then 1,
            as it is where a folder fails.
    """
    try:
        root, failed = results_of(config), False
    except ConfigError as error:
        sys.exit(f"ConfigError: {error}")
    folders = [*result_folders(root), *(study_folders(root) if with_studies else ())]
    if not folders:
        sys.exit(
            f"No records below {root}. Run an experiment first, or name another folder: results=DIR "
            "(the committed ones: results=results/reference)."
        )
    for folder in folders:
        try:
            text, left_out = work(folder)
            print(text)
        except CutleryError as error:
            text, left_out = "", [str(error)]
        for line in left_out:
            print(f"{folder}: {line}", file=sys.stderr)
        failed = failed or bool(left_out)
    sys.exit(failed)
