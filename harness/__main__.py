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

from harness.cli import old_names
from harness.cli.config import (
    ROOT,
    USER_ERRORS,
    check_places,
    hide_secrets_in_logs,
    own_parts,
    register_resolvers,
    to_user_error,
)
from harness.cli.free_text import as_text
from harness.cli.hydra_job import FAILED, USER_ERROR, task_function
from harness.cli.hydra_versions import VERSION_BASE
from harness.cli.sweep.command import OPTION, obey_whoever_began_us
from harness.cli.sweep.plan import planned, refuse_alone
from harness.cli.sweep.sweep_run import SweepRun
from harness.cli.welcome import welcome
from harness.errors import CutleryError, reason, redacted

INTERRUPTED: Final = 130
"""exit status: stopped by Ctrl-C"""

STOPPED: Final = "Stopped. What was finished is kept; the same command goes on from there."


def main() -> None:
    """Compose the configuration, run, and turn what went wrong into a message and an exit status."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors are caught here; Hydra would print them its own way
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)  # until Hydra sets it up
    register_resolvers()
    status = _status_of_sweep()
    hide_secrets_in_logs(sys.argv[1:])
    if not sys.argv[1:]:
        print(welcome(ROOT / "conf"))
        return
    sweep: SweepRun | None = None
    code = 0
    try:
        check_places(sys.argv[1:])
        arguments = as_text(own_parts(old_names.renewed(sys.argv[1:])))
        plan = planned(arguments)
        if plan is None:
            refuse_alone(arguments)
            _by_hydra(arguments, status)
        else:
            sweep = SweepRun(plan)
            sweep.execute(_by_hydra)
    except (CutleryError, *USER_ERRORS, OSError) as error:
        shown = to_user_error(error)
        print(f"{type(shown).__name__}: {shown}", file=sys.stderr)
        code = USER_ERROR
    except Exception as error:
        code = _unexpected(error, sweep)
    except KeyboardInterrupt as stop:  # a job that was running says how far it came
        print(f"\n{str(stop) or STOPPED}", file=sys.stderr)
        code = INTERRUPTED
    except SystemExit as ended:
        if sweep is None:
            raise
        code = ended.code if isinstance(ended.code, int) else FAILED
    sys.exit(code if sweep is None else _end(sweep, code))


def _status_of_sweep() -> Path | None:
    """Return the file of the job of a sweep that this command is, and take it off the command line."""
    if sys.argv[1:2] != [OPTION]:
        return None
    obey_whoever_began_us()
    _, _, path, *overrides = sys.argv
    sys.argv[1:] = overrides
    return Path(path)


def _by_hydra(arguments: Sequence[str], status: Path | None = None) -> None:
    sys.argv[1:] = arguments
    hydra.main(**VERSION_BASE, config_path=str(ROOT / "conf"), config_name="config")(task_function(status))()


def _unexpected(error: Exception, sweep: SweepRun | None) -> int:
    """Print an error that has no words for a user, and return the exit status."""
    if sweep is not None and sweep.begun:  # of one of Hydra's launchers: a worker was killed, or a job of its queue
        print(f"What ran the jobs has stopped: {reason(error)}", file=sys.stderr)
        return FAILED
    if HydraConfig.initialized():  # a defect of ours; what it says may hold a secret
        print(redacted(traceback.format_exc()), file=sys.stderr)
        return FAILED
    print(f"ConfigError: {to_user_error(error)}", file=sys.stderr)
    return USER_ERROR


def _end(sweep: SweepRun, code: int) -> int:
    """Print how the jobs of a sweep went, as their files say, and return the exit status."""
    summary = sweep.conclude(untouched=code == USER_ERROR)
    if summary is None or code == INTERRUPTED:
        return code
    print(f"\n{summary}")
    return code or (FAILED if summary.failed else 0)


if __name__ == "__main__":
    main()
