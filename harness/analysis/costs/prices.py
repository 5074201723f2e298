"""A price list: what machines, tokens and storage cost, each with its source and day.

Applied when a table is made, never before: no price is part of a fingerprint, and another list runs nothing again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from harness.store.spec import ADDED

AUTO: Final = "auto"
HOURS_PER_YEAR: Final = 365.25 * 24
WATTS_PER_KILOWATT: Final = 1000


@dataclass(frozen=True)
class Rented:
    """A machine paid by the hour, busy or idle.

    Args:
        what: the machine, the region and the terms.
        matches: names by which a record's device is known: the device's name has every word of one of them. "8x H200"
            is a machine with all its GPUs, whose price counts once for a model on eight of them.
        memory_gb: of one accelerator; null for a machine without.
        per_hour: price of one accelerator with its share of the machine, of the machine without any, or of all of it.
        source: where the price was found.
        checked: day on which it was found there (YYYY-MM-DD); null for an unchecked price.
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
        return [*negative(self, "per_hour"), *checked_problems(self.checked)]


@dataclass(frozen=True)
class Owned:
    """A machine that was bought. Its price is spread over its working hours.

    Args:
        what: the machine.
        matches: as for a rented one.
        memory_gb: as for a rented one.
        purchase: price of the machine (per accelerator, if the figures below are per accelerator).
        lifetime_years: until it is written off.
        utilisation: share of its lifetime in which it works, for any purpose. It covers idle time, so the
            horizon's utilisation is not applied as well.
        watts: power drawn while it works, cooling included.
        per_kwh: price of electricity.
        source: where these figures come from.
        checked: day on which they were looked up; null for unchecked figures.
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
        """Return the same as for other work: this machine's own utilisation covers idle hours."""
        del utilisation
        return self.hour_of_work()

    def problems(self) -> Sequence[str]:
        found = negative(self, "purchase", "watts", "per_kwh")
        if not math.isfinite(self.lifetime_years) or self.lifetime_years <= 0:
            found.append(f"lifetime_years is {self.lifetime_years}; it must be a finite number, more than 0")
        if not 0 < self.utilisation <= 1:
            found.append(f"utilisation is {self.utilisation}; it must be more than 0 and at most 1")
        return [*found, *checked_problems(self.checked)]


Device = Rented | Owned


@dataclass(frozen=True)
class Hosted:
    """A model behind a provider's API, paid by the token.

    Args:
        what: the model and the terms.
        per_million_in: price of a million tokens read.
        per_million_out: price of a million tokens written.
        source: where the price was found.
        checked: day on which it was found there; null for an unchecked price.
        per_million_cached: price of a million tokens of a shared beginning that was read before; null: as any other.
    """

    KEY: ClassVar[str] = "harness.costs.prices.Hosted"

    what: str
    per_million_in: float
    per_million_out: float
    source: str
    checked: str | None
    per_million_cached: float | None = field(default=None, metadata=ADDED)

    @property
    def cached(self) -> float:
        """The price of a million cached tokens, listed or not."""
        return self.per_million_in if self.per_million_cached is None else self.per_million_cached

    def problems(self) -> Sequence[str]:
        names = ["per_million_in", "per_million_out"]
        names += [] if self.per_million_cached is None else ["per_million_cached"]
        return [*negative(self, *names), *checked_problems(self.checked)]


@dataclass(frozen=True)
class Storage:
    """Storage of indexes and adapters.

    Args:
        what: the kind of storage.
        per_gb_month: price of 10^9 bytes for a month.
        source: where the price was found.
        checked: day on which it was found there; null for an unchecked price.
    """

    KEY: ClassVar[str] = "harness.costs.prices.Storage"

    what: str
    per_gb_month: float
    source: str
    checked: str | None

    def problems(self) -> Sequence[str]:
        return [*negative(self, "per_gb_month"), *checked_problems(self.checked)]


@dataclass(frozen=True)
class PriceList:
    """Prices of one provider, or your own.

    Args:
        name: shown under the tables.
        currency: of every price in the list.
        device: a name among `devices` to price all work as; auto looks for the device that did the work.
        model: a name among `models` whose token prices answers are priced by; null prices the device's time.
        devices: machines by name.
        models: hosted models by name.
        storage: of indexes and adapters.
        per_training_row: what one labelled training pair cost you (annotators, or a larger model); 0 if nothing.
        per_document: what it cost to prepare one document for retrieval; 0 if nothing.
    """

    KEY: ClassVar[str] = "harness.costs.prices.PriceList"

    name: str
    currency: str
    device: str
    model: str | None
    devices: Mapping[str, Device]
    models: Mapping[str, Hosted]
    storage: Storage
    per_training_row: float
    per_document: float

    def problems(self) -> Sequence[str]:
        found = negative(self, "per_training_row", "per_document")
        if self.device != AUTO and self.device not in self.devices:
            found.append(f"device is {self.device}; {self.name} has auto, {', '.join(self.devices) or 'no device'}")
        if self.model is not None and self.model not in self.models:
            found.append(f"model is {self.model}; {self.name} has null, {', '.join(self.models) or 'no model'}")
        return found


def negative(priced: object, *names: str) -> list[str]:
    """Return a line for every one of these amounts that is negative or not finite."""
    amounts = {name: getattr(priced, name) for name in names}
    return [
        f"{name} is {amount}; it must be a finite number, 0 or more"
        for name, amount in amounts.items()
        if not math.isfinite(amount) or amount < 0
    ]


def checked_problems(checked: str | None) -> Sequence[str]:
    """Return a line if `checked` is neither a day nor null, which marks an unchecked price."""
    if checked is None:
        return []
    try:
        date.fromisoformat(checked)
    except ValueError:
        return [f"checked is {checked!r}; it must be a day as YYYY-MM-DD, or null for an unchecked price"]
    return []


def provenance(source: str, checked: str | None) -> str:
    """Return the source of a price and when it was checked."""
    return f"{source}, {checked}" if checked is not None else f"{source}: NOT CHECKED"
