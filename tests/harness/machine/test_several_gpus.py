"""Memory and energy of a process that works on several GPUs: summed over those it has worked on."""

import sys
from types import SimpleNamespace

import pytest

from harness.machine import nvml
from harness.machine.memory import Peak


class FakeCuda:
    """The memory of GPUs, as torch tells it."""

    def __init__(self, count: int) -> None:
        self.now, self.most, self.taken = ([0] * count for _ in range(3))

    def is_available(self):
        return True

    is_initialized = is_available

    def current_device(self):
        return 0

    def device_count(self):
        return len(self.now)

    def get_device_properties(self, number):
        return SimpleNamespace(uuid=f"{number}")

    def memory_allocated(self, number=0):
        return self.now[number]

    def max_memory_allocated(self, number=0):
        return self.most[number]

    def reset_peak_memory_stats(self, number=0):
        self.most[number] = self.now[number]

    def memory_stats(self, number):
        return {"allocation.all.allocated": self.taken[number]} if self.taken[number] else {}

    def take(self, number, size):
        self.now[number] += size
        self.most[number] = max(self.most[number], self.now[number])
        self.taken[number] += 1

    def free(self, number, size):
        self.now[number] -= size


@pytest.fixture
def cuda(monkeypatch):
    made = FakeCuda(3)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=made))
    return made


@pytest.fixture
def counters(driver):
    """Joules of each GPU, which the test sets."""
    joules = {"GPU-0": 100.0, "GPU-1": 1000.0, "GPU-2": 5000.0}
    driver.nvmlDeviceGetUUID = lambda gpu: gpu if str(gpu).startswith("GPU-") else f"GPU-{gpu}"
    driver.nvmlDeviceGetTotalEnergyConsumption = lambda gpu: 1000 * joules[driver.nvmlDeviceGetUUID(gpu)]
    driver.nvmlDeviceGetCount = lambda: 3
    return joules


def spend(joules):
    for number, gpu in enumerate(sorted(joules)):
        joules[gpu] += 10 ** (number + 1)


def test_the_peak_is_the_sum_of_what_each_gpu_must_have(cuda):
    cuda.take(0, 7)
    cuda.take(1, 5)
    peak = Peak()
    cuda.take(0, 100)
    cuda.free(0, 100)
    cuda.take(1, 40)  # at another time: both GPUs must have it all the same
    assert peak.gpu_bytes() == 140
    assert Peak().gpu_bytes() == 0


def test_energy_is_that_of_the_gpus_that_worked(cuda, counters):
    cuda.take(2, 5)  # holds something, and does nothing
    begun = nvml.reading()
    cuda.take(0, 1)
    cuda.take(1, 1)
    spend(counters)
    assert nvml.used(begun) == 10 + 100


def test_energy_of_work_on_one_gpu_leaves_the_others_out(cuda, counters):
    begun = nvml.reading()
    spend(counters)
    assert nvml.used(begun) == 10


def test_energy_of_a_training_that_first_brings_torch_to_the_gpus(counters, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: False)))
    begun = nvml.reading()
    made = FakeCuda(3)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=made))
    made.take(1, 1)
    spend(counters)
    assert nvml.used(begun) == 10 + 100


def test_a_counter_of_a_second_gpu_that_began_anew_measures_nothing(cuda, counters):
    begun = nvml.reading()
    cuda.take(1, 1)
    spend(counters)
    counters["GPU-1"] = 0.0
    assert nvml.used(begun) is None


def test_processes_on_any_gpu_in_use_are_other_ones(cuda, counters, driver):
    of_gpu = {"GPU-0": [7], "GPU-1": [8], "GPU-2": [9]}

    def processes(gpu):
        return [SimpleNamespace(pid=pid) for pid in of_gpu[driver.nvmlDeviceGetUUID(gpu)]]

    driver.nvmlDeviceGetComputeRunningProcesses = processes
    cuda.take(1, 1)
    assert nvml.other_processes() == 1  # of 7 and 8 one is this process, by a number that it does not know
    cuda.take(2, 1)
    assert nvml.other_processes() == 2
