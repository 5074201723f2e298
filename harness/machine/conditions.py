"""What can distort timings and can be observed: other work on the machine, heat, clocks."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psutil

from harness.machine import nvml

CONDITIONS: Final = "conditions"
"""Among a record's facts: what a Watch saw while its answers were made, in its last attempt."""
PROMPT_CACHE: Final = "prompt_cache"
"""Among the facts of an engine and the conditions of timings: why repeated questions may have been found in a cache."""
CROWD: Final = 0.1
"""share of all cores: as much taken by other work, and less than that idle, distorts a measurement"""
TICK: Final = 1e-6
"""seconds: no shorter time is divided by"""
BUSY: Final = ("user", "nice", "system", "irq", "softirq", "steal")
"""what psutil calls the times in which a core works; guests' time is part of user and nice"""


@dataclass
class Watch:
    """The machine from now on."""

    before: dict[str, Any] = field(default_factory=lambda: _snapshot())
    _begun: float = field(default_factory=time.perf_counter)
    _busy: float = field(default_factory=lambda: _busy_seconds())
    _own: float = field(default_factory=time.process_time)

    def conditions(self) -> dict[str, Any]:
        """Return the machine's state before and after, and the cores that other work kept busy in between."""
        return {"cores": os.cpu_count(), "before": self.before, "after": _snapshot(), "other_cores": self._others()}

    def crowded(self) -> bool:
        """Return whether other work left this process fewer cores than it could use: a tenth of all, and none idle."""
        cores, others = os.cpu_count() or 1, self._others() or 0.0
        own = (time.process_time() - self._own) / max(time.perf_counter() - self._begun, TICK)
        return others > CROWD * cores and own + others > (1 - CROWD) * cores

    def _others(self) -> float | None:
        """Return how many cores were busy on average, this process left out; None for no time at all."""
        seconds = time.perf_counter() - self._begun
        others = _busy_seconds() - self._busy - (time.process_time() - self._own)
        return max(0.0, others / seconds) if seconds else None


def scored_pass(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the conditions of the pass that made the answers of a record with these facts; {} for an older record."""
    conditions: Mapping[str, Any] = facts.get(CONDITIONS, {})
    return conditions


def _snapshot() -> dict[str, Any]:
    return {"load": psutil.getloadavg()[0], "gpu_processes": nvml.other_processes(), "gpu": nvml.state()}


def _busy_seconds() -> float:
    """Return the seconds that all cores together have worked since the machine was started."""
    times = psutil.cpu_times()
    return sum(getattr(times, name, 0.0) for name in BUSY)
