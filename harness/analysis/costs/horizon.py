"""The assumed use of the system: for how long, with how many queries, and how often the knowledge changes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from harness.analysis.costs.prices import PriceList, negative

DAYS_PER_MONTH: Final = 365.25 / 12


@dataclass(frozen=True)
class Horizon:
    """The use that total cost and break-even are computed for. It does not change what was measured.

    Args:
        months: of use.
        queries_per_day: to answer.
        updates_per_month: how often the knowledge changes.
        changed_share: share of the documents that one update changes, 0 to 1.
        retrain: when an update of the knowledge trains the adapter again: `needed` for arms that have the
            knowledge nowhere else (no retriever), `always` for every arm with an adapter, `never`.
        trainings: training runs paid for per adapter, sweeps and failures included.
        trials: whether the store's other trainings and indexes of this model and task are part of one-off and
            total (`paid`) or shown separately (`apart`).
        utilisation: share of the paid time of a rented machine in which it answers; the rest is idle.
        serving: the speed used for totals and break-even: `saturated` (batches as large as in the scored pass)
            or `single` (one query at a time).
        brought_hours: what training an adapter took that was brought (adapter.path), in hours of the machine that
            answers; None: unknown, and such arms have no total.
        brought_rows: labelled rows that it was trained on; given together with the hours.
    """

    KEY: ClassVar[str] = "harness.costs.horizon.Horizon"

    months: float
    queries_per_day: float
    updates_per_month: float
    changed_share: float
    retrain: Literal["needed", "always", "never"]
    trainings: float
    trials: Literal["apart", "paid"]
    utilisation: float
    serving: Literal["saturated", "single"]
    brought_hours: float | None = None
    brought_rows: int | None = None

    @property
    def queries(self) -> float:
        """All queries."""
        return self.months * DAYS_PER_MONTH * self.queries_per_day

    @property
    def updates(self) -> float:
        """All updates of the knowledge."""
        return self.months * self.updates_per_month

    def problems(self) -> Sequence[str]:
        found = negative(self, "months", "queries_per_day", "updates_per_month")
        if not 0 <= self.changed_share <= 1:
            found.append(f"changed_share is {self.changed_share}; it must be between 0 and 1")
        if not math.isfinite(self.trainings) or self.trainings < 1:
            found.append(f"trainings is {self.trainings}; it must be a finite number, 1 or more")
        if self.trials == "paid" and self.trainings > 1:
            found.append(
                f"trials is paid and trainings is {self.trainings}: the same runs would be paid twice; set one"
            )
        if not 0 < self.utilisation <= 1:
            found.append(f"utilisation is {self.utilisation}; it must be more than 0 and at most 1")
        if (self.brought_hours is None) != (self.brought_rows is None):
            found.append("brought_hours and brought_rows are given together: both are paid for, or both are unknown")
        return [*found, *(f"{name} is below 0" for name in ("brought_hours", "brought_rows") if self._below_0(name))]

    def _below_0(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and not 0 <= value < math.inf


@dataclass(frozen=True, slots=True)
class Costing:
    """Prices and use, from the configuration at the time a table is made."""

    prices: PriceList
    horizon: Horizon
