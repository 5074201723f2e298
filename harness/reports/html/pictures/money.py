"""What the arms cost: against quality, and over months."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from harness.reports.html.pictures.numbers import short
from harness.reports.html.pictures.pareto import Price, pareto
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.svg import colour, drawn
from harness.reports.html.pictures.times import interval
from harness.result import CONTROLS, Figure, Grid, Table

PER_THOUSAND: Final = ("per 1,000 answers, saturated", "per 1,000 answers, batch 1")
"""columns of the cost ledger, the first that is known counts"""


def grid_named(table: Table, name: str) -> Grid | None:
    """Return the grid of that name; None without one."""
    return next((grid for grid in table.grids if grid.name == name), None)


def per_thousand(table: Table) -> tuple[str, dict[str, Figure]]:
    """Return the ledger's column and what 1,000 answers of each arm cost; empty where nothing is priced."""
    grid = grid_named(table, "cost")
    for place, column in enumerate(grid.columns if grid is not None else ()):
        if column.name in PER_THOUSAND and grid is not None:
            found = {str(row[0]): cell for row in grid.rows if isinstance(cell := row[place], Figure)}
            if found:
                return f"{column.name}, {column.unit}", found
    return "", {}


def quality_cost(table: Table, knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if two arms were priced and scored."""
    axis, found = per_thousand(table)
    if found:
        price = Price(
            name="quality-cost",
            title="Quality and cost of an answer",
            axis=f"{axis} (log scale)",
            reading="cost of an answer; training and index are not in it",
            of=found,
            shown={arm: interval(figure) for arm, figure in found.items()},
        )
        yield from pareto(table, price, knowledge)


def cost_over_months(table: Table) -> Iterator[Picture]:
    """Yield the picture if totals are known."""
    grid = grid_named(table, "cost-months")
    if grid is None:
        return
    months = [float(column.name) for column in grid.columns[1:]]
    lines = {
        str(row[0]): [cell.value if isinstance(cell, Figure) else 0.0 for cell in row[1:]]
        for row in grid.rows
        if row[0] not in CONTROLS
    }
    if not lines:
        return
    shown = sorted({0, len(months) // 2, len(months) - 1})
    rows = tuple((arm, *(f"{own[place]:.4g}" for place in shown)) for arm, own in lines.items())
    said = "; ".join(
        f"{arm} {own[0]:.3g} at the start, {own[-1]:.3g} at month {months[-1]:g}" for arm, own in lines.items()
    )
    yield Picture(
        name="cost-months",
        title=grid.title,
        reading="One-off work at month 0, then answers, updates, storage. Where lines cross, the cheaper arm changes.",
        alternative=said,
        svg=drawn("cost-months", said, lambda axes: _draw(axes, table, months, lines, grid.title)),
        headings=("arm", *(f"month {months[place]:g}" for place in shown)),
        rows=rows,
    )


def _draw(axes: Any, table: Table, months: Sequence[float], lines: dict[str, list[float]], title: str) -> None:
    places = {row.arm: place for place, row in enumerate(table.rows)}
    for arm, own in lines.items():
        axes.plot(months, own, color=colour(places[arm]), label=short(arm))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("months")
    axes.set_ylabel(title.removeprefix("Cost by month ").strip())
    axes.legend()
