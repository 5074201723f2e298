import sys
import types

import pytest

from harness import nvml


class RefusedError(Exception):
    """What the real library raises."""


@pytest.fixture
def driver(monkeypatch):
    """A driver with one GPU whose energy counter goes up by two joules per reading."""
    counter = iter(range(1_000_000, 2_000_000, 2_000))
    fake = types.SimpleNamespace(
        NVMLError=RefusedError,
        NVML_CLOCK_SM=1,
        NVML_TEMPERATURE_GPU=0,
        nvmlClocksThrottleReasonHwThermalSlowdown=0x40,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetHandleByUUID=lambda uuid: uuid,
        nvmlDeviceGetTotalEnergyConsumption=lambda gpu: next(counter),
        nvmlDeviceGetComputeRunningProcesses=lambda gpu: [types.SimpleNamespace(pid=pid) for pid in (1, 1, 2)],
        nvmlDeviceGetClockInfo=lambda gpu, kind: 1980,
        nvmlDeviceGetTemperature=lambda gpu, kind: 61,
        nvmlDeviceGetCurrentClocksThrottleReasons=lambda gpu: 0x41,
    )
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    nvml._gpu.cache_clear()
    yield fake
    nvml._gpu.cache_clear()


def test_energy_is_the_difference_of_two_readings(driver):
    begun = nvml.joules()
    assert begun == 1000.0
    assert nvml.used(begun) == 2.0


def test_what_can_spoil_timings_is_told(driver):
    assert nvml.other_processes() == 2
    assert nvml.state() == {"sm_mhz": 1980, "degrees_c": 61, "throttled": 0x40}


def test_a_gpu_without_a_counter_gives_none(driver):
    def refuse(gpu):
        raise RefusedError

    driver.nvmlDeviceGetTotalEnergyConsumption = refuse
    assert nvml.joules() is None
    assert nvml.used(None) is None


@pytest.mark.parametrize(("visible", "handle"), [("", 0), ("3,1", 3), ("GPU-abc", "GPU-abc")])
def test_the_gpu_is_the_first_that_this_process_may_use(driver, monkeypatch, visible, handle):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert nvml._gpu() == (driver, handle)


def test_without_a_driver_nothing_is_measured(driver):
    def fail():
        raise RefusedError

    driver.nvmlInit = fail
    assert (nvml.joules(), nvml.other_processes(), nvml.state()) == (None, 0, {})
