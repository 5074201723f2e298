"""How the cells of a sweep went: each job leaves a line, the end of the sweep reads them all.

Hydra names only the first failed job; a user wants every cell that has to be looked at.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

OUTCOME = "outcome.json"

_finished: list[Path] = []
"""Folder of the sweep that ended in this process, if one did."""


class Outcomes(Callback):
    """Hydra callback: remembers, for the end, where the jobs of this sweep left their outcomes."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Remember the folder of the sweep."""
        _finished.append(Path(config.hydra.sweep.dir))


def note(folder: Path, job: str, failures: dict[str, str]) -> None:
    """Leave the outcome of one job in its folder: cell (or job) -> why it failed; empty when none did."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OUTCOME).write_text(json.dumps({"job": job, "failures": failures}, ensure_ascii=False), encoding="utf-8")


def summary() -> tuple[str, int] | None:
    """Return what to print at the end of a sweep and how many cells failed; None when there was no sweep."""
    if not _finished:
        return None
    outcomes = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(_finished[-1].glob(f"*/{OUTCOME}"))]
    shutil.rmtree(_finished[-1])
    failures = {cell: reason for outcome in outcomes for cell, reason in outcome["failures"].items()}
    if not failures:
        return f"Sweep: {len(outcomes)} jobs, no cell failed.", 0
    lines = [f"  - {cell}: {reason.splitlines()[0]}" for cell, reason in failures.items()]
    head = f"Sweep: {len(outcomes)} jobs; {len(failures)} cells failed (the same command tries them again):"
    return "\n".join([head, *lines]), len(failures)
