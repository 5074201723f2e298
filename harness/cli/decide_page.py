"""What the section Decide of a page computes from: an experiment, its studies, and every decision of conf/decision."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from harness.analysis.costs.horizon import Costing
from harness.analysis.selection import SelectedRecords
from harness.cli.builder import Builder
from harness.cli.config import compose_job, resolved
from harness.cli.decide import GROUP, data_from, presets
from harness.cli.measured import MONEY
from harness.cli.old_names import key_of
from harness.errors import ConfigError, CutleryError, joined
from harness.studies.decision.decision import Decision
from harness.studies.decision.measured import measure
from harness.studies.decision.page_data import page_data

OWN: Final = "own"
"""shown first where no decision is called like the task"""
CHANGING: Final = (*MONEY, "adapter")
"""nodes whose values are part of decisions and criteria"""


def decide_data(
    folder: Path, chosen: SelectedRecords, money: Costing | None, overrides: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Return what a page decides from; {} for fewer than two arms, `problem` alone where a decision is wrong.

    Args:
        folder: of the experiment; studies beside it are read, too.
        chosen: its records.
        money: prices and use.
        overrides: KEY=VALUE of the command; those of prices and use count.
    """
    try:
        task = next(iter(chosen.arms.values()))[0].cell.task
        offered = decisions(task, tuple(line for line in overrides if key_of(line).split(".")[0] in CHANGING))
        data = data_from(folder, chosen, (), offered[0], money)
        return page_data(measure(data, offered[0]), offered) if len(data.arms) > 1 else {}
    except CutleryError as error:  # a decision that is wrong takes nothing from the results
        return {"problem": str(error)}


@cache
def decisions(task: str, overrides: tuple[str, ...] = ()) -> Sequence[Decision]:
    """Return all decisions of conf/decision, the one that is called like the task first, or else own.

    Raises:
        ConfigError: lists what is wrong with them, with files and keys.
    """
    names = presets()
    first = task if task in names else OWN
    ordered = sorted(names, key=lambda name: name != first)
    config = compose_job([*(f"+{GROUP}@{GROUP}.{name}={name}" for name in ordered), *overrides])[0]
    plain, builder = resolved(config)[GROUP], Builder()
    built = [builder.build(plain[name], f"conf/{GROUP}/{name}.yaml") for name in ordered]
    if builder.problems:
        raise joined(ConfigError, f"conf/{GROUP}", list(dict.fromkeys(builder.problems)))
    return [one for one in built if isinstance(one, Decision)]
