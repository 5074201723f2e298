"""The grids under a scoreboard, in the order of reading. A new one is a file here and a line in `MAKERS`."""

from collections.abc import Callable, Iterable
from typing import Final

from harness.analysis.comparison import Source
from harness.analysis.result import Grid
from harness.analysis.sections.abstention import abstention_grids
from harness.analysis.sections.costs import cost_grids
from harness.analysis.sections.factorial import factorial_grids
from harness.analysis.sections.failure_causes import failure_grids
from harness.analysis.sections.latency import latency_grids
from harness.analysis.sections.pairwise import certainty_grids
from harness.analysis.sections.risk import risk_grids
from harness.analysis.sections.slices import slice_grids
from harness.analysis.sections.style import style_grids
from harness.analysis.sections.summary import glance_grids

Maker = Callable[[Source], Iterable[Grid]]
"""Yields nothing where the comparison has nothing to say on its subject."""

MAKERS: Final[tuple[Maker, ...]] = (
    glance_grids,
    factorial_grids,
    certainty_grids,
    failure_grids,
    abstention_grids,
    risk_grids,
    style_grids,
    slice_grids,
    latency_grids,
    cost_grids,
)


def grids(source: Source) -> tuple[Grid, ...]:
    """Return every grid of the comparison."""
    return tuple(grid for make in MAKERS for grid in make(source))
