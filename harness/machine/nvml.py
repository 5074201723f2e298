"""What an NVIDIA driver says about the GPU that works: energy, clocks, heat, and who else uses it.

Everything is None or empty without such a driver; nothing here is ever estimated.
"""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """The energy counter of one GPU at one time."""

    gpu: str
    """its UUID"""
    joules: float
    """used since the driver was loaded"""


def reading() -> Reading | None:
    """Return what the GPU's energy counter shows; None where none is.

    The difference of two readings is what the whole GPU drew in between, idle power included.
    """
    return _asked(
        lambda nvml, gpu: Reading(
            str(nvml.nvmlDeviceGetUUID(gpu)), int(nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)) / 1000
        )
    )


def used(since: Reading | None) -> float | None:
    """Return the joules used since a reading.

    None unless both readings were had, of the same GPU (which one works is only known for sure once torch has chosen
    it), and the counter did not begin anew.
    """
    now = None if since is None else reading()
    if since is None or now is None or now.gpu != since.gpu or now.joules < since.joules:
        return None
    return now.joules - since.joules


def other_processes() -> int:
    """Return how many other processes compute on the GPU (0 without one)."""
    found = _asked(lambda nvml, gpu: [one.pid for one in nvml.nvmlDeviceGetComputeRunningProcesses(gpu)])
    pids = set(found or ())
    # in a container the driver may tell the host's numbers, by which this process does not know itself
    ours = os.getpid() in pids or (bool(pids) and _cuda() is not None)
    return len(pids) - ours


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
    nvml, gpu = _library(), _handle(_name())
    if gpu is None:
        return None
    try:
        return ask(nvml, gpu)
    except _refusals(nvml):
        return None


def _refusals(nvml: Any) -> tuple[type[Exception], ...]:
    """What the library raises where the driver does not know: a mismatch of their versions is no NVMLError."""
    return (nvml.NVMLError, getattr(nvml, "NVMLLibraryMismatchError", nvml.NVMLError), AttributeError)


@functools.cache
def _library() -> Any:
    """Return the library, ready to be asked; None without it or without a driver."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def _cuda() -> Any:
    """Return torch.cuda if this process uses it; None otherwise."""
    torch: Any = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized() else None


def _name() -> str:
    """Return what names the GPU that works: its UUID once torch uses it, before that the first that it may use.

    The driver counts in the order of the slots, CUDA by speed unless CUDA_DEVICE_ORDER says otherwise: a number need
    not mean the same to both.
    """
    cuda = _cuda()
    uuid = "" if cuda is None else str(getattr(cuda.get_device_properties(cuda.current_device()), "uuid", ""))
    if uuid:
        return uuid if uuid.startswith(("GPU-", "MIG-")) else f"GPU-{uuid}"
    return os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()


@functools.cache
def _handle(name: str) -> Any:
    """Return the GPU; None without a driver, and where it does not know the name."""
    nvml = _library()
    if nvml is None:
        return None
    try:
        if name.startswith(("GPU-", "MIG-")):
            return nvml.nvmlDeviceGetHandleByUUID(name)
        return nvml.nvmlDeviceGetHandleByIndex(int(name) if name.isdigit() else 0)
    except _refusals(nvml):
        return None
