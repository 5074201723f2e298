"""What an NVIDIA driver says about the GPU that works: energy, clocks, heat, and who else uses it.

Everything is None or empty without such a driver; nothing here is ever estimated.
"""

import functools
import os
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def joules() -> float | None:
    """Return the energy that the GPU has used since its driver was loaded; None where no counter is.

    The difference of two readings is what the whole GPU drew in between, idle power included.
    """
    millijoules = _asked(lambda nvml, gpu: int(nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)))
    return None if millijoules is None else millijoules / 1000


def used(since: float | None) -> float | None:
    """Return the joules used since a reading; None unless both readings were had."""
    now = None if since is None else joules()
    return None if since is None or now is None else now - since


def other_processes() -> int:
    """Return how many other processes compute on the GPU (0 without one)."""
    found = _asked(lambda nvml, gpu: [one.pid for one in nvml.nvmlDeviceGetComputeRunningProcesses(gpu)])
    return len({pid for pid in found or () if pid != os.getpid()})


def state() -> dict[str, int]:
    """Return clock (MHz), temperature (degrees C) and what holds the clock back (bits); {} without a GPU."""
    asked: dict[str, Callable[[Any, Any], int]] = {
        "sm_mhz": lambda nvml, gpu: int(nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM)),
        "degrees_c": lambda nvml, gpu: int(nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)),
        "throttled": lambda nvml, gpu: int(nvml.nvmlDeviceGetCurrentClocksThrottleReasons(gpu)) & _slowed(nvml),
    }
    found = {name: _asked(ask) for name, ask in asked.items()}
    return {name: value for name, value in found.items() if value is not None}


def _slowed(nvml: Any) -> int:
    """Return the reasons that mean heat or power; an idle GPU has reasons, too."""
    names = ("SwThermalSlowdown", "HwThermalSlowdown", "HwPowerBrakeSlowdown", "SwPowerCap")
    bits = 0
    for name in names:
        bits |= int(getattr(nvml, f"nvmlClocksThrottleReason{name}", 0))
    return bits


def _asked(ask: Callable[[Any, Any], T]) -> T | None:
    """Return the answer, or None where there is no GPU or its driver does not know."""
    found = _gpu()
    if found is None:
        return None
    nvml, gpu = found
    try:
        return ask(nvml, gpu)
    except nvml.NVMLError:
        return None


@functools.cache
def _gpu() -> tuple[Any, Any] | None:
    """Return the library and the first GPU that this process may use."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        return pynvml, _handle(pynvml, os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip())
    except pynvml.NVMLError:
        return None


def _handle(nvml: Any, visible: str) -> Any:
    if visible.startswith(("GPU-", "MIG-")):
        return nvml.nvmlDeviceGetHandleByUUID(visible)
    return nvml.nvmlDeviceGetHandleByIndex(int(visible) if visible.isdigit() else 0)
