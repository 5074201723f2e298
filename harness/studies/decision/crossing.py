"""Where another arm takes over along one number: a weight, questions a day, labelled pairs. Arrays in, numbers out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats

STEPS: Final = 60
"""halvings of the interval in which the best arm changes: beyond what a number of 64 bits holds"""

Best = Callable[[float], int | None]
"""value of the number -> place of the best arm"""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Another arm takes over."""

    at: float
    """value from which on it is best"""
    arm: int
    """its place"""


def first_change(grid: Sequence[float], best: Best) -> TakeOver | None:
    """Return where another arm becomes the best first, going along a grid; None where none does.

    Between two points of the grid the place is found by halving, in logarithms where all values are above 0.

    Args:
        grid: from the value now onwards, rising or falling.
        best: of one value.
    """
    now = best(grid[0])
    for before, after in pairwise(grid):
        if (other := best(after)) != now and other is not None:
            return _halved(before, after, now, other, best)
    return None


def _halved(before: float, after: float, now: int | None, other: int, best: Best) -> TakeOver:
    positive = min(before, after) > 0
    for _ in range(STEPS):
        middle = math.sqrt(before * after) if positive else (before + after) / 2
        if (found := best(middle)) == now or found is None:
            before = middle
        else:
            after, other = middle, found
    return TakeOver(after, other)


def crossings(grid: Sequence[float], ahead: Floats) -> Floats:
    """Return where each resample's difference first falls below 0 along a grid, shape (resamples,).

    On the line between two points, over logarithms where all values are above 0; the first value where it is below from
    the start, and infinity (against the grid's direction: minus infinity) where it never is.

    Args:
        grid: as for `first_change`.
        ahead: shape (grid, resamples): by how much the arm that is best now is ahead of the one that takes over.
    """
    places = np.array(grid, dtype=np.float64)
    scale = np.log(places) if places.min() > 0 else places
    below = ahead < 0
    at = np.where(below.any(axis=0), below.argmax(axis=0), len(places))
    found = np.full(ahead.shape[1], np.inf if places[-1] > places[0] else -np.inf)
    found[at == 0] = places[0]
    inner = np.flatnonzero((at > 0) & (at < len(places)))
    after = at[inner]
    first, second = ahead[after - 1, inner], ahead[after, inner]
    line = scale[after - 1] + (scale[after] - scale[after - 1]) * first / (first - second)
    found[inner] = np.exp(line) if places.min() > 0 else line
    return found


def weight_crossing(own: Floats, rest: Floats) -> Floats:
    """Return the weight of a criterion at which two arms are equal, all other weights keeping their proportions.

    At weight t the difference is t own + (1 - t) rest, so that it is 0 at rest / (rest - own).

    Args:
        own: shape (draws,): by how much the one arm is better at the criterion.
        rest: shape (draws,): by how much it is better at all others, weighted and divided by their weight together.

    Returns:
        Shape (draws,); NaN where the difference is the same at every weight.
    """
    apart = rest - own
    places: Floats = np.divide(rest, apart, out=np.full(np.shape(rest), np.nan), where=apart != 0.0)
    return places
