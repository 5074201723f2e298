"""A driver of NVIDIA GPUs where there is none."""

import sys
import types

import pytest

from tests.harness.machine.fake_nvml import OtherVersionError, RefusedError, forget


@pytest.fixture
def driver(monkeypatch):
    """A driver with one GPU whose energy counter goes up by two joules per reading."""
    counter = iter(range(1_000_000, 2_000_000, 2_000))
    fake = types.SimpleNamespace(
        NVMLError=RefusedError,
        NVMLLibraryMismatchError=OtherVersionError,
        NVML_CLOCK_SM=1,
        NVML_TEMPERATURE_GPU=0,
        nvmlClocksThrottleReasonHwThermalSlowdown=0x40,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetHandleByUUID=lambda uuid: uuid,
        nvmlDeviceGetUUID=lambda gpu: f"GPU-{gpu}",
        nvmlDeviceGetTotalEnergyConsumption=lambda gpu: next(counter),
        nvmlDeviceGetComputeRunningProcesses=lambda gpu: [types.SimpleNamespace(pid=pid) for pid in (1, 1, 2)],
        nvmlDeviceGetClockInfo=lambda gpu, kind: 1980,
        nvmlDeviceGetTemperature=lambda gpu, kind: 61,
        nvmlDeviceGetCurrentClocksThrottleReasons=lambda gpu: 0x41,
    )
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    forget()
    yield fake
    forget()
