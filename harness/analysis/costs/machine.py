"""Which price an arm's device time is worked out by, and what the reader must know about that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.analysis.costs.devices import Device
from harness.analysis.costs.prices import AUTO, PriceList

KINDS: Final = frozenset({"cpu", "cuda", "gpu", "mps"})
"""words that name a kind of device and not a machine"""


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
    guessed: bool = False
    """True: nobody chose this price, and no more than the kind of device ("cpu") speaks for it"""


def machine(prices: PriceList, measured_on: str, processor: str = "") -> Machine | None:
    """Return the machine that a record's device is priced as; None when the list has none for it.

    Args:
        prices: `device` names one, or leaves it to the record.
        measured_on: cpu, cuda:NAME or server.
        processor: its name where the record knows it; tells one cpu from another.
    """
    there = _words(measured_on) | (_words(processor) if measured_on in KINDS else set())
    own, match = _best(prices.devices, there) or (None, set())
    name = own if prices.device == AUTO else prices.device
    if name is None:
        return None
    guessed = prices.device == AUTO and match <= KINDS
    return Machine(name, prices.devices[name], measured_on, same=name == own, guessed=guessed)


def _best(devices: Mapping[str, Device], there: set[str]) -> tuple[str, set[str]] | None:
    """The device that says most about the name, and the words that do: "A100 80GB" goes before "A100"."""
    found = [
        (_words(match), name)
        for name, device in devices.items()
        for match in device.matches
        if _words(match) and _words(match) <= there
    ]
    if not found:
        return None
    words, name = max(found, key=lambda one: (bool(one[0] - KINDS), len(one[0])))
    return name, words


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))
