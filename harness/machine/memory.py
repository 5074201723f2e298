"""Peak memory of a stretch of work: of this process, and of its GPUs as torch allocates it."""

import ctypes
import sys
from pathlib import Path
from typing import Final

import psutil

from harness.machine.nvml import cuda_in_use

STATUS: Final = Path("/proc/self/status")
"""read for the peak (VmHWM) alone: psutil gives no peak that can be reset"""
CLEAR: Final = Path("/proc/self/clear_refs")
RESET_PEAK: Final = "5"
"""clear_refs(5) of Linux: the peak of resident memory starts anew"""


class Peak:
    """Memory use since its construction."""

    def __init__(self) -> None:
        self._resets = _reset_host()
        self._host_before = psutil.Process().memory_info().rss
        self._cuda = cuda_in_use()
        self._before = 0
        for number in self._gpus():
            self._cuda.reset_peak_memory_stats(number)
            self._before += int(self._cuda.memory_allocated(number))

    def host_bytes(self) -> int | None:
        """Return the most that was resident of this process; None where the system does not record it."""
        return _host_peak() if self._resets else None

    def host_added_bytes(self) -> int | None:
        """Return how much that is above the memory at first; None where the system does not record it."""
        peak = self.host_bytes()
        return None if peak is None else max(0, peak - self._host_before)

    def gpu_bytes(self) -> int | None:
        """Return the most that was allocated beyond what was there before; None without a GPU in use.

        Of several GPUs the sum of their peaks, which is the memory that each must have, also if they come at different
        times.
        """
        if self._cuda is None:
            return None
        return sum(int(self._cuda.max_memory_allocated(number)) for number in self._gpus()) - self._before

    def _gpus(self) -> range:
        """Return the numbers of all GPUs that this process sees; one on which nothing is allocated adds nothing."""
        return range(0 if self._cuda is None else int(self._cuda.device_count()))


def give_back() -> None:
    """Return to the system what this process has freed and its allocator keeps; nothing where it is not glibc's.

    After many small objects it keeps pages that hold nothing: a tenth of what scoring has in memory.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _reset_host() -> bool:
    try:
        CLEAR.write_text(RESET_PEAK, encoding="ascii")
    except OSError:
        return False
    return True


def _host_peak() -> int | None:
    try:
        lines = STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
