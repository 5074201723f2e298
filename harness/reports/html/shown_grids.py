"""Grids as the page shows them: the very texts of the other formats."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.result import Figure, Grid, GridColumn, Note
from harness.reports.cells import Cell, grid_blocks


@dataclass(frozen=True, slots=True)
class ShownGrid:
    """One grid."""

    name: str
    title: str
    headings: tuple[tuple[str, str], ...]
    """name and unit"""
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    """columns that are set flush right"""
    notes: tuple[Note, ...]


def shown_grids(grids: Sequence[Grid]) -> list[ShownGrid]:
    """Return what the template shows; a grid that says nothing is left out."""
    return [_shown(grid) for grid in grids if grid.rows or grid.notes]


def _shown(grid: Grid) -> ShownGrid:
    rows = tuple(row for block in grid_blocks(grid, width=10**9) for row in block.rows)
    numeric = tuple(any(isinstance(row[place], Figure) for row in grid.rows) for place in range(len(grid.columns)))
    headings = tuple((column.name, _unit(column)) for column in grid.columns)
    return ShownGrid(grid.name, grid.title, headings, rows, numeric, grid.notes)


def _unit(column: GridColumn) -> str:
    """The unit, unless the heading names it already: "p50, ms", "USD per 1,000 answers"."""
    return "" if column.unit in (part.strip(",") for part in column.name.split()) else column.unit
