"""The scoreboard's cells: number, interval as text and as a whisker, difference to base with its verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.result import Table, TableEntry
from harness.reports.cells import NOTHING, REFERENCES, Strip, TextCell, metric_cells, row_counts

WHISKER_WIDTH: Final = 100
"""of the drawing, in its own units"""


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval on the scale of its column."""

    at: float
    low: float
    high: float
    base: float | None
    """base's mean; None without one"""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """One arm on one metric."""

    value: TextCell
    difference: TextCell | None
    whisker: Whisker | None
    why: str
    """why there is no number"""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One arm, or the references."""

    arm: str
    counts: tuple[str, ...]
    scores: tuple[ScoreCell, ...]
    is_arm: bool = True
    """the references are none: nothing else of the report shows them"""


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Headings and lines."""

    counts: tuple[str, ...]
    metrics: tuple[tuple[str, str], ...]
    """heading and unit"""
    lines: tuple[ScoreRow, ...]


def scoreboard(table: Table, places: Sequence[int], others: Sequence[Strip] | None = None) -> Scoreboard:
    """Return what the template shows.

    Args:
        table: the comparison.
        places: of the metrics.
        others: columns after the metrics; None: all counts of the answers.
    """
    headings, counts = row_counts(table) if others is None else _beside(table, others)
    columns = [_column(table, place) for place in places]
    lines = [
        ScoreRow(row.arm, counts[place], tuple(column[place] for column in columns))
        for place, row in enumerate(table.rows)
    ]
    if any(table.columns[place].references is not None for place in places):
        scores = tuple(_of_references(table, place) for place in places)
        lines.append(ScoreRow(REFERENCES, (NOTHING,) * len(headings), scores, is_arm=False))
    return Scoreboard(
        counts=headings,
        metrics=tuple((metric_cells(table, place).heading, table.columns[place].unit) for place in places),
        lines=tuple(lines),
    )


def _beside(table: Table, others: Sequence[Strip]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The number of failures, and the other columns."""
    cells = [[cell.text for cell in column] for _, column in others]
    failed = [f"{row.failed:,}" for row in table.rows]
    return ("failed", *(heading for heading, _ in others)), list(zip(failed, *cells, strict=True))


def _of_references(table: Table, place: int) -> ScoreCell:
    references, base = table.columns[place].references, _base(table, place)
    if references is None:
        return ScoreCell(TextCell(NOTHING), None, None, "not measured")
    scale = _scale(table, place)
    at = _on(references.value, scale)
    return ScoreCell(
        metric_cells(table, place).references, None, Whisker(at, at, at, None if base is None else _on(base, scale)), ""
    )


def _base(table: Table, place: int) -> float | None:
    return next((row.entries[place].mean for row in table.rows if row.arm == table.base), None)


def _column(table: Table, place: int) -> list[ScoreCell]:
    cells = metric_cells(table, place)
    entries = [row.entries[place] for row in table.rows]
    scale, base = _scale(table, place), _base(table, place)
    differences: Sequence[TextCell | None] = cells.differences or [None] * len(entries)
    return [
        ScoreCell(value, difference, _whisker(entry, scale, base), entry.why)
        for value, difference, entry in zip(cells.values, differences, entries, strict=True)
    ]


def _scale(table: Table, place: int) -> tuple[float, float]:
    """From the lowest to the highest end of an interval; shares start at 0."""
    entries, references = [row.entries[place] for row in table.rows], table.columns[place].references
    ends = [end for entry in entries for end in (entry.mean, entry.low, entry.high) if end is not None]
    ends += [] if references is None else [references.value]
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
