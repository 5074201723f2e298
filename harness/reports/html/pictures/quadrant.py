"""Knowledge × adaptation: retrieval should move an arm to the right, tuning up, both to the corner."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.analysis.headline import place_of
from harness.analysis.result import Table, TableRow
from harness.reports.html.pictures.labels import label
from harness.reports.html.pictures.picture import Picture, interval, short
from harness.reports.html.pictures.svg import MUTED, colour, drawn, whisker
from harness.types import Record


def quadrant(
    table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str], adaptation: Sequence[str]
) -> Iterator[Picture]:
    """Yield the picture if a metric of either kind was measured on at least two arms."""
    right = place_of(table, knowledge)
    if right is None:
        return
    up = place_of(table, [name for name in adaptation if name != table.columns[right].metric])
    if up is None:
        return
    shown = [row for row in table.rows if row.entries[right].mean is not None and row.entries[up].mean is not None]
    if len(shown) >= 2:
        yield _picture(table, shown, right, up)


def _picture(table: Table, rows: Sequence[TableRow], right: int, up: int) -> Picture:
    x, y = table.columns[right].metric, table.columns[up].metric
    numbers = tuple((row.arm, interval(row.entries[right]), interval(row.entries[up])) for row in rows)
    said = "; ".join(f"{arm}: {x} {a}, {y} {b}" for arm, a, b in numbers)
    alternative = f"Points of {len(rows)} arms, {x} to the right and {y} upwards. {said}."
    return Picture(
        name="quadrant",
        title="Knowledge and adaptation",
        reading=f"Right: knows more ({x}). Up: writes more as wanted ({y}). The dashed lines pass through base; "
        "whiskers are 95 % intervals.",
        alternative=alternative,
        svg=drawn("quadrant", alternative, lambda axes: _draw(axes, table, rows, right, up)),
        headings=("arm", x, y),
        rows=numbers,
    )


def _draw(axes: Any, table: Table, rows: Sequence[TableRow], right: int, up: int) -> None:
    places = {row.arm: place for place, row in enumerate(table.rows)}
    points = []
    for row in rows:
        x, y = row.entries[right], row.entries[up]
        points.append((x.mean or 0.0, y.mean or 0.0))
        axes.errorbar(
            *points[-1], xerr=whisker(x), yerr=whisker(y), fmt="o", color=colour(places[row.arm]), markersize=7
        )
        if row.arm == table.base:
            axes.axvline(points[-1][0], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
            axes.axhline(points[-1][1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    axes.margins(0.14)
    axes.set_xlabel(f"{short(table.columns[right].metric)} →")
    axes.set_ylabel(f"{short(table.columns[up].metric)} →")
    axes.figure.draw_without_rendering()
    label(axes, [row.arm for row in rows], points)
