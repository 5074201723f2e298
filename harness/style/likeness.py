"""Do two texts differ in style as two others do? What STEL asks, answered without any training."""

from typing import Final

import numpy as np

from harness.style.profile import profiles

TINY: Final = 1e-9


def likeness(first: str, other: str, one: str, another: str) -> float:
    """Return how alike two differences are: first against other, and one against another.

    Positive when `one` is to `another` as `first` is to `other`. Each count enters by its relative difference.
    """
    a, b, c, d = profiles([first, other, one, another])
    return float(((a - b) / (abs(a) + abs(b) + TINY)) @ ((c - d) / (abs(c) + abs(d) + TINY)))


def share_right(scores: list[float]) -> float:
    """Return the share of positive scores; a tie counts half."""
    return float(np.mean([0.5 if score == 0 else float(score > 0) for score in scores]))
