"""Where an answer's time goes: bars of the stages, one on top of another."""

from collections.abc import Sequence
from typing import Any, Final

from harness.analysis.sections.percentiles import MILLISECONDS
from harness.reports.html.pictures.picture import Picture, seconds, short
from harness.reports.html.pictures.svg import INK, PAPER, colour, drawn, whisker
from harness.reports.html.pictures.times import REST, STAGES, Times, figure_text

GLUE: Final = 0.001
"""share of a bar from which on the rest is worth a colour of its own"""


def stages(times: Times) -> Picture:
    """Return the picture."""
    used = [stage for stage in STAGES if any(_shown(time.stages, stage) for time in times.of.values())]
    rows = tuple(
        (
            arm,
            *(seconds(time.stages[stage]) if time.stages[stage] else "–" for stage in used),
            figure_text(time.mean),
        )
        for arm, time in times.of.items()
    )
    said = "; ".join(f"{row[0]}: {row[-1]} ms in all" for row in rows)
    one = "request alone" if times.alone else "answer, batched"
    alternative = f"Bars of milliseconds per {one}, by stage. {said}."
    return Picture(
        name="stages",
        title=f"Time per {one}, by stage",
        reading=f"{times.source}. Means; whiskers are 95 % intervals of the whole.",
        alternative=alternative,
        svg=drawn("stages", alternative, lambda axes: _draw(axes, times, used), (5.4, 1.3 + 0.36 * len(times.of))),
        headings=("arm", *used, "all, ms"),
        rows=rows,
    )


def _shown(found: Any, stage: str) -> bool:
    least = GLUE * sum(found.values()) if stage == REST else 0.0
    return bool(found[stage] > least)


def _draw(axes: Any, times: Times, used: Sequence[str]) -> None:
    names = list(times.of)[::-1]
    left = [0.0] * len(names)
    for place, stage in enumerate(used):
        widths = [MILLISECONDS * times.of[name].stages[stage] for name in names]
        bars = {"label": stage, "color": colour(place), "edgecolor": PAPER, "linewidth": 0.8}
        axes.barh([short(name) for name in names], widths, 0.62, left, **bars)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for place, name in enumerate(names):
        figure = times.of[name].mean
        axes.errorbar(figure.value, place, xerr=whisker(figure), fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("milliseconds per request" if times.alone else "milliseconds per answer, batched")
    if used:
        axes.figure.legend(loc="outside upper left", ncols=min(4, len(used)), handlelength=1, columnspacing=1.2)
