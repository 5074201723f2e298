"""A price list: what machines, tokens and storage cost, each with its source and day.

Applied when a table is made, never before: no price is part of a fingerprint, and another list runs nothing again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.costs.devices import Device
from harness.analysis.costs.price_sources import negative, problems_of_evidence

AUTO: Final = "auto"


@dataclass(frozen=True)
class Hosted:
    """A model behind somebody else's API, paid by the token.

    Args:
        what: the model and the terms.
        per_million_in: price of a million tokens read.
        per_million_out: price of a million tokens written.
        source: where the price stands.
        checked: day on which it stood there; null if nobody looked it up.
    """

    KEY: ClassVar[str] = "harness.costs.prices.Hosted"

    what: str
    per_million_in: float
    per_million_out: float
    source: str
    checked: str | None

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the values, one line each."""
        amounts = {"per_million_in": self.per_million_in, "per_million_out": self.per_million_out}
        return [*negative(amounts), *problems_of_evidence(self.checked)]


@dataclass(frozen=True)
class Storage:
    """Where indexes and adapters lie.

    Args:
        what: the kind of storage.
        per_gb_month: price of 10^9 bytes for a month.
        source: where the price stands.
        checked: day on which it stood there; null if nobody looked it up.
    """

    KEY: ClassVar[str] = "harness.costs.prices.Storage"

    what: str
    per_gb_month: float
    source: str
    checked: str | None

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the values, one line each."""
        return [*negative({"per_gb_month": self.per_gb_month}), *problems_of_evidence(self.checked)]


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
        per_training_row: what one labelled training pair cost you (people, or a larger model); 0 if nothing.
        per_document: what one document cost you to make fit for retrieval; 0 if nothing.
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
        """Return what is wrong with the values, one line each."""
        found = negative({"per_training_row": self.per_training_row, "per_document": self.per_document})
        if self.device != AUTO and self.device not in self.devices:
            found.append(f"device is {self.device}; {self.name} has auto, {', '.join(self.devices) or 'no device'}")
        if self.model is not None and self.model not in self.models:
            found.append(f"model is {self.model}; {self.name} has null, {', '.join(self.models) or 'no model'}")
        return found
