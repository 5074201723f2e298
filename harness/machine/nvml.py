"""What the NVIDIA driver reports about the GPU in use: energy, clocks, temperature, other processes.

Everything is None or empty without such a driver; nothing is estimated.
"""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EnergyReading:
    """The energy counter of one GPU at one time."""

    gpu: str
    """its UUID"""
    joules: float
    """used since the driver was loaded"""


def reading() -> EnergyReading | None:
    """Return the state of the GPU's energy counter; None if it has none.

    The difference of two readings is what the whole GPU used in between, idle power included.
    """
    return _query(
        lambda nvml, gpu: EnergyReading(
            str(nvml.nvmlDeviceGetUUID(gpu)), int(nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)) / 1000
        )
    )


def used(since: EnergyReading | None) -> float | None:
    """Return the joules used since a reading.

    None unless there are two readings of the same GPU (which GPU is used is only certain once torch has chosen it)
    and the counter was not reset.
    """
    now = None if since is None else reading()
    if since is None or now is None or now.gpu != since.gpu or now.joules < since.joules:
        return None
    return now.joules - since.joules


def other_processes() -> int:
    """Return how many other processes compute on the GPU (0 without one)."""
    running = _query(lambda nvml, gpu: [process.pid for process in nvml.nvmlDeviceGetComputeRunningProcesses(gpu)])
    pids = set(running or ())
    # in a container the driver may give the host's process ids, which this process does not know
    ours = os.getpid() in pids or (bool(pids) and cuda_in_use() is not None)
    return len(pids) - ours


def driver() -> str:
    """Return the version of the driver; "" without a GPU."""
    return str(_query(lambda nvml, _: nvml.nvmlSystemGetDriverVersion()) or "")


def state() -> dict[str, int]:
    """Return clock (MHz), temperature (degrees C) and why the clock is throttled (bits); {} without a GPU."""
    queries: dict[str, Callable[[Any, Any], int]] = {
        "sm_mhz": lambda nvml, gpu: int(nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM)),
        "degrees_c": lambda nvml, gpu: int(nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)),
        "throttled": lambda nvml, gpu: int(nvml.nvmlDeviceGetCurrentClocksThrottleReasons(gpu)) & _slowed(nvml),
    }
    values = {name: _query(query) for name, query in queries.items()}
    return {name: value for name, value in values.items() if value is not None}


def _slowed(nvml: Any) -> int:
    """Return the throttle reasons that mean heat or power; being idle is a reason, too."""
    names = ("SwThermalSlowdown", "HwThermalSlowdown", "HwPowerBrakeSlowdown", "SwPowerCap")
    bits = 0
    for name in names:
        bits |= int(getattr(nvml, f"nvmlClocksThrottleReason{name}", 0))
    return bits


def _query(query: Callable[[Any, Any], T]) -> T | None:
    """Return the driver's answer; None without a GPU, or if its driver does not support the query."""
    nvml, gpu = _library(), _handle(_name())
    if gpu is None:
        return None
    try:
        return query(nvml, gpu)
    except _unsupported(nvml):
        return None


def _unsupported(nvml: Any) -> tuple[type[Exception], ...]:
    """What the library raises for queries that the driver lacks: a mismatch of versions is not an NVMLError."""
    return (nvml.NVMLError, getattr(nvml, "NVMLLibraryMismatchError", nvml.NVMLError), AttributeError)


@functools.cache
def _library() -> Any:
    """Return the initialised library; None without it or without a driver."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def cuda_in_use() -> Any:
    """Return torch.cuda if this process uses it; None otherwise."""
    torch: Any = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized() else None


def _name() -> str:
    """Return the name of the GPU in use: its UUID once torch uses it, before that the first that it may use.

    The driver numbers GPUs by slot, CUDA by speed (unless CUDA_DEVICE_ORDER is set), so that one number may mean two
    GPUs.
    """
    cuda = cuda_in_use()
    uuid = "" if cuda is None else str(getattr(cuda.get_device_properties(cuda.current_device()), "uuid", ""))
    if uuid:
        return uuid if uuid.startswith(("GPU-", "MIG-")) else f"GPU-{uuid}"
    return os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()


@functools.cache
def _handle(name: str) -> Any:
    """Return the GPU; None without a driver, or if it does not know the name."""
    nvml = _library()
    if nvml is None:
        return None
    try:
        if name.startswith(("GPU-", "MIG-")):
            return nvml.nvmlDeviceGetHandleByUUID(name)
        return nvml.nvmlDeviceGetHandleByIndex(int(name) if name.isdigit() else 0)
    except _unsupported(nvml):
        return None


def visible_gpus() -> list[str]:
    """Return the names of the GPUs that this process may use, as CUDA_VISIBLE_DEVICES takes them; [] without any."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    nvml = _library()
    if nvml is None:
        return []
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",")]
        return names[: names.index("-1")] if "-1" in names else [name for name in names if name]
    try:
        return [str(number) for number in range(int(nvml.nvmlDeviceGetCount()))]
    except _unsupported(nvml):
        return []
