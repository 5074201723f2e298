"""How the cost of work grows with its size, in CPU seconds: other programs on the machine change it little."""

import time
from collections.abc import Callable


def growth(work: Callable[[int], object], small: int, large: int) -> float:
    """Return how many times as long `work(large)` takes as `work(small)`, by the best of three."""
    return min(_seconds(work, large) for _ in range(3)) / min(_seconds(work, small) for _ in range(3))


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun


def growth_where_slow(work: Callable[[int], object], small: int, large: int, instant: float) -> float:
    """Return the same; 0 where `work(large)` takes less than `instant` seconds, too few for superlinear work."""
    return 0.0 if _seconds(work, large) < instant else growth(work, small, large)
