"""What the NVIDIA driver reports about the GPUs in use: energy and processes of all, clocks and heat of the first.

Everything is None or empty without such a driver; nothing is estimated.
"""

import functools
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EnergyReading:
    """The energy counters of the GPU in use, and of the others that this process sees, at one time."""

    gpu: str
    """UUID of the one in use"""
    joules: float
    """that it used since the driver was loaded"""
    others: Mapping[str, float] = field(default_factory=dict)
    """UUID -> joules of every other one"""
    allocations: Mapping[str, int] = field(default_factory=dict)
    """UUID -> how often torch had taken memory there: who works on a GPU takes some; {} where it sees one GPU"""


def reading() -> EnergyReading | None:
    """Return the state of the energy counters; None if the GPU in use has none.

    The difference of two readings is what the whole GPUs used in between, idle power included.
    """
    own = _query(_energy)
    if own is None:
        return None
    others = dict(found for name in _other_names() if (found := _query(_energy, name)) and found[0] != own[0])
    return EnergyReading(*own, others, _allocations())


def used(since: EnergyReading | None) -> float | None:
    """Return the joules used since a reading, of all GPUs on which this process has worked in between.

    None unless there are two readings of the same GPUs (which GPU is used is only certain once torch has chosen it)
    and no counter was reset.
    """
    now = None if since is None else reading()
    if since is None or now is None or now.gpu != since.gpu:
        return None
    before, after = ({**one.others, one.gpu: one.joules} for one in (since, now))
    worked = {now.gpu, *(gpu for gpu, made in now.allocations.items() if made > since.allocations.get(gpu, 0))}
    parts = [after[gpu] - before[gpu] if gpu in after and gpu in before else -1.0 for gpu in worked]
    return None if min(parts) < 0 else sum(parts)


def _energy(nvml: Any, gpu: Any) -> tuple[str, float]:
    """Return a GPU's UUID, and the joules that it used since the driver was loaded."""
    return str(nvml.nvmlDeviceGetUUID(gpu)), int(nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)) / 1000


def other_processes() -> int:
    """Return how many other processes compute on the GPUs in use (0 without one)."""

    def running(nvml: Any, gpu: Any) -> list[int]:
        return [process.pid for process in nvml.nvmlDeviceGetComputeRunningProcesses(gpu)]

    pids = {pid for name in (None, *_held()) for pid in _query(running, name) or ()}
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


def _query(query: Callable[[Any, Any], T], name: str | None = None) -> T | None:
    """Return the driver's answer; None without a GPU, or if its driver does not support the query.

    Args:
        query: takes the library and the GPU's handle.
        name: of the GPU; None for the one in use.
    """
    nvml, gpu = _library(), _handle(_name() if name is None else name)
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
    if uuid := "" if cuda is None else _uuid(cuda, cuda.current_device()):
        return uuid
    return os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()


def _uuid(cuda: Any, number: int) -> str:
    """Return the UUID of one of torch's GPUs, as the driver has it; "" where torch does not know it."""
    uuid = str(getattr(cuda.get_device_properties(number), "uuid", ""))
    return uuid if not uuid or uuid.startswith(("GPU-", "MIG-")) else f"GPU-{uuid}"


def _of_gpus(value: Callable[[Any, int], int]) -> dict[str, int]:
    """Return UUID -> a value of each GPU that torch sees; {} where it sees one, or works on none yet."""
    cuda = cuda_in_use()
    count = 0 if cuda is None else int(cuda.device_count())
    return {_uuid(cuda, number): value(cuda, number) for number in range(count)} if count > 1 else {}


def _other_names() -> list[str]:
    """Return names of the GPUs that this process may work on beside the first, by torch or, before it, the driver."""
    if cuda_in_use() is None:
        return visible_gpus()[1:]
    return [uuid for uuid in _of_gpus(lambda cuda, number: number) if uuid]


def _allocations() -> dict[str, int]:
    """Return UUID -> how often torch has taken memory on each GPU."""
    return _of_gpus(lambda cuda, number: int(cuda.memory_stats(number).get("allocation.all.allocated", 0)))


def _held() -> list[str]:
    """Return the UUIDs of the GPUs on which this process holds memory, where torch sees several."""
    return [uuid for uuid, size in _of_gpus(lambda cuda, number: int(cuda.memory_allocated(number))).items() if size]


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
