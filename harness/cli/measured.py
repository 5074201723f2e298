"""Which settings make another experiment: they name its folder of results, all others do not."""

from collections.abc import Mapping
from typing import Any, Final

from hydra.conf import HydraConf
from omegaconf import DictConfig

from harness.cli import old_names
from harness.errors import masked, masked_override

MONEY: Final = ("prices", "horizon")
"""Nodes that are read when a table is made, and change nothing else."""
AFTERWARDS: Final = (*MONEY, "decision")
"""Nodes that change nothing that is run: they are in no record and in no name of a folder."""
LAUNCHER: Final = "launcher"
"""The node of what runs the jobs of a sweep, which changes no result."""
NAMED_OTHERWISE: Final = frozenset({
    "arm", "audit", "dry_run", "metric", "model", "model.name", "model.path", "report", "results", "seed", "store",
    "strict", "study", "task", "task.dir", "task.name", "tracker", "tracker.artifacts", "tracker.experiment",
    "tracker.uri",
})  # fmt: skip
"""Keys that the folder or a record is named by, or that choose what is looked at."""
SPEED: Final = frozenset({
    "model.batch_size", "model.batch_tokens", "model.device", "timing", "timing.concurrency", "timing.examples",
    "timing.per_answer", "timing.repeats", "timing.seed", "timing.warmup",
})  # fmt: skip
"""Keys of how answers are made and timed, which are the same answers."""


def given_overrides(hydra: HydraConf | DictConfig) -> list[str]:
    """Return all overrides, each KEY=VALUE, without secrets."""
    return [masked_override(line) for line in hydra.overrides.task]


def measured_overrides(hydra: HydraConf | DictConfig) -> str:
    """Return the overrides that make another experiment, sorted, with commas between; prices and use make none.

    Secrets are replaced, as the folder of the results is named after them. Not Hydra's `override_dirname`, which its
    version 1.4 deprecates.
    """
    return ",".join(sorted({line for line in given_overrides(hydra) if _measured(old_names.key_of(line))}))


def measured_config(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a configuration, as plain data, that a record keeps; without secrets."""
    return {key: masked(value) for key, value in plain.items() if key not in (*AFTERWARDS, LAUNCHER)}


def _measured(key: str) -> bool:
    return key not in NAMED_OTHERWISE | SPEED and key.split(".")[0] not in (*AFTERWARDS, LAUNCHER)
