"""A change that makes another arm the best, and how one is found when a number alters utilities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.crossing import crossings, first_change
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.samples import RESAMPLES

Kind = Literal["weight", "limit", "documents", "labels at hand", "questions", "updates", "labels"]
Alteration = Callable[[float], Mapping[tuple[int, int], Floats]]
"""value of a number -> (place of an arm, place of a criterion) -> the utilities that it has then, one per resample"""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would make another arm the best."""

    kind: Kind
    what: str
    """criterion, or what is changed"""
    now: float | None
    """None: no limit"""
    at: float | None
    """from where on; None for what is no number"""
    above: bool
    """the other arm is best above this value, not below it"""
    arm: str | None
    """that takes over; None: every arm would be ruled out"""
    low: float | None = None
    """lower end of the 95 % interval of `at`; None without one"""
    high: float | None = None
    """upper end; infinite in the direction of the change: never is among its values"""
    never: float | None = None
    """share of the draws in which it never happens, as far as was looked; None for a limit"""


def with_interval(change: Change, places: Floats) -> Change:
    """Return a change with the interval of the place where it happens.

    Args:
        change: by the expected utility.
        places: where it happens in each draw; infinite for never.
    """
    low, high = (float(np.quantile(places, share, method="inverted_cdf")) for share in (0.025, 0.975))
    return replace(change, low=low, high=high, never=float(np.isinf(places).mean()))


def along(found: Evaluation, kind: Kind, grid: Sequence[float], alter: Alteration) -> Change | None:
    """Return where another arm takes over along a number; None where none does, or another one is best already.

    Args:
        found: with a recommended arm.
        kind: what the number is.
        grid: from the value now onwards.
        alter: what the number does to utilities.
    """
    taken = first_change(grid, lambda value: found.best(found.expected_total(_expected(found, alter(value)))))
    chosen = found.recommended
    if taken is None or chosen is None or found.best(found.expected_total(_expected(found, alter(grid[0])))) != chosen:
        return None
    places = crossings(grid, np.array([_apart(found, alter(value), chosen, taken.arm) for value in grid]))
    above = grid[-1] > grid[0]
    return with_interval(Change(kind, kind, grid[0], taken.at, above, found.arms[taken.arm]), places)


def _expected(found: Evaluation, altered: Mapping[tuple[int, int], Floats]) -> Floats:
    own = found.expected.copy()
    for (arm, criterion), utilities in altered.items():
        own[arm, criterion] = utilities.mean()
    return own


def _apart(found: Evaluation, altered: Mapping[tuple[int, int], Floats], chosen: int, arm: int) -> Floats:
    """Return by how much the one arm is better than the other in each resample, with the user's weights."""
    own = found.utilities[:RESAMPLES].copy()
    for (place, criterion), utilities in altered.items():
        own[:, place, criterion] = utilities
    apart: Floats = (own[:, chosen] - own[:, arm]) @ found.weights
    return apart
