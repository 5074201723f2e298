"""`python -m harness`: one experiment, or with -m a sweep of them."""

import logging
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from harness import sweep, tables
from harness.config import ROOT, Experiment, experiment, register_resolvers, resolved
from harness.errors import CutleryError
from harness.plan import plan
from harness.runner import Run

log = logging.getLogger("harness")

FAILED, MISTAKEN, INTERRUPTED = 1, 2, 130
"""Exit statuses: a cell failed; configuration or data is wrong; stopped by Ctrl-C."""

LONGEST_NAME = 120
"""Characters of a folder name made from overrides; longer ones end in a hash."""


def result_folder(wanted: Experiment, overrides: str) -> Path:
    """Return where tables and records go: task, model, and the settings that differ from the defaults."""
    folder = wanted.results / _path_part(wanted.task.name) / _path_part(wanted.model_name)
    if not overrides:
        return folder
    name = _path_part(overrides)
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 9]}-{sha256(overrides.encode()).hexdigest()[:8]}"
    return folder / name


def _path_part(text: str) -> str:
    return re.sub(r"[^\w.,=\[\]+-]+", "_", text).lstrip(".") or "_"


def run(config: DictConfig, overrides: str) -> dict[str, str]:
    """Run one experiment and print its table.

    Returns:
        The failed cells and why they failed.

    Raises:
        CutleryError: nothing could be run.
    """
    wanted = experiment(config)
    job = Run(wanted, result_folder(wanted, overrides), resolved(config))
    job.check()
    todo = plan(job)
    print(todo, flush=True)
    if wanted.dry_run:
        return {}
    if not todo.complete:
        print(flush=True)
        job.execute()
    refused = {cell.cell.arm: cell.failure for cell in job.cells if cell.failure}
    if len(refused) < len(job.cells):
        print(f"\n{tables.write(job.folder, wanted.reports.values(), refused)}", flush=True)
    return {str(cell.cell): cell.failure for cell in job.cells if cell.failure}


def _job(config: DictConfig) -> None:
    """Run one Hydra job; in a sweep its failure is noted and the next job goes on."""
    context = HydraConfig.get()
    name = context.job.override_dirname
    try:
        failures = run(config, name)
    except CutleryError as error:
        log.error("%s: %s", type(error).__name__, error)
        if context.mode != RunMode.MULTIRUN:
            sys.exit(MISTAKEN)  # raised any further, Hydra would put its own words around it
        failures = {", ".join(context.overrides.task): str(error)}
    if context.mode == RunMode.MULTIRUN:
        sweep.note(Path(context.sweep.dir) / context.sweep.subdir, name, failures)
    elif failures:
        sys.exit(FAILED)


def main() -> None:
    """Compose the configuration, run, and turn what went wrong into a message and an exit status."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors are caught here; Hydra would print them its own way
    register_resolvers()
    try:
        hydra.main(version_base="1.3", config_path=str(ROOT / "conf"), config_name="config")(_job)()
    except hydra.errors.HydraException as error:
        print(f"ConfigError: {error}", file=sys.stderr)
        sys.exit(MISTAKEN)
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    ended = sweep.summary()
    if ended is not None:
        print(f"\n{ended[0]}")
        sys.exit(FAILED if ended[1] else 0)


if __name__ == "__main__":
    main()
