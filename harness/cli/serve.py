"""`make serve task=… model=…`: vLLM's command for an experiment's base and all its adapters, by the arms' names.

The base is the one that the adapters were trained on: one in NF4 is exported first (`make export-base`). What is served
is noted in the store, where `model=server model.model=NAME` finds addresses, adapters and revision.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from typing import Final

from harness.cli.command import log_own_work
from harness.cli.config import compose
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.served import URL
from harness.cli.serving import Service, remember, service
from harness.errors import ConfigError, CutleryError
from harness.runner.experiment import Experiment

RUN: Final = "run"
"""run=true starts the server, too"""
ADDRESS: Final = "url"
"""another address of this machine, for the server and for model=server"""
PYTHON: Final = "CUTLERY_VLLM"
"""environment variable with the Python of the environment that vLLM is in"""
EXTRA: Final = "vllm"
"""further arguments of vLLM, as one text"""


def split(overrides: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return this command's own settings, and the experiment's overrides."""
    own = {key: value for key, equals, value in (line.partition("=") for line in overrides) if key in _KNOWN and equals}
    return own, [line for line in overrides if line.partition("=")[0] not in _KNOWN]


_KNOWN: Final = (RUN, ADDRESS, EXTRA)


def experiment_command(one: Service, wanted: Experiment, overrides: Sequence[str] = ()) -> str:
    """Return the command that asks this server, with what else was set for the adapters: `store=…`, `limit=…`."""
    arms = f"arm=[{','.join(wanted.arms)}]"
    said = [f"task={wanted.task.name}", "model=server", f"model.model={one.name}", f"seed={wanted.seed}", arms]
    said_already = re.compile(r"[+~]*(?:(?:model|seed|arm)\b|task=)")
    return shlex.join(["make", "experiment", *said, *(line for line in overrides if not said_already.match(line))])


def prepared(overrides: Sequence[str]) -> tuple[Service, Experiment, Sequence[str]]:
    """Return what is served, for what, and vLLM's command; what is served is noted in the store.

    Raises:
        CutleryError: the configuration is wrong, or something that is to be served is missing.
    """
    own, rest = split(overrides)
    one, wanted = service(compose(rest))
    url = own.get(ADDRESS, URL)
    remember(one, wanted, url)
    return one, wanted, [*one.command(url, os.environ.get(PYTHON, "")), *shlex.split(own.get(EXTRA, ""))]


@quiet_when_reader_goes
def main() -> None:
    """Print vLLM's command for an experiment: its overrides; run=true starts it, url=ADDRESS, vllm="MORE ARGUMENTS"."""
    log_own_work()
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"python -m harness.cli.serve [KEY=VALUE …]\n\n{main.__doc__}")
        return
    try:
        one, wanted, command = prepared(sys.argv[1:])
        print(shlex.join(command), flush=True)
        asking = experiment_command(one, wanted, split(sys.argv[1:])[1])
        print(f"\nthen, in another terminal:\n{asking}", file=sys.stderr)
        if split(sys.argv[1:])[0].get(RUN, "").lower() == "true":
            start(command)
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")


def start(command: Sequence[str]) -> None:
    """Become the server.

    Raises:
        ConfigError: vLLM is not installed here.
    """
    program = shutil.which(command[0])
    if not program:
        raise ConfigError(
            f"{command[0]} is not on the path; vLLM needs an environment of its own (docs/SERVERS.md): name its Python "
            f"by the environment variable {PYTHON}, or copy the command above"
        )
    os.execvp(program, [program, *command[1:]])


if __name__ == "__main__":
    main()
