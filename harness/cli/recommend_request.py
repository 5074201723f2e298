"""What the line of `make recommend` asks for: data or task, budget, and the overrides of every step."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.analysis.costs.prices import PriceList
from harness.cli.decide import GROUP, presets, with_decision
from harness.cli.old_names import key_of
from harness.cli.task_file import bad_name, default_name
from harness.errors import ConfigError, joined
from harness.studies.recommend.chooser import SECONDS, SpendingRule

OWN: Final = ("dir", "name", "budget", "sure", "minute")
"""keys of the command; all others are those of an experiment"""
UNITS: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
BUDGET: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?([a-zA-Z]{1,4})")


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """One call of the command."""

    place: Path | None
    """folder or file of data; None: the task is there already"""
    task: str
    decision: str
    """a file of conf/decision, by its name"""
    budget: float
    """in the unit of the rule; infinite for none"""
    budget_text: str
    """as it was given; "" for none"""
    rule: SpendingRule
    overrides: tuple[str, ...]
    """of every experiment and study, the decision among them"""

    @property
    def of_time(self) -> bool:
        """Whether the budget is one of time."""
        return self.rule.unit == SECONDS

    def check_currency(self, currency: str) -> None:
        """Raise ConfigError where a budget of money is in another currency than the prices."""
        if not self.of_time and self.rule.unit != currency:
            text = f"budget={self.budget_text}: the prices are in {currency}"
            raise ConfigError(f"{text}; give budget={self.budget:g}{currency.lower()}, or another list (prices=…)")

    def check_price(self, rate: float, prices: PriceList, *, served: bool = False) -> None:
        """Raise ConfigError where there is a budget of money, and no price of what is used.

        Args:
            rate: price of a second of this machine; 0 where the list has none.
            prices: the list.
            served: whether a server answers, which is paid by the token.
        """
        text = f"budget={self.budget_text}: the list {prices.name} has no price of"
        if not self.of_time and served and prices.model is None:
            raise ConfigError(
                f"{text} a model that a server answers with; name one, prices=hosted_2026 prices.model=NAME"
            )
        if not self.of_time and not rate and prices.model is None:
            raise ConfigError(f"{text} this machine; give a budget of time (budget=30m), or prices.device=NAME")


def request(lines: Sequence[str]) -> RecommendRequest:
    """Read the command line.

    Raises:
        ConfigError: lists everything that is wrong with it.
    """
    own = {key: value for key, equals, value in (line.partition("=") for line in lines) if equals and key in OWN}
    rest = [line for line in lines if line.partition("=")[0] not in OWN]
    tasks = [line.partition("=")[2] for line in rest if key_of(line) == "task"]
    problems = [*_of_data(own, tasks), *_of_keys(rest), *_of_numbers(own)]
    unit, budget = SECONDS, math.inf
    try:
        unit, budget = _budget(own.get("budget", ""))
    except ConfigError as error:
        problems.append(str(error))
    if problems:
        raise joined(ConfigError, "make recommend", problems)
    place = Path(own["dir"]).expanduser().resolve() if own.get("dir") else None
    task = own.get("name") or (tasks[-1] if tasks else default_name(place) if place else "")
    others = [line for line in rest if key_of(line) != "task"]
    overrides, decision = with_decision([f"task={task}", *others])
    defaults = SpendingRule(unit)
    rule = SpendingRule(unit, float(own.get("sure", defaults.sure)), float(own.get("minute", defaults.least)))
    return RecommendRequest(place, task, decision, budget, own.get("budget", ""), rule, tuple(overrides))


def _of_data(own: dict[str, str], tasks: Sequence[str]) -> Iterator[str]:
    given = own.get("dir", "")
    if not given and not tasks:
        yield "name your data: dir=DATA, a folder or a file; or task=NAME for a task that there is"
    if given and not Path(given).expanduser().exists():
        yield f"dir={given}: there is no such folder or file"
    name = own.get("name") or (tasks[-1] if tasks else "")
    if given and name and (problem := bad_name(name)):
        yield f"name={name}: {problem}"


def _of_keys(rest: Sequence[str]) -> Iterator[str]:
    for line in rest:
        key = key_of(line)
        if "=" not in line:
            yield f"{line}: every setting is KEY=VALUE"
        elif key in ("seed", "study", "dry_run") or key.startswith("study."):
            yield f"{line}: the command chooses seeds and studies itself; leave it out"
        elif key == GROUP and line.partition("=")[2] not in presets():
            yield f"{line}: no such decision; there are {', '.join(presets())}"


def _of_numbers(own: dict[str, str]) -> Iterator[str]:
    for key, low, high, words in (
        ("sure", 0.0, 1.0, "above 0 and at most 1, such as 0.95"),
        ("minute", 0.0, 1.0, "above 0 and at most 1, such as 0.0005"),
    ):
        if key in own:
            try:
                fits = low < float(own[key]) <= high
            except ValueError:
                fits = False
            if not fits:
                yield f"{key}={own[key]}: want a number {words}"


def _budget(text: str) -> tuple[str, float]:
    """Return unit and amount; without a text a budget of time without an end.

    Raises:
        ConfigError: it is neither a time nor an amount of money.
    """
    if not text:
        return SECONDS, math.inf
    found = BUDGET.fullmatch(text.strip())
    unit = found[2].lower() if found else ""
    if found is None or float(found[1]) <= 0 or (unit not in UNITS and len(unit) != 3):
        raise ConfigError(f"budget={text}: want a time or an amount above 0, such as 90s, 30m, 2h, 5usd or 5eur")
    amount = float(found[1])
    return (SECONDS, amount * UNITS[unit]) if unit in UNITS else (unit.upper(), amount)
