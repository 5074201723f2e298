"""The machine whose price an arm's device time is paid by, and whether it is the one that was measured."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.analysis.costs.prices import AUTO, Device, PriceList, Rented

KINDS: Final = frozenset({"cpu", "cuda", "gpu", "mps"})
"""words that name a kind of device rather than a machine"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A priced device."""

    name: str
    """in the price list"""
    device: Device
    """its price"""
    measured_on: str
    """the record's device"""
    same: bool
    """False: the seconds were measured on another device than the one that is paid"""
    guessed: bool = False
    """True: chosen automatically, by the kind of device alone ("cpu")"""


def machine(prices: PriceList, measured_on: str, processor: str = "") -> Machine | None:
    """Return the machine that a record's device is priced as; None when the list has none for it.

    Args:
        prices: `device` names one, or leaves it to the record.
        measured_on: cpu, cuda:NAME, cuda:2x NAME or server.
        processor: its name where recorded; distinguishes CPUs.
    """
    words = _words(measured_on) | (_words(processor) if measured_on in KINDS else set())
    words = set() if " + " in measured_on else words  # GPUs of several kinds, which no machine of the list is
    own, match = _best(prices.devices, words) or (None, set())
    name = own if prices.device == AUTO else prices.device
    if name is None:
        return None
    guessed = prices.device == AUTO and match <= KINDS
    count = several(measured_on)
    whole = name != own or f"{count}x" in match  # listed with all its GPUs, at a price for the whole machine
    device = prices.devices[name] if whole else _times(prices.devices[name], count)
    return Machine(name, device, measured_on, same=name == own, guessed=guessed)


def several(measured_on: str) -> int:
    """Return how many accelerators a record's device is: 2 for `cuda:2x NAME`, a model split over two; else 1."""
    found = re.fullmatch(r"cuda:(\d+)x [^+]*", measured_on)
    return int(found[1]) if found else 1


def _times(device: Device, count: int) -> Device:
    """Return as many of a device, all of them paid for the same hours."""
    if isinstance(device, Rented):
        return replace(device, per_hour=count * device.per_hour)
    return replace(device, purchase=count * device.purchase, watts=count * device.watts)


def _best(devices: Mapping[str, Device], recorded: set[str]) -> tuple[str, set[str]] | None:
    """Return the device that matches most words of the recorded name, and these words: "A100 80GB" before "A100"."""
    candidates = [
        (_words(match), name)
        for name, device in devices.items()
        for match in device.matches
        if _words(match) and _words(match) <= recorded
    ]
    if not candidates:
        return None
    words, name = max(candidates, key=lambda one: (bool(one[0] - KINDS), len(one[0])))
    return name, words


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))
