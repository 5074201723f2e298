"""What other work is, and what is this process's own."""

import pytest

from harness.machine import conditions
from harness.machine.conditions import Watch


def test_the_processs_own_work_is_no_other_work(monkeypatch):
    """In 10 seconds the cores worked 15 seconds, 9 of them for this process."""
    watch = Watch(before={}, _begun=100.0, _busy=1000.0, _own=5.0)
    monkeypatch.setattr(conditions.time, "perf_counter", lambda: 110.0)
    monkeypatch.setattr(conditions.time, "process_time", lambda: 14.0)
    monkeypatch.setattr(conditions, "_busy_seconds", lambda: 1015.0)
    assert watch._others() == pytest.approx(0.6)


def test_a_clock_that_is_behind_is_no_negative_work(monkeypatch):
    watch = Watch(before={}, _begun=100.0, _busy=1000.0, _own=5.0)
    monkeypatch.setattr(conditions.time, "perf_counter", lambda: 110.0)
    monkeypatch.setattr(conditions.time, "process_time", lambda: 14.0)
    monkeypatch.setattr(conditions, "_busy_seconds", lambda: 1008.9)
    assert watch._others() == 0.0


@pytest.mark.parametrize(
    ("cores", "own", "all_work", "crowded"),
    [
        (2, 10.0, 19.5, True),  # one thread here, and no core left
        (2, 10.0, 11.0, False),  # the other core is idle
        (2, 18.0, 19.5, False),  # both cores are this process's
        (64, 320.0, 340.0, False),  # others, and half of the machine is idle
        (64, 320.0, 640.0, True),
    ],
)
def test_a_machine_is_crowded_where_other_work_leaves_no_core_idle(monkeypatch, cores, own, all_work, crowded):
    watch = Watch(before={}, _begun=100.0, _busy=1000.0, _own=5.0)
    monkeypatch.setattr(conditions.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(conditions.time, "perf_counter", lambda: 110.0)
    monkeypatch.setattr(conditions.time, "process_time", lambda: 5.0 + own)
    monkeypatch.setattr(conditions, "_busy_seconds", lambda: 1000.0 + all_work)
    assert watch.crowded() is crowded
