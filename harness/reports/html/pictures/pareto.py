"""Quality against what it takes: which arms no other arm beats at both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.reports.html.pictures.labels import label
from harness.reports.html.pictures.numbers import interval, place_of, short
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.stages import shares
from harness.reports.html.pictures.svg import MUTED, colour, drawn
from harness.result import CONTROLS, Table
from harness.types import Record

Points = Mapping[str, tuple[float, float]]
"""arm -> (price, quality)"""


@dataclass(frozen=True, slots=True)
class Price:
    """What the arms take of something, and in which words."""

    name: str
    """of the picture"""
    title: str
    axis: str
    """what stands under the x axis"""
    reading: str
    of: Mapping[str, float]
    """arm -> how much"""
    shown: Mapping[str, str]
    """arm -> the same for people"""


def quality_latency(table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if two arms were timed and scored."""
    taken = {name: 1000 * sum(shares(group).values()) for name, group in arms.items()}
    price = Price(
        name="quality-latency",
        title="Quality and time per answer",
        axis="milliseconds per answer, batched (log scale)",
        reading="time per answer in the batched pass",
        of=taken,
        shown={name: f"{value:.3g}" for name, value in taken.items()},
    )
    yield from pareto(table, price, knowledge)


def pareto(table: Table, price: Price, knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if two arms have a price above nought and a value of the first metric measured."""
    place = place_of(table, knowledge)
    if place is None:
        return
    means = {row.arm: row.entries[place].mean for row in table.rows}
    points = {
        arm: (price.of[arm], mean) for arm, mean in means.items() if mean is not None and price.of.get(arm, 0.0) > 0
    }
    if len(points) < 2:
        return
    metric, best = table.columns[place].metric, front(points)
    rows = tuple(
        (row.arm, price.shown[row.arm], interval(row.entries[place]), "yes" if row.arm in best else "no")
        for row in table.rows
        if row.arm in points
    )
    said = "; ".join(f"{arm}: {shown}, {metric} {value}" for arm, shown, value, _ in rows)
    alternative = f"{price.title}: no other arm beats {', '.join(best)} at both. {said}."
    yield Picture(
        name=price.name,
        title=price.title,
        reading=f"Up: better {metric}. Right: more {price.reading}. The line joins the arms that no other arm beats at "
        "both (by their means); controls are hollow.",
        alternative=alternative,
        svg=drawn(price.name, alternative, lambda axes: _draw(axes, list(means), points, best, price.axis, metric)),
        headings=("arm", price.axis, metric, "on the front"),
        rows=rows,
    )


def front(points: Points) -> list[str]:
    """Return the arms that are not beaten at both, the cheapest first, controls aside; points are (price, quality)."""
    best: list[str] = []
    served = {arm: point for arm, point in points.items() if arm not in CONTROLS}
    for arm, (_, quality) in sorted(served.items(), key=lambda item: (item[1][0], -item[1][1], item[0])):
        if not best or quality > points[best[-1]][1]:
            best.append(arm)
    return best


def _draw(axes: Any, names: list[str], points: Points, best: list[str], axis: str, metric: str) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    line = [points[arm] for arm in best]
    axes.plot(*zip(*line, strict=True), color=MUTED, linewidth=1.2, drawstyle="steps-post", zorder=1)
    for arm, point in points.items():
        hollow = {"markerfacecolor": "none"} if arm in CONTROLS else {}
        axes.plot(*point, "o", color=colour(names.index(arm)), markersize=8, zorder=2, **hollow)
    axes.margins(0.16)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(axis)
    axes.set_ylabel(f"{short(metric)} →")
    axes.figure.draw_without_rendering()
    label(axes, list(points), list(points.values()))
