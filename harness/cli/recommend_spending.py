"""What a call of `make recommend` has used of its budget: time, or the price of it and of a server's tokens."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.costs.answering import device
from harness.analysis.costs.machine import machine
from harness.analysis.costs.prices import PriceList
from harness.cli.recommend_request import RecommendRequest
from harness.machine.paid_tokens import METER
from harness.studies.decision.amounts import amount
from harness.text.durations import about
from harness.types import Record

MILLION: Final = 1e6
BETWEEN: Final = "reading, forecasting and choosing"
MINUTE: Final = 60.0
PACES: Final = (0.2, 5.0)
"""a forecast is corrected by what steps took so far, but not by more: a machine can be busy for a while"""


@contextmanager
def every_minute(said: Callable[[int], str], seconds: float = MINUTE) -> Iterator[None]:
    """Print a line on standard error after each minute of the body.

    Args:
        said: minutes -> the line.
        seconds: of a minute.
    """
    over = threading.Event()

    def watch() -> None:
        minutes = 0
        while not over.wait(seconds):
            minutes += 1
            print(said(minutes), file=sys.stderr, flush=True)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


@dataclass
class CallSpending:
    """Of one call.

    Args:
        asked: what the command line says.
        prices: the list.
    """

    asked: RecommendRequest
    prices: PriceList
    begun: float = field(default_factory=time.monotonic)
    """when the call began"""
    rate: float = 0.0
    """price of a second of this machine; 0 where it is not known"""
    done: dict[str, float] = field(default_factory=dict)
    """step of this call -> seconds that it took"""
    _forecast: float = 0.0
    _taken: float = 0.0
    _before: float = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._of_tokens()

    def on(self, measured_on: str) -> None:
        """Take the price of a machine: cpu, cuda:NAME or server."""
        found = machine(self.prices, measured_on)
        self.rate = 0.0 if found is None else found.device.hour_of_work() / 3600.0

    def on_machine_of(self, record: Record) -> None:
        """Take the price of the machine that a record was made on."""
        self.on(device(record))

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.monotonic() - self.begun

    @property
    def between(self) -> float:
        """Of these, the seconds that were in no step: reading data, forecasting what could be run, choosing."""
        return max(0.0, self.seconds - sum(self.done.values()))

    @property
    def money(self) -> float:
        """Price of these seconds, and of the tokens that servers read and wrote since."""
        return self.seconds * self.rate + self._of_tokens() - self._before

    @property
    def left(self) -> float:
        """Of the budget, in its unit."""
        return self.asked.budget - (self.seconds if self.asked.of_time else self.money)

    @property
    def pace(self) -> float:
        """Seconds that steps took over those that were forecast; 1 before any."""
        return min(max(self._taken / self._forecast, PACES[0]), PACES[1]) if self._forecast else 1.0

    @property
    def priced(self) -> bool:
        """Whether money can be said."""
        return self.rate > 0.0 or self.prices.model is not None

    def price(self, seconds: float, read: int, written: int) -> float:
        """Return what seconds of this machine and tokens of a server cost."""
        return seconds * self.rate + self._tokens(read, 0, written)

    @contextmanager
    def on_step(self, name: str, forecast: float) -> Iterator[None]:
        """Count the time of a step, finished or not.

        Args:
            name: of the step.
            forecast: seconds that it should take, without any correction; 0 where nobody can say.
        """
        begun = time.monotonic()
        try:
            with every_minute(lambda minutes: self._minute(name, minutes, forecast)):
                yield
        finally:
            taken = time.monotonic() - begun
            self.done[name] = self.done.get(name, 0.0) + taken
            if forecast:
                self._forecast, self._taken = self._forecast + forecast, self._taken + taken

    def said(self) -> str:
        """Return it in a sentence."""
        money = f" ({amount(self.money)} {self.prices.currency})" if self.priced else ""
        of = f" of {self.asked.budget_text}" if self.asked.budget_text else ""
        steps = f"{about(sum(self.done.values()))} in steps, " if any(self.done.values()) else ""
        return f"Spent: {about(self.seconds)}{money}{of}: {steps}{about(self.between)} for {BETWEEN}."

    def costs(self, seconds: float, money: float) -> str:
        """Return what a step will take, in a few words."""
        return f"about {about(seconds)}" + (f", {amount(money)} {self.prices.currency}" if self.priced else "")

    def _minute(self, name: str, minutes: int, forecast: float) -> str:
        """Return how a step that is under way stands against its forecast and against the budget."""
        of = f" of about {about(forecast * self.pace)}" if forecast else ""
        over = "" if self.left >= 0 else "; the budget is used up, and the step is finished all the same"
        return f"{name}: {minutes} min{of}. {self.said()[:-1]}, and this step{over}."

    def _of_tokens(self) -> float:
        return self._tokens(METER.read.total(), METER.cached.total(), METER.written.total())

    def _tokens(self, read: float, cached: float, written: float) -> float:
        if self.prices.model is None:
            return 0.0
        hosted = self.prices.models[self.prices.model]
        paid = read * hosted.per_million_in + cached * hosted.cached + written * hosted.per_million_out
        return paid / MILLION
