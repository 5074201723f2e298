"""All experiments on one page: a scoreboard each, and of every sweep one row per cell, pictures and its best cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from harness.analysis.sweeps import (
    SweepCell,
    SweepExperiment,
    SweepGroup,
    best,
    comparisons,
    crossings,
    distinct,
    is_smoke_test,
    p_of,
    runner_up,
    ties,
)
from harness.reports.cells import metric_cells
from harness.reports.first_page import time_and_price
from harness.reports.html import assets
from harness.reports.html.pictures.picture import Picture, entry_text
from harness.reports.html.pictures.sweep import sweep_pictures
from harness.reports.html.scoreboard import Scoreboard, scoreboard

REPORT: Final = "report.html"
SHOWN: Final = 4
"""metrics in the table of a sweep"""
SMOKE: Final = "Smoke tests on few examples (limit=…): the cells are listed, and none is called the best."


@dataclass(frozen=True, slots=True)
class SweepLine:
    """One cell of a sweep."""

    address: str
    values: tuple[str, ...]
    arm: str
    n: str
    failed: str
    scores: tuple[str, ...]
    """one per metric, then p95 and price"""
    difference: str
    mark: str
    """best, or too close to it to call, or nothing"""


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One task and model."""

    title: str
    experiments: tuple[tuple[str, str, Scoreboard, int, int, str], ...]
    """address, name, scoreboard, flags and warnings counted, which arm to use ("" for no choice); without the cells of
    a sweep, which are in its table"""
    parameters: tuple[str, ...]
    metric: str
    """which decides; "" without one"""
    headings: tuple[str, ...]
    """of the metrics, that one first; then p95 and price, where measured"""
    lines: tuple[SweepLine, ...]
    verdict: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study."""

    title: str
    folder: Path
    """relative to the results"""
    words: tuple[str, ...]
    """its finding, or why there is none"""
    flags: int
    """notes that must be acted on"""

    @property
    def address(self) -> str:
        """The link to its table."""
        return f"./{quote(self.folder.as_posix())}/table.md"


def index_page(
    experiments: Sequence[SweepExperiment], studies: Sequence[StudyLine] = (), *, claims: bool = False
) -> str:
    """Return results/index.html.

    Args:
        experiments: their folders are relative to it.
        studies: likewise.
        claims: whether claims.html stands next to it.
    """
    both = [*comparisons(experiments), *crossings(experiments)]
    parts = [_part(one, f"sweep{place}") for place, one in enumerate(both)]
    return assets.page(
        "index.html.jinja", script=False, parts=parts, experiments=len(experiments), studies=studies, claims=claims
    )


def address(experiment: SweepExperiment) -> str:
    """Return the link to a report: relative, and never with a scheme of its own."""
    return f"./{quote(experiment.folder.as_posix())}/{REPORT}"


def _part(comparison: SweepGroup, name: str) -> IndexPart:
    metric = comparison.metric
    swept = bool(comparison.parameters) and metric is not None
    cells = distinct(comparison.cells(metric)) if metric is not None and swept else ()
    columns = comparison.ranked[0].table.columns if comparison.ranked else ()
    direction = next((column.higher_is_better for column in columns if column.metric == metric), None)
    ranked = comparison.across != "task" and not comparison.smoke  # tasks are no choice
    winner = best(cells, direction) if ranked else None
    level = ties(cells, winner, metric) if winner is not None and metric is not None else []
    glance_headings = _glance_headings(cells)
    verdict = "" if winner is None else _verdict(comparison, cells, winner, level, bool(direction))
    return IndexPart(
        title=f"{comparison.task} · {comparison.model}",
        experiments=() if comparison.across else tuple(_shown(one, comparison) for one in comparison.experiments),
        parameters=comparison.parameters,
        metric=metric or "",
        headings=(*_headings(comparison), *glance_headings),
        lines=tuple(_line(comparison, cell, _mark(cell, winner, level), glance_headings) for cell in cells),
        verdict=SMOKE if swept and comparison.smoke else verdict,
        pictures=tuple(sweep_pictures(comparison, metric, name)) if metric is not None else (),
    )


def _headings(comparison: SweepGroup) -> Iterator[str]:
    for name in comparison.metrics[:SHOWN]:
        table = comparison.ranked[0].table
        yield metric_cells(table, [column.metric for column in table.columns].index(name)).heading


def _mark(cell: SweepCell, winner: SweepCell | None, level: Sequence[SweepCell]) -> str:
    if cell is winner:
        return "highest so far, too close to call" if level else "best"
    return "too close to call" if any(cell is one for one in level) else ""


def _glance_headings(cells: Sequence[SweepCell]) -> tuple[str, ...]:
    """Headings of time and money, where some experiment has them."""
    found = (name for cell in cells for name in _glance(cell.experiment, cell.arm))
    return tuple(dict.fromkeys(found))


def _glance(experiment: SweepExperiment, arm: str) -> dict[str, str]:
    """p95 and price of one arm, as on the first page of its report."""
    place = [row.arm for row in experiment.table.rows].index(arm)
    return {heading: cells[place].text for heading, cells in time_and_price(experiment.table)}


def _shown(experiment: SweepExperiment, comparison: SweepGroup) -> tuple[str, str, Scoreboard, int, int, str]:
    name = ", ".join(f"{key}={value}" for key, value in experiment.settings.items()) or "default settings"
    if is_smoke_test(experiment):
        name += " (smoke test on few examples, not ranked)"
    elif experiment not in comparison.ranked:
        name += " (other examples than the rest, not ranked)"
    table = experiment.table
    warnings = sum(note.level == "warning" for note in table.notes)
    board = scoreboard(table, table.shown, list(time_and_price(table)))
    return address(experiment), name, board, len(table.flags), warnings, experiment.advice


def _line(comparison: SweepGroup, cell: SweepCell, mark: str, glance_headings: Sequence[str]) -> SweepLine:
    table = cell.experiment.table
    at, row = next((at, row) for at, row in enumerate(table.rows) if row.arm == cell.arm)
    difference = cell.entry.difference
    places = {column.metric: place for place, column in enumerate(table.columns)}
    glance = _glance(cell.experiment, cell.arm)
    return SweepLine(
        address=address(cell.experiment),
        values=tuple(", ".join(cell.values(name)) for name in comparison.parameters),
        arm=cell.arm,
        n=f"{row.n:,}",
        failed=f"{row.failed:,}",
        scores=(
            *(metric_cells(table, places[name]).values[at].text for name in comparison.metrics[:SHOWN]),
            *(glance.get(name, "–") for name in glance_headings),
        ),
        difference="" if difference is None else f"{difference.mean:+.3f}{' *' if difference.significant else ''}",
        mark=mark,
    )


def _verdict(
    comparison: SweepGroup, cells: Sequence[SweepCell], winner: SweepCell, level: Sequence[SweepCell], higher: bool
) -> str:
    """Name the best cell with the number of comparisons that made it the best."""
    settings = _settings(comparison, winner)
    served = [cell for cell in cells if not cell.control]
    measured = sum(cell.entry.mean is not None for cell in served)
    text = (
        f"{'Too close to call; best mean' if level else 'Best'}: {winner.arm} with {settings}, "
        f"{entry_text(winner.entry)}. It is the best of {measured} cells "
        f"({len(comparison.ranked)} experiments), so its mean flatters it: run it on examples that were not used "
        "to choose it before relying on the number."
    )
    if level:
        text += f" {len(level)} of the other {measured - 1} cells are too close to it to call on these examples."
    second = runner_up(cells, winner, higher)
    if second is not None and comparison.metric is not None:
        text += f" Runner-up: {second.arm} with {_settings(comparison, second)}, {entry_text(second.entry)}"
        p = p_of(winner, second, comparison.metric)
        text += "." if p != p else f"; p = {min(1.0, p * (measured - 1)):.4f} for {measured - 1} cells (Bonferroni)."
    difference = winner.entry.difference
    if difference is None:
        return text
    compared = sum(cell.entry.difference is not None for cell in served)
    adjusted = min(1.0, compared * difference.p)
    return (
        f"{text} Its difference to base is {difference.mean:+.3f}, p = {difference.p:.4f}; for {compared} comparisons "
        f"(Bonferroni) p = {adjusted:.4f}."
    )


def _settings(comparison: SweepGroup, cell: SweepCell) -> str:
    return ", ".join(f"{name}={'/'.join(cell.values(name))}" for name in comparison.parameters)
