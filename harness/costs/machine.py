"""Which price an arm's device time is worked out by, and what the reader must know about that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.costs.devices import Device
from harness.costs.prices import AUTO, PriceList


@dataclass(frozen=True, slots=True)
class Machine:
    """A priced device."""

    name: str
    """in the price list"""
    device: Device
    """its price"""
    measured_on: str
    """what the record says"""
    same: bool
    """False: the seconds are those of another device than the one that is paid"""


def machine(prices: PriceList, measured_on: str) -> Machine | None:
    """Return the machine that a record's device is priced as; None when the list has none for it.

    Args:
        prices: `device` names one, or leaves it to the record.
        measured_on: cpu, cuda:NAME or server.
    """
    own = _best(prices.devices, measured_on)
    name = own if prices.device == AUTO else prices.device
    if name is None:
        return None
    return Machine(name, prices.devices[name], measured_on, same=name == own)


def _best(devices: Mapping[str, Device], measured_on: str) -> str | None:
    """The device that says most about the name: "A100 80GB" goes before "A100"."""
    there = _words(measured_on)
    found = [
        (len(_words(match)), name)
        for name, device in devices.items()
        for match in device.matches
        if _words(match) and _words(match) <= there
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))
