"""`python -m harness`: one experiment, or with -m a sweep of them."""

import logging
import os
import re
import sys
import traceback
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import hydra
from hydra.conf import HydraConf
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from harness.cli import tables
from harness.cli.config import MONEY, ROOT, USER_ERRORS, experiment, register_resolvers, resolved, to_user_error
from harness.cli.sweep_summary import Job, Sweep
from harness.errors import CutleryError
from harness.metrics.selftest.check import try_metrics
from harness.runner.experiment import Experiment
from harness.runner.plan import plan
from harness.runner.run import Run

log = logging.getLogger("harness")

FAILED, USER_ERROR, INTERRUPTED = 1, 2, 130
"""Exit statuses: a cell failed; configuration or data is wrong; stopped by Ctrl-C."""

_sweep = Sweep()
"""Of this process; empty when it runs a single job."""

LONGEST_NAME = 120
"""Characters of a folder name made from overrides; longer ones, and ambiguous ones, end in a hash."""


def result_folder(wanted: Experiment, overrides: str) -> Path:
    """Return where tables and records go: task, model, and the settings that differ from the defaults."""
    folder = wanted.results / _path_part(wanted.task.name) / _path_part(wanted.model_name)
    if not overrides:
        return folder
    name = _path_part(overrides)
    if name != overrides or len(name) > LONGEST_NAME:  # a replaced character could have been another one
        name = f"{name[: LONGEST_NAME - 9]}-{sha256(overrides.encode()).hexdigest()[:8]}"
    return folder / name


def _path_part(text: str) -> str:
    return re.sub(r"[^\w.,=\[\]+-]+", "_", text).lstrip(".") or "_"


def run(config: DictConfig, overrides: str, given: Sequence[str]) -> dict[str, str]:
    """Run one experiment and print its table.

    Args:
        config: composed.
        overrides: what the command line set that changes the folder of results.
        given: all that the command line set, each KEY=VALUE.

    Returns:
        The failed cells and why they failed.

    Raises:
        CutleryError: nothing could be run, or what was found cannot be written.
    """
    wanted = experiment(config)
    measured = {key: value for key, value in resolved(config).items() if key not in MONEY}
    job = Run(wanted, result_folder(wanted, overrides), measured, given)
    job.check()
    todo = plan(job)
    print(todo, flush=True)
    if wanted.dry_run:
        return {}
    if not todo.complete:
        print(flush=True)
        try_metrics(wanted.metrics)
        job.execute()
    job.conclude()
    failures = {str(cell.cell): cell.failure for cell in job.cells if cell.failure}
    _show(job, every_cell_failed=len(failures) == len(job.cells))
    failures |= {f"{cell.cell} (timing)": cell.timing_problem for cell in job.cells if cell.timing_problem}
    return failures


def _show(job: Run, *, every_cell_failed: bool) -> None:
    try:
        result = tables.compared(job.folder, job.experiment.costing)
        written = tables.put(job.folder, job.experiment.reports.values(), result)
        # the rest stands in the files: a screen that has scrolled away tells nobody who won, or where to look
        print(f"\n{tables.SCREEN.render(result.table).rstrip()}\n\n{written}", flush=True)
    except CutleryError as error:
        if not every_cell_failed:
            raise
        log.error("No table was made, and one in %s is of an earlier run: %s", job.folder, error)
        return
    try:
        told = job.experiment.tracker.log(job.folder, result.table, result.arms)
    except CutleryError as error:  # the results are on disk: a copy that was not made takes nothing from them
        log.error("%s", error)
        return
    if told:
        print(told, flush=True)


def _measured_overrides(context: HydraConf) -> str:
    """Return Hydra's override_dirname without what is said about money: other prices are no other experiment."""
    named = set(context.job.config.override_dirname.exclude_keys)
    keys = [(line, line.lstrip("+~").partition("=")[0]) for line in context.overrides.task]
    return ",".join(sorted(line for line, key in keys if key not in named and key.split(".")[0] not in MONEY))


def _job(config: DictConfig) -> None:
    """Run one Hydra job; in a sweep its failure is noted and the next job goes on."""
    context = HydraConfig.get()
    sweeping = context.mode == RunMode.MULTIRUN
    failures, failure = {}, ""
    try:
        failures = run(config, _measured_overrides(context), list(context.overrides.task))
    except (CutleryError, OSError) as error:
        failure = f"{type(error).__name__}: {error}"
        log.error("%s", failure)
        if not sweeping:
            sys.exit(USER_ERROR)  # raised any further, Hydra would put its own words around it
    except Exception as error:
        if not sweeping:
            raise
        failure = f"{type(error).__name__}: {error}"
        log.error("%s", traceback.format_exc())
    if sweeping:
        _sweep.note(Job(list(context.overrides.task), failures, failure), Path(context.sweep.dir))
    elif failures:
        sys.exit(FAILED)


def main() -> None:
    """Compose the configuration, run, and turn what went wrong into a message and an exit status."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors are caught here; Hydra would print them its own way
    register_resolvers()
    try:
        hydra.main(version_base="1.3", config_path=str(ROOT / "conf"), config_name="config")(_job)()
    except (*USER_ERRORS, OSError) as error:
        told = to_user_error(error)
        print(f"{type(told).__name__}: {told}", file=sys.stderr)
        sys.exit(USER_ERROR)
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    finally:
        _sweep.clean()
    if _sweep.jobs:
        print(f"\n{_sweep.summary()}")
        sys.exit(FAILED if _sweep.failed else 0)


if __name__ == "__main__":
    main()
