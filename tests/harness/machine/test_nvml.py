import sys
import types

import pytest

from harness.machine import nvml
from tests.harness.machine.fake_nvml import OtherVersionError, RefusedError


@pytest.fixture
def torch_on(monkeypatch):
    """Have torch work on the GPU of this UUID."""

    def work(uuid, pid=None):
        cuda = types.SimpleNamespace(
            is_available=lambda: True,
            is_initialized=lambda: True,
            current_device=lambda: 0,
            device_count=lambda: 1,
            get_device_properties=lambda device: types.SimpleNamespace(uuid=uuid),
        )
        monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(cuda=cuda))

    return work


def test_energy_is_the_difference_of_two_readings(driver):
    begun = nvml.reading()
    assert begun == nvml.EnergyReading("GPU-0", 1000.0)
    assert nvml.used(begun) == 2.0


def test_what_can_distort_timings_is_reported(driver):
    assert nvml.other_processes() == 2
    assert nvml.state() == {"sm_mhz": 1980, "degrees_c": 61, "throttled": 0x40}


def test_a_gpu_without_a_counter_gives_none(driver):
    begun = nvml.reading()

    def refuse(gpu):
        raise RefusedError

    driver.nvmlDeviceGetTotalEnergyConsumption = refuse
    assert nvml.reading() is None
    assert nvml.used(begun) is None
    assert nvml.used(None) is None


def test_a_counter_that_began_anew_measures_nothing(driver):
    assert nvml.used(nvml.EnergyReading("GPU-0", 1e9)) is None


@pytest.mark.parametrize(("visible", "gpu"), [("", 0), ("3,1", 3), ("GPU-abc", "GPU-abc")])
def test_the_gpu_is_the_first_that_this_process_may_use(driver, monkeypatch, visible, gpu):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert nvml.reading().gpu == f"GPU-{gpu}"


@pytest.mark.parametrize("uuid", ["abc", "GPU-abc"])
def test_the_gpu_that_torch_works_on_goes_before_any_number(driver, monkeypatch, torch_on, uuid):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")  # CUDA's third need not be the driver's
    torch_on(uuid)
    assert nvml.reading().gpu == "GPU-GPU-abc"


def test_two_readings_of_two_gpus_are_no_energy(driver, torch_on):
    begun = nvml.reading()  # before torch chose
    torch_on("abc")
    assert nvml.used(begun) is None
    assert nvml.used(nvml.reading()) == 2.0


def test_an_unknown_gpu_gives_none(driver, torch_on):
    def refuse(uuid):
        raise RefusedError

    driver.nvmlDeviceGetHandleByUUID = refuse
    torch_on("of a slice that the driver does not list")
    assert (nvml.reading(), nvml.other_processes(), nvml.state()) == (None, 0, {})


def test_a_driver_older_than_the_library_costs_no_run(driver):
    def refuse(gpu):
        raise OtherVersionError

    driver.nvmlDeviceGetComputeRunningProcesses = refuse
    del driver.nvmlDeviceGetCurrentClocksThrottleReasons
    assert nvml.other_processes() == 0
    assert nvml.state() == {"sm_mhz": 1980, "degrees_c": 61}


def test_this_process_is_no_other_one(driver, torch_on, monkeypatch):
    assert nvml.other_processes() == 2
    monkeypatch.setattr("os.getpid", lambda: 2)
    assert nvml.other_processes() == 1
    monkeypatch.setattr("os.getpid", lambda: 7)  # in a container, known to the driver by another number
    torch_on("abc")
    assert nvml.other_processes() == 1


def test_without_a_driver_nothing_is_measured(driver):
    def fail():
        raise RefusedError

    driver.nvmlInit = fail
    assert (nvml.reading(), nvml.other_processes(), nvml.state()) == (None, 0, {})
