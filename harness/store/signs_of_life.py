"""Signs of life: a process that works on something touches a file of it, so that others can tell that it still does.

Times of files are those of the file system, also where several machines share it: no two clocks are compared.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

BEAT: Final = 5.0
"""seconds between two signs of life"""
SILENT: Final = 60.0
"""seconds without a sign after which a process of another machine is taken for dead"""


@contextmanager
def beating(sign: Path, every: float | None = None) -> Iterator[None]:
    """Touch a file every few seconds while the body runs, also where that writes nothing for long.

    Args:
        sign: the file; while it is missing, nothing is touched.
        every: seconds; None for BEAT.
    """
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT if every is None else every):
            with suppress(OSError):
                os.utime(sign)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(OSError):
            os.utime(sign)


def silence(sign: Path) -> float:
    """Return the seconds since the last sign of life, by the clock of the file system; infinite without the file."""
    try:
        last = sign.stat().st_mtime
    except OSError:
        return float("inf")
    return max(0.0, _now_there(sign) - last)


def _now_there(sign: Path) -> float:
    """Return the file system's time; of this machine where nothing can be written."""
    probe = sign.with_name(f".now-{os.getpid()}")
    with suppress(OSError):
        probe.touch()
        try:
            return probe.stat().st_mtime
        finally:
            probe.unlink(missing_ok=True)
    return time.time()
