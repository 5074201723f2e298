"""All experiments on one page: a scoreboard each, and of every sweep one row per cell, pictures and its best cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from harness.overview import Comparison, Experiment, SweepCell, best, comparisons, value_of
from harness.reports.html import assets
from harness.reports.html.pictures.numbers import interval
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.sweep import sweep_pictures
from harness.reports.html.scoreboard import Scoreboard, scoreboard
from harness.result import CONTROLS

REPORT: Final = "report.html"


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of a sweep."""

    address: str
    values: tuple[str, ...]
    arm: str
    n: str
    failed: str
    score: str
    difference: str
    best: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One task and model."""

    title: str
    experiments: tuple[tuple[str, str, Scoreboard, int], ...]
    """address, name, scoreboard and number of warnings; without the cells of a sweep, which stand in its table"""
    parameters: tuple[str, ...]
    metric: str
    lines: tuple[Line, ...]
    verdict: str
    pictures: tuple[Picture, ...]


def index_page(experiments: Sequence[Experiment]) -> str:
    """Return results/index.html; the experiments' folders are relative to it."""
    parts = [_part(one, f"sweep{place}") for place, one in enumerate(comparisons(experiments))]
    return assets.page("index.html.jinja", script=False, parts=parts, experiments=len(experiments))


def address(experiment: Experiment) -> str:
    """Return the link to a report: relative, and never with a scheme of its own."""
    return f"./{quote(experiment.folder.as_posix())}/{REPORT}"


def _part(comparison: Comparison, name: str) -> Part:
    metric = comparison.metric
    swept = bool(comparison.parameters) and metric is not None
    cells = comparison.cells(metric) if metric is not None and swept else ()
    columns = comparison.experiments[0].table.columns
    direction = next((column.higher_is_better for column in columns if column.metric == metric), None)
    winner = best(cells, direction)
    return Part(
        title=f"{comparison.task} · {comparison.model}",
        experiments=tuple(_shown(one) for one in comparison.experiments),
        parameters=comparison.parameters,
        metric=metric or "",
        lines=tuple(_line(comparison, cell, cell is winner) for cell in cells),
        verdict=_verdict(comparison, cells, winner) if winner is not None else "",
        pictures=tuple(sweep_pictures(comparison, metric, name)) if metric is not None else (),
    )


def _shown(experiment: Experiment) -> tuple[str, str, Scoreboard, int]:
    name = ", ".join(f"{key}={value}" for key, value in experiment.settings.items()) or "default settings"
    warnings = sum(note.warning for note in experiment.table.notes)
    return address(experiment), name, scoreboard(experiment.table), warnings


def _line(comparison: Comparison, cell: SweepCell, is_best: bool) -> Line:
    row = next(row for row in cell.experiment.table.rows if row.arm == cell.arm)
    difference = cell.entry.difference
    return Line(
        address=address(cell.experiment),
        values=tuple(value_of(cell.experiment, name) for name in comparison.parameters),
        arm=cell.arm,
        n=f"{row.n:,}",
        failed=f"{row.failed:,}",
        score=interval(cell.entry),
        difference="" if difference is None else f"{difference.mean:+.3f}{' *' if difference.significant else ''}",
        best=is_best,
    )


def _verdict(comparison: Comparison, cells: Sequence[SweepCell], winner: SweepCell) -> str:
    """Name the best cell with the number of comparisons that made it the best."""
    settings = ", ".join(f"{name}={value_of(winner.experiment, name)}" for name in comparison.parameters)
    served = [cell for cell in cells if cell.arm not in CONTROLS]
    measured = sum(cell.entry.mean is not None for cell in served)
    text = (
        f"Best: {winner.arm} with {settings}, {interval(winner.entry)}. It is the best of {measured} cells "
        f"({len(comparison.experiments)} experiments), so its mean flatters it: run it on examples that were not used "
        "to choose it before relying on the number."
    )
    difference = winner.entry.difference
    if difference is None:
        return text
    compared = sum(cell.entry.difference is not None for cell in served)
    adjusted = min(1.0, compared * difference.p)
    return (
        f"{text} Its difference to base is {difference.mean:+.3f}, p = {difference.p:.4f}; for {compared} comparisons "
        f"(Bonferroni) p = {adjusted:.4f}."
    )
