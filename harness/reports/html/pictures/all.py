"""The pictures of a report, in the order of reading; each only where its data are there."""

from collections.abc import Iterator, Mapping, Sequence

from harness.analysis.result import Table
from harness.reports.html.pictures.coverage import coverage
from harness.reports.html.pictures.money import cost_over_months, quality_cost
from harness.reports.html.pictures.pareto import quality_latency
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.quadrant import quadrant
from harness.reports.html.pictures.stages import stages
from harness.reports.html.pictures.times import times
from harness.reports.html.pictures.training import training
from harness.types import Record


def pictures(
    table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str], adaptation: Sequence[str]
) -> list[Picture]:
    """Return every picture that can be drawn."""
    return list(_pictures(table, arms, knowledge, adaptation))


def _pictures(
    table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str], adaptation: Sequence[str]
) -> Iterator[Picture]:
    yield from quadrant(table, arms, knowledge, adaptation)
    yield from quality_cost(table, knowledge)
    taken = times(arms)
    if taken is not None:
        yield from quality_latency(table, taken, knowledge)
    yield from cost_over_months(table)
    if taken is not None:
        yield stages(taken)
    yield from coverage(table, arms, knowledge)
    yield from training(table, arms)
