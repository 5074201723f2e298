"""Small multiples of a sweep: one panel per arm, one picture per setting that was swept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.sweeps import SweepCell, SweepGroup, sort_key, value_of
from harness.reports.html.pictures.picture import Picture, interval, short
from harness.reports.html.pictures.svg import colour, figure

PER_ROW: Final = 4
Panels = Mapping[str, Sequence[SweepCell]]
"""arm -> its cells"""


def sweep_pictures(comparison: SweepGroup, metric: str, name: str) -> Iterator[Picture]:
    """Yield a picture per setting that differs between experiments.

    Args:
        comparison: of one task and model.
        metric: the y axis.
        name: begins the names of the pictures.
    """
    cells = [cell for cell in comparison.cells(metric) if cell.entry.mean is not None]
    for place, parameter in enumerate(comparison.parameters):
        if cells:
            others = [other for other in comparison.parameters if other != parameter]
            yield _picture(cells, parameter, others, metric, f"{name}-{place}")


def _picture(cells: Sequence[SweepCell], parameter: str, others: Sequence[str], metric: str, name: str) -> Picture:
    panels: dict[str, list[SweepCell]] = {}
    for cell in sorted(cells, key=lambda one: sort_key(value_of(one.experiment, parameter))):
        panels.setdefault(cell.arm, []).append(cell)
    values = list(dict.fromkeys(value_of(cell.experiment, parameter) for own in panels.values() for cell in own))
    values.sort(key=sort_key)
    rows = tuple(
        (arm, *(value_of(cell.experiment, one) for one in (parameter, *others)), interval(cell.entry))
        for arm, own in panels.items()
        for cell in own
    )
    alternative = f"{metric} over {parameter}, one panel per arm. " + "; ".join(" ".join(row) for row in rows)
    down = -(-len(panels) // PER_ROW)
    return Picture(
        name=name,
        title=f"{metric} over {parameter}",
        reading="One panel per arm; points are experiments with 95 % intervals, the line joins their means.",
        alternative=f"{alternative}.",
        svg=figure(
            name,
            f"{alternative}.",
            lambda whole: _draw(whole, panels, values, parameter, metric),
            (1.9 * min(PER_ROW, len(panels)) + 0.6, 2.1 * down + 0.4),
        ),
        headings=("arm", parameter, *others, metric),
        rows=rows,
    )


def _draw(whole: Any, panels: Panels, values: Sequence[str], parameter: str, metric: str) -> None:
    down = -(-len(panels) // PER_ROW)
    section = whole.subplots(down, min(PER_ROW, len(panels)), sharex=True, sharey=True, squeeze=False)
    for axes in section.flat[len(panels) :]:
        axes.set_visible(False)
    for place, (axes, (arm, cells)) in enumerate(zip(section.flat, panels.items(), strict=False)):
        _panel(axes, cells, values, parameter, colour(place))
        axes.set_title(short(arm), fontsize=10, fontweight="bold")
    whole.supxlabel(short(parameter), fontsize=10)
    whole.supylabel(short(metric), fontsize=10)


def _panel(axes: Any, cells: Sequence[SweepCell], values: Sequence[str], parameter: str, ink: str) -> None:
    means: dict[int, list[float]] = {}
    for cell in cells:
        entry, x = cell.entry, values.index(value_of(cell.experiment, parameter))
        mean = entry.mean or 0.0
        low, high = (mean if end is None else end for end in (entry.low, entry.high))
        axes.errorbar(x, mean, [[max(0.0, mean - low)], [max(0.0, high - mean)]], fmt="o", color=ink, markersize=5)
        means.setdefault(x, []).append(mean)
    axes.plot(list(means), [sum(own) / len(own) for own in means.values()], color=ink, linewidth=1.2, alpha=0.7)
    axes.set_xticks(range(len(values)), [short(value) for value in values])
    axes.set_xlim(-0.4, len(values) - 0.6)
