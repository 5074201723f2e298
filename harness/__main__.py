"""`python -m harness`: one experiment, or with -m a sweep of them."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from harness.cli import old_names
from harness.cli.config import (
    ROOT,
    USER_ERRORS,
    check_places,
    given_overrides,
    hide_secrets_in_logs,
    measured_overrides,
    own_parts,
    register_resolvers,
    to_user_error,
)
from harness.cli.free_text import as_text
from harness.cli.job import ExperimentJob
from harness.cli.study_job import StudyJob, names_study
from harness.cli.sweep_summary import Job, Sweep
from harness.cli.welcome import welcome
from harness.errors import CutleryError, redacted
from harness.studies.study import DoesNotApplyError

log = logging.getLogger("harness")

FAILED, USER_ERROR, INTERRUPTED = 1, 2, 130
"""Exit statuses: a cell failed, or with strict=true a flag; configuration or data is wrong; stopped by Ctrl-C."""

STOPPED: Final = "Stopped. What was finished is kept; the same command goes on from there."

_sweep = Sweep()
"""Of this process; empty when it runs a single job."""


def _job(config: DictConfig) -> None:
    """Run one Hydra job; in a sweep its failure is noted and the next job goes on."""
    context = HydraConfig.get()
    sweeping = context.mode == RunMode.MULTIRUN
    given = given_overrides(context)
    failures, failure, skipped, flags = {}, "", "", tuple[str, ...]()
    if sweeping:
        _sweep.begin(Path(context.sweep.dir))
    try:
        job = _job_of(config, measured_overrides(context), given, list(context.overrides.task))
        failures = job.execute()
        flags = job.flags
        _say(flags)
    except DoesNotApplyError as error:
        skipped = redacted(str(error))
        log.warning("%s", skipped)
        if not sweeping:
            sys.exit(USER_ERROR)
    except (CutleryError, OSError) as error:
        failure = redacted(f"{type(error).__name__}: {error}")
        log.error("%s", failure)
        if not sweeping:
            sys.exit(USER_ERROR)  # raised any further, Hydra would put its own words around it
    except Exception as error:
        if not sweeping:
            raise
        failure = redacted(f"{type(error).__name__}: {error}")
        log.error("%s", traceback.format_exc())
    if sweeping:
        _sweep.note(Job(given, failures, failure, flags, skipped))
    elif failures or flags:
        sys.exit(FAILED)


def _job_of(config: DictConfig, overrides: str, given: list[str], raw: list[str]) -> ExperimentJob | StudyJob:
    """Return the experiment that the configuration describes, or with study=NAME the study."""
    if names_study(config, given):
        return StudyJob(config, overrides, given, raw)
    return ExperimentJob(config, overrides, given)


def _say(flags: Sequence[str]) -> None:
    """Print what must be acted on where a caller looks for errors; the table shows it as well."""
    if flags:
        print("\n".join(["strict=true, and the table has something to act on:", *flags]), file=sys.stderr)


def main() -> None:
    """Compose the configuration, run, and turn what went wrong into a message and an exit status."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors are caught here; Hydra would print them its own way
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)  # until Hydra sets it up
    register_resolvers()
    hide_secrets_in_logs(sys.argv[1:])
    if not sys.argv[1:]:
        print(welcome(ROOT / "conf"))
        return
    try:
        check_places(sys.argv[1:])
        sys.argv[1:] = as_text(own_parts(old_names.renewed(sys.argv[1:])))
        hydra.main(version_base="1.3", config_path=str(ROOT / "conf"), config_name="config")(_job)()
    except (CutleryError, *USER_ERRORS, OSError) as error:
        shown = to_user_error(error)
        print(f"{type(shown).__name__}: {shown}", file=sys.stderr)
        sys.exit(USER_ERROR)
    except Exception as error:
        if HydraConfig.initialized():  # a defect of ours; what it says may hold a secret
            print(redacted(traceback.format_exc()), file=sys.stderr)
            sys.exit(FAILED)
        print(f"ConfigError: {to_user_error(error)}", file=sys.stderr)
        sys.exit(USER_ERROR)
    except KeyboardInterrupt as stop:  # a job that was running says how far it came
        print(f"\n{str(stop) or STOPPED}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    finally:
        _sweep.clean()
    if _sweep.jobs:
        print(f"\n{_sweep.summary()}")
        sys.exit(FAILED if _sweep.failed else 0)


if __name__ == "__main__":
    main()
