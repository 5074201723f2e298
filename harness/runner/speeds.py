"""Figures of this machine's speed, measured once and kept in the user's cache, which all stores share.

What was measured while other work took the cores is used once and not kept: the next run measures again.
"""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from harness.errors import StoreError
from harness.machine.conditions import Watch
from harness.runner.timing.timing_pass import machine_key
from harness.store.spec import digest
from harness.store.store import Store

log = logging.getLogger(__name__)

CACHE: Final = "CUTLERY_CACHE"
"""environment variable: a folder in place of the user's cache"""
KEEP: Final = "CUTLERY_KEEP_SPEEDS"
"""environment variable, set to anything: figures are kept also where other work took the cores meanwhile"""

_of_this_run: dict[str, Mapping[str, Any]] = {}
"""figures that could not be kept, or should not: every plan of this process asks for them"""


def cache_folder() -> Path:
    """Return where figures of this machine are kept: $CUTLERY_CACHE, or cutlery in the user's cache folder."""
    given, usual = os.environ.get(CACHE), os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else (Path(usual) if usual else Path.home() / ".cache") / "cutlery"


def kept(what: str, spec: Mapping[str, Any], measure: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return figures as plain data, after measuring those that this machine has none of.

    Args:
        what: is measured, in a word.
        spec: what they depend on, the machine apart.
        measure: finds them out.
    """
    whole = {**spec, "what": what, "machine": machine_key(), "cores": _cores()}
    key = digest([str(cache_folder()), whole])
    if key in _of_this_run:
        return _of_this_run[key]
    measured: list[Mapping[str, Any]] = []

    def make(_: Path) -> Mapping[str, Any]:
        log.info("measuring once how fast this machine is (%s)", what)
        watch = Watch()
        measured.append(measure())
        if watch.crowded() and not os.environ.get(KEEP):
            raise _CrowdedError("other work takes this machine's cores")
        return measured[0]

    try:
        return Store(cache_folder()).get_or_make("speeds", whole, make).facts
    except (StoreError, _CrowdedError) as error:
        log.info("the figures (%s) are used for this run and not kept: %s", what, error)
        _of_this_run[key] = measured[0] if measured else measure()
        return _of_this_run[key]


class _CrowdedError(Exception):
    """What was measured is distorted."""


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
