"""Prices against all others in conf/prices: a misplaced point or another unit is far from all of them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from harness.analysis.costs.prices import Device, Hosted, Owned, PriceList, Rented, Storage
from harness.store.records.plain import restored

LISTS: Final = Path(__file__).resolve().parents[3] / "conf/prices"
SAME_MACHINE: Final = 5.0
"""times that a price may be above or below those of the same accelerator in other lists"""
OF_A_KIND: Final = 20.0
"""likewise of another machine of its kind, a hosted model, or storage, which differ more among themselves"""
COMPARABLE: Final = frozenset({"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "SGD", "NZD"})
"""currencies whose unit is worth so nearly the same that their prices may be compared as they are"""


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One price of a list."""

    key: str
    """below `prices`, e.g. devices.l4.per_hour"""
    value: float
    kind: str
    """accelerator, machine without one, input tokens, output tokens, storage"""


def implausible(prices: PriceList, used: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a list: key, value and the band that it should be in.

    Args:
        prices: the list that a table is made with.
        used: names of the devices that work is priced as; others of the list are not looked at.
    """
    if not (len(prices.currency) == 3 and prices.currency.isascii() and prices.currency.isupper()):
        yield f"prices.currency is {prices.currency!r}; it must be a code of three capital letters, such as USD"
    for one in _used(prices, used):
        if one.value == 0:
            yield f"prices.{one.key} is 0, so that this is free in every figure; put in what it costs"
        elif prices.currency in COMPARABLE and (band := _band(prices.name, one)):
            low, high = band
            if not low <= one.value <= high:
                yield (
                    f"prices.{one.key} is {one.value:g} {prices.currency}; by the others in conf/prices it should be "
                    f"between {low:.2g} and {high:.3g}. Look for a misplaced decimal point, or for another unit (per "
                    "month, per thousand tokens, in cents)"
                )


def _used(prices: PriceList, used: Collection[str]) -> Iterator[ListedPrice]:
    for one in _priced(prices):
        part, _, rest = one.key.partition(".")
        name = rest.partition(".")[0]
        if part == "storage" or (part == "devices" and name in used) or (part == "models" and name == prices.model):
            yield one


def _priced(prices: PriceList) -> Iterator[ListedPrice]:
    for name, device in prices.devices.items():
        kind = "accelerator" if device.memory_gb else "machine without accelerator"
        field = "per_hour" if isinstance(device, Rented) else "purchase (by the hour of work)"
        yield ListedPrice(f"devices.{name}.{field}", device.hour_of_work(), kind)
    for name, model in prices.models.items():
        yield ListedPrice(f"models.{name}.per_million_in", model.per_million_in, "input tokens")
        yield ListedPrice(f"models.{name}.per_million_out", model.per_million_out, "output tokens")
    yield ListedPrice("storage.per_gb_month", prices.storage.per_gb_month, "storage")


def _band(name: str, price: ListedPrice) -> tuple[float, float] | None:
    """Return the lowest and the highest that a price may be; None where there is no other of its kind."""
    shipped = [(other, one) for other, prices in _shipped().items() for one in prices if one.value > 0]
    others = [one for other, one in shipped if (other, one.key) != (name, price.key)]
    machine = price.key.rsplit(".", 1)[0]
    same = [one.value for one in others if price.kind == "accelerator" and one.key.rsplit(".", 1)[0] == machine]
    times = SAME_MACHINE if same else OF_A_KIND
    values = same or [one.value for one in others if one.kind == price.kind]
    return (min(values) / times, max(values) * times) if values else None


@cache
def _shipped() -> Mapping[str, tuple[ListedPrice, ...]]:
    """Return the prices of each list in conf/prices; one that cannot be read, or is not in such a currency, is none."""
    found: dict[str, tuple[ListedPrice, ...]] = {}
    for path in sorted(LISTS.glob("*.yaml")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
            prices = read(path)
            found |= {prices.name: tuple(_priced(prices))} if prices.currency in COMPARABLE else {}
    return found


def read(path: Path) -> PriceList:
    """Return a list as its file has it, without what the command line sets."""
    plain: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    devices: dict[str, Device] = {
        name: restored(Owned, one) if "purchase" in one else restored(Rented, one)
        for name, one in plain["devices"].items()
    }
    models = {name: restored(Hosted, one) for name, one in plain["models"].items()}
    own = {name: value for name, value in plain.items() if name != "_target_"}
    return PriceList(**{**own, "devices": devices, "models": models, "storage": restored(Storage, own["storage"])})
