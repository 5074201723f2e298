"""What NVIDIA's library raises, and how its answers are forgotten between tests."""

from harness.machine import nvml


class RefusedError(Exception):
    """What the real library raises."""


class OtherVersionError(Exception):
    """What it raises where the driver is older than itself: no NVMLError."""


def forget():
    nvml._library.cache_clear()
    nvml._handle.cache_clear()
