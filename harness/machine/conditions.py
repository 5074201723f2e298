"""What can spoil timings and can be seen from here: other work, heat, clocks."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.machine import nvml
from harness.types import Record

CONDITIONS: Final = "conditions"
"""Among a record's facts: what a Watch saw while its answers were made, of the last attempt if it was interrupted."""
STAT: Final = Path("/proc/stat")
IDLE: Final = (3, 4)
"""places of idle and iowait in the first line of /proc/stat"""


@dataclass
class Watch:
    """The machine from now on."""

    before: dict[str, Any] = field(default_factory=lambda: _snapshot())
    _begun: float = field(default_factory=time.perf_counter)
    _busy: float | None = field(default_factory=lambda: _busy_seconds())
    _own: float = field(default_factory=time.process_time)

    def conditions(self) -> dict[str, Any]:
        """Return the machine's state before and after, and the cores that other work kept busy in between."""
        return {"cores": os.cpu_count(), "before": self.before, "after": _snapshot(), "other_cores": self._others()}

    def _others(self) -> float | None:
        """Return how many cores were busy on average, this process left out; None where the system does not tell."""
        busy = _busy_seconds()
        seconds = time.perf_counter() - self._begun
        if busy is None or self._busy is None or not seconds:
            return None
        return max(0.0, (busy - self._busy - (time.process_time() - self._own)) / seconds)


def scored_pass(record: Record) -> Mapping[str, Any]:
    """Return the conditions of the pass that made a record's answers; {} for an older record."""
    found: Mapping[str, Any] = record.facts.get(CONDITIONS, {})
    return found


def _snapshot() -> dict[str, Any]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"load": load, "gpu_processes": nvml.other_processes(), "gpu": nvml.state()}


def _busy_seconds() -> float | None:
    """Return the seconds that all cores together have worked since the machine was started."""
    try:
        ticks = [int(value) for value in STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    busy = sum(value for place, value in enumerate(ticks) if place not in IDLE)
    return busy / os.sysconf("SC_CLK_TCK")
