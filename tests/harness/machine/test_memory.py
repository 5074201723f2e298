"""Memory that is free goes back to the system where its allocator can be told to; elsewhere nothing happens."""

import sys

import psutil
import pytest

from harness.machine import memory

MEGABYTE = 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="malloc_trim is glibc's")
def test_pages_between_objects_that_stay_are_given_back():
    """The allocator keeps free pages below one that is used; a tenth of these must go, most do."""
    held = [bytes(1000) for _ in range(100_000)]
    kept = held[::1000]
    del held
    before = psutil.Process().memory_info().rss
    memory.give_back()
    assert before - psutil.Process().memory_info().rss > 10 * MEGABYTE
    assert len(kept) == 100


def test_elsewhere_nothing_is_asked_of_the_allocator(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: pytest.fail("asked"))
    memory.give_back()
