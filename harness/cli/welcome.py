"""What `make experiment` says when it is asked for nothing."""

import re
from pathlib import Path
from typing import Final

SHIPPED: Final = re.compile(r"# Shipped task: ([^.]+)")
"""how the file of a task begins whose data lie in this repository"""


def welcome(conf: Path) -> str:
    """Return what can be run at once, one line per shipped task, and where to go from there.

    Args:
        conf: the folder of the yaml files.
    """
    tasks = shipped_tasks(conf)
    width = max(map(len, tasks), default=0)
    lines = [f"  make experiment task={name.ljust(width)}   {about}" for name, about in tasks.items()]
    return "\n".join(
        [
            "An experiment compares ways to answer the questions of one task: by the bare model (base), with retrieval",
            "(rag), with fine-tuning (qlora), and with both (hybrid, raft). Choose a task:",
            "",
            *lines,
            "",
            "They run on the small model of this repository, without a download or a GPU. Behind the task:",
            "",
            "  limit=20       a first look at 20 examples",
            "  dry_run=true   what would be done, and how long it would take on this machine",
            "",
            "Your own data: make init dir=DATA. All that can be set: .venv/bin/python -m harness --help",
        ]
    )


def shipped_tasks(conf: Path) -> dict[str, str]:
    """Return what each task is about whose data lie in this repository, by its name."""
    begins = {path.stem: SHIPPED.match(path.read_text(encoding="utf-8")) for path in sorted(conf.glob("task/*.yaml"))}
    return {name: found[1] for name, found in begins.items() if found}
