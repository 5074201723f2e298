"""The sections below a scoreboard, in the order of reading. A new one is a file here and a line in `MAKERS`."""

from collections.abc import Callable, Iterable
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Section
from harness.analysis.sections.abstention import abstention_sections
from harness.analysis.sections.costs import cost_sections
from harness.analysis.sections.factorial import factorial_sections
from harness.analysis.sections.failure_causes import failure_sections
from harness.analysis.sections.latency import latency_sections
from harness.analysis.sections.pairwise import certainty_sections
from harness.analysis.sections.risk import risk_sections
from harness.analysis.sections.slices import slice_sections
from harness.analysis.sections.style import style_sections
from harness.analysis.sections.summary import summary_sections

Maker = Callable[[ComparisonData], Iterable[Section]]
"""Yields nothing where the comparison has no data on its subject."""

MAKERS: Final[tuple[Maker, ...]] = (
    summary_sections,
    factorial_sections,
    certainty_sections,
    failure_sections,
    abstention_sections,
    risk_sections,
    style_sections,
    slice_sections,
    latency_sections,
    cost_sections,
)


def sections(source: ComparisonData) -> tuple[Section, ...]:
    """Return every section of the comparison."""
    return tuple(section for make in MAKERS for section in make(source))
