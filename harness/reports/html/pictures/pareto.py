"""Quality against what it takes: which arms no other arm beats at both."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.analysis.headline import place_of
from harness.analysis.result import Figure, Table, TableEntry
from harness.reports.html.pictures.labels import label
from harness.reports.html.pictures.picture import Picture, interval, short
from harness.reports.html.pictures.svg import MUTED, colour, drawn, whisker
from harness.reports.html.pictures.times import Times
from harness.reports.html.pictures.times import interval as milliseconds

Points = Mapping[str, tuple[float, float]]
"""arm -> (price, quality)"""


@dataclass(frozen=True, slots=True)
class Price:
    """What the arms take of something, and in which words."""

    name: str
    """of the picture"""
    title: str
    axis: str
    """label of the x axis"""
    reading: str
    of: Mapping[str, Figure]
    """arm -> how much"""
    shown: Mapping[str, str]
    """arm -> the same for people"""
    source: str = ""
    """where the numbers are from, in sentences"""


def quality_latency(table: Table, times: Times, knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if two arms were timed and scored."""
    taken = {arm: time.typical for arm, time in times.of.items()}
    one = "request alone" if times.alone else "answer, batched"
    price = Price(
        name="quality-latency",
        title=f"Quality and time per {one}",
        axis=f"milliseconds per {one}{', median' if times.alone else ''} (log scale)",
        reading="time per request, retrieval included" if times.alone else "time per answer in the batched pass",
        of=taken,
        shown={arm: milliseconds(figure) for arm, figure in taken.items()},
        source=f"{times.source}.",
    )
    yield from pareto(table, price, knowledge)


def pareto(table: Table, price: Price, knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if two arms have a price above 0 and a value of the first metric measured."""
    place = place_of(table, knowledge)
    if place is None:
        return
    entries = {row.arm: row.entries[place] for row in table.rows}
    points = {
        arm: (price.of[arm].value, entry.mean)
        for arm, entry in entries.items()
        if entry.mean is not None and arm in price.of and price.of[arm].value > 0
    }
    if len(points) < 2:
        return
    metric, best = table.columns[place].metric, front(points, table.controls)
    rows = tuple(
        (arm, price.shown[arm], interval(entries[arm]), "yes" if arm in best else "no")
        for arm in entries
        if arm in points
    )
    said = "; ".join(f"{arm}: {shown}, {metric} {value}" for arm, shown, value, _ in rows)
    alternative = f"{price.title}: no other arm beats {', '.join(best)} at both. {said}."
    reading = (
        f"Up: better {metric}. Right: more {price.reading}. Whiskers are 95 % intervals; the line joins the arms that "
        f"no other arm beats at both (by their points); controls are hollow. {price.source}"
    )
    yield Picture(
        name=price.name,
        title=price.title,
        reading=reading.rstrip(),
        alternative=alternative,
        svg=drawn(
            price.name, alternative, lambda axes: _draw(axes, entries, points, best, price, metric, table.controls)
        ),
        headings=("arm", price.axis, metric, "on the front"),
        rows=rows,
    )


def front(points: Points, controls: Collection[str] = ()) -> list[str]:
    """Return the arms that are not beaten at both, the cheapest first, controls aside; points are (price, quality)."""
    best: list[str] = []
    served = {arm: point for arm, point in points.items() if arm not in controls}
    for arm, (_, quality) in sorted(served.items(), key=lambda item: (item[1][0], -item[1][1], item[0])):
        if not best or quality > points[best[-1]][1]:
            best.append(arm)
    return best


def _draw(
    axes: Any,
    entries: Mapping[str, TableEntry],
    points: Points,
    best: Sequence[str],
    price: Price,
    metric: str,
    controls: Collection[str],
) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    line = [points[arm] for arm in best]
    axes.plot(*zip(*line, strict=True), color=MUTED, linewidth=1.2, drawstyle="steps-post", zorder=1)
    names = list(entries)
    for arm, (x, y) in points.items():
        hollow = {"markerfacecolor": "none"} if arm in controls else {}
        ends = {"xerr": whisker(price.of[arm]), "yerr": whisker(entries[arm])}
        axes.errorbar(
            x, y, **ends, fmt="o", color=colour(names.index(arm)), markersize=8, elinewidth=1.2, zorder=2, **hollow
        )
    axes.margins(0.16)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(price.axis)
    axes.set_ylabel(f"{short(metric)} →")
    axes.figure.draw_without_rendering()
    label(axes, list(points), list(points.values()))
