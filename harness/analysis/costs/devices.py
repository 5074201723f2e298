"""What an hour of a machine costs: rented by the hour, or bought and fed with electricity."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.costs.price_sources import negative, problems_of_evidence

HOURS_PER_YEAR: Final = 365.25 * 24
WATTS_PER_KILOWATT: Final = 1000


@dataclass(frozen=True)
class Rented:
    """A machine paid by the hour, whether it works or not.

    Args:
        what: the machine, the region and the terms.
        matches: names by which a record's device is known: every word of one of them stands in the device's name.
        memory_gb: of one accelerator; null for a machine without.
        per_hour: price of one accelerator with its share of the machine, or of the machine without.
        source: where the price stands.
        checked: day on which it stood there (YYYY-MM-DD); null for a price that nobody looked up.
    """

    KEY: ClassVar[str] = "harness.costs.devices.Rented"

    what: str
    matches: tuple[str, ...]
    memory_gb: float | None
    per_hour: float
    source: str
    checked: str | None

    def hour_of_work(self) -> float:
        """Return the price of an hour of a job that keeps the machine busy (training, indexing)."""
        return self.per_hour

    def hour_of_serving(self, utilisation: float) -> float:
        """Return the price of an hour of answering on a machine that answers for this share of the time."""
        return self.per_hour / utilisation

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the values, one line each."""
        return [*negative({"per_hour": self.per_hour}), *problems_of_evidence(self.checked)]


@dataclass(frozen=True)
class Owned:
    """A machine that was bought. Its price is spread over the hours in which it works.

    Args:
        what: the machine.
        matches: as for a rented one.
        memory_gb: as for a rented one.
        purchase: price of the machine (per accelerator, if the figures below are per accelerator).
        lifetime_years: until it is written off.
        utilisation: share of its lifetime in which it works, for whatever purpose. It already holds the idle
            time, so the horizon's utilisation is not applied on top.
        watts: drawn from the socket while it works, cooling included.
        per_kwh: price of electricity.
        source: where these figures come from.
        checked: day on which they were looked up; null if they were not.
    """

    KEY: ClassVar[str] = "harness.costs.devices.Owned"

    what: str
    matches: tuple[str, ...]
    memory_gb: float | None
    purchase: float
    lifetime_years: float
    utilisation: float
    watts: float
    per_kwh: float
    source: str
    checked: str | None

    def hour_of_work(self) -> float:
        """Return the share of the purchase that an hour of work uses up, and its electricity."""
        hours = self.lifetime_years * HOURS_PER_YEAR * self.utilisation
        return self.purchase / hours + self.watts / WATTS_PER_KILOWATT * self.per_kwh

    def hour_of_serving(self, utilisation: float) -> float:
        """Return the same as for any work: idle hours are in this machine's own utilisation."""
        del utilisation
        return self.hour_of_work()

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the values, one line each."""
        found = negative({"purchase": self.purchase, "watts": self.watts, "per_kwh": self.per_kwh})
        if not math.isfinite(self.lifetime_years) or self.lifetime_years <= 0:
            found.append(f"lifetime_years is {self.lifetime_years}; it must be a finite number, more than 0")
        if not 0 < self.utilisation <= 1:
            found.append(f"utilisation is {self.utilisation}; it must be more than 0 and at most 1")
        return [*found, *problems_of_evidence(self.checked)]


Device = Rented | Owned
