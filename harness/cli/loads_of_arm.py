"""`python -m harness.cli.loads_of_arm ARM KEY=VALUE …`: answers one question and prints what this process has loaded.

In a process of its own: one that has answered with another arm has that arm's packages, too.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import psutil

from harness.cli.config import compose, experiment
from harness.errors import ArmError, CutleryError
from harness.machine.packages import loaded_packages
from harness.store.store import Store


def loads(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Answer one question with an arm whose artifacts are all made; return processes and packages as plain data.

    Raises:
        ArmError: something that it needs is not in the store yet.
        CutleryError: the configuration or the data is wrong.
    """
    wanted = experiment(compose(overrides))
    arm, task, store = wanted.arms[name], wanted.task, Store(wanted.store)
    work = arm.workload(task, store, wanted.seed)
    if not all(work.artifacts.values()) or work.index_documents:
        raise ArmError(f"arm {name}: its artifacts are not in the store yet; run the experiment first")
    timed = arm.prepare(task, store, wanted.seed).timed()
    timed.activate(timed.uses[0])
    timed.answer(task.examples("test")[0])
    processes = 1 + len(psutil.Process().children(recursive=True))
    return {"processes": processes, "packages": loaded_packages()}


def main() -> None:
    """Print one line of JSON."""
    try:
        print(json.dumps(loads(sys.argv[1], sys.argv[2:])))
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
