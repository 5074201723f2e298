"""What the section Decide of a page computes from: an experiment, its studies, and every decision of conf/decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from harness.analysis.costs.horizon import Costing
from harness.analysis.selection import SelectedRecords
from harness.cli.builder import Builder
from harness.cli.config import compose_job, resolved
from harness.cli.decide import GROUP, data_from, presets, with_decision
from harness.cli.measured import AFTERWARDS
from harness.cli.old_names import key_of
from harness.errors import ConfigError, CutleryError, joined
from harness.studies.decision.decision import Decision
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import measure
from harness.studies.decision.page_data import page_data
from harness.studies.decision.words import advice

CHANGING: Final = (*AFTERWARDS, "adapter")
"""nodes whose values are part of decisions and criteria"""


@dataclass(frozen=True, slots=True)
class PageCard:
    """What a page says of an experiment: the data of its section, and for an index the recommendation."""

    data: Mapping[str, Any]
    """{} for fewer than two arms; `problem` alone where a decision is wrong"""
    found: Evaluation | None = None
    """by the decision that the page starts from; None where nothing can be decided"""

    @property
    def advice(self) -> str:
        """The recommendation in a paragraph; "" without one."""
        return "" if self.found is None else advice(self.found)


def page_card(folder: Path, chosen: SelectedRecords, money: Costing | None, overrides: Sequence[str] = ()) -> PageCard:
    """Return what a page says and decides from.

    Args:
        folder: of the experiment; studies beside it are read, too.
        chosen: its records.
        money: prices and use.
        overrides: KEY=VALUE of the command; those of prices, use and decision count.
    """
    try:
        task = next(iter(chosen.arms.values()))[0].cell.task
        offered = decisions(task, tuple(line for line in overrides if key_of(line).split(".")[0] in CHANGING))
        data = data_from(folder, chosen, (), offered[0], money)
        known = measure(data, offered[0])
        several = len(data.arms) > 1
        return PageCard(page_data(known, offered), Evaluation(known, offered[0])) if several else PageCard({})
    except CutleryError as error:  # a decision that is wrong takes nothing from the results
        return PageCard({"problem": str(error)})


@cache
def decisions(task: str, overrides: tuple[str, ...] = ()) -> Sequence[Decision]:
    """Return all decisions of conf/decision, the one to start from first: that of the overrides, the task's, or own.

    Args:
        task: its name.
        overrides: KEY=VALUE; decision=NAME chooses, decision.KEY=VALUE changes the first alone.

    Raises:
        ConfigError: lists what is wrong with them, with files and keys.
    """
    names, (chosen, first) = presets(), with_decision([f"task={task}", *overrides])
    if first not in names:
        raise ConfigError(f"{GROUP}={first}: no such decision; there are {', '.join(names)}")
    ordered = sorted(names, key=lambda name: name != first)
    others = [_of_first(line, first) for line in chosen if key_of(line) not in (GROUP, "task")]
    config = compose_job([*(f"+{GROUP}@{GROUP}.{name}={name}" for name in ordered), *others])[0]
    plain, builder = resolved(config)[GROUP], Builder()
    built = [builder.build(plain[name], f"conf/{GROUP}/{name}.yaml") for name in ordered]
    if builder.problems:
        raise joined(ConfigError, f"conf/{GROUP}", list(dict.fromkeys(builder.problems)))
    return [one for one in built if isinstance(one, Decision)]


def _of_first(line: str, first: str) -> str:
    """Return an override of the decision as one of the decision that the page starts from."""
    return line.replace(f"++{GROUP}.", f"++{GROUP}.{first}.", 1) if line.startswith(f"++{GROUP}.") else line
