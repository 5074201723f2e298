"""What turns measured work into money: a price list and a use."""

from dataclasses import dataclass

from harness.costs.horizon import Horizon
from harness.costs.prices import PriceList


@dataclass(frozen=True, slots=True)
class Costing:
    """Given when a table is made, from the configuration of that moment."""

    prices: PriceList
    horizon: Horizon
