"""The scoreboard's cells: number, interval as text and as a whisker, difference to base with its verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.result import Table, TableEntry
from harness.reports.cells import Cell, metric_cells, row_counts

WHISKER_WIDTH: Final = 100
"""of the drawing, in its own units"""


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval on the scale of its column."""

    at: float
    low: float
    high: float
    base: float | None
    """where base stands; None without one"""


@dataclass(frozen=True, slots=True)
class Score:
    """One arm on one metric."""

    value: Cell
    difference: Cell | None
    whisker: Whisker | None
    why: str
    """why there is no number"""


@dataclass(frozen=True, slots=True)
class Line:
    """One arm."""

    arm: str
    counts: tuple[str, ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Headings and lines."""

    counts: tuple[str, ...]
    metrics: tuple[tuple[str, str], ...]
    """heading and unit"""
    lines: tuple[Line, ...]


def scoreboard(table: Table) -> Scoreboard:
    """Return what the template shows."""
    headings, counts = row_counts(table)
    columns = [_column(table, place) for place in range(len(table.columns))]
    return Scoreboard(
        counts=headings,
        metrics=tuple((metric_cells(table, place).heading, column.unit) for place, column in enumerate(table.columns)),
        lines=tuple(
            Line(row.arm, counts[place], tuple(column[place] for column in columns))
            for place, row in enumerate(table.rows)
        ),
    )


def _column(table: Table, place: int) -> list[Score]:
    cells = metric_cells(table, place)
    entries = [row.entries[place] for row in table.rows]
    scale = _scale(entries)
    base = next((row.entries[place].mean for row in table.rows if row.arm == table.base), None)
    differences: Sequence[Cell | None] = cells.differences or [None] * len(entries)
    return [
        Score(value, difference, _whisker(entry, scale, base), entry.why)
        for value, difference, entry in zip(cells.values, differences, entries, strict=True)
    ]


def _scale(entries: Sequence[TableEntry]) -> tuple[float, float]:
    """From the lowest to the highest end of an interval; shares start at nought."""
    ends = [end for entry in entries for end in (entry.mean, entry.low, entry.high) if end is not None]
    if not ends:
        return 0.0, 1.0
    low, high = min(0.0, *ends), max(ends)
    return low, high if high > low else low + 1.0


def _whisker(entry: TableEntry, scale: tuple[float, float], base: float | None) -> Whisker | None:
    if entry.mean is None:
        return None
    low, high = (entry.mean if end is None else end for end in (entry.low, entry.high))
    return Whisker(
        _on(entry.mean, scale), _on(low, scale), _on(high, scale), None if base is None else _on(base, scale)
    )


def _on(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    return round(WHISKER_WIDTH * (value - low) / (high - low), 1)
