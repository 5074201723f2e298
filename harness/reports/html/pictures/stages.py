"""Where an answer's time goes: the batched quality pass, each batch's seconds shared out among its examples."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from harness.reports.html.pictures.numbers import seconds, short
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.svg import PAPER, colour, drawn
from harness.result import Table
from harness.types import Record, Stage

STAGES: Final[tuple[str, ...]] = tuple(stage for stage in get_args(Stage) if stage not in ("train", "index"))

Shares = dict[str, float]
"""stage -> seconds per answer"""


def stages(table: Table, arms: Mapping[str, Sequence[Record]]) -> Iterator[Picture]:
    """Yield the picture if any prediction was timed."""
    found = {name: shares(group) for name, group in arms.items()}
    used = [stage for stage in STAGES if any(one.get(stage) for one in found.values())]
    if not used:
        return
    rows = tuple(
        (name, *(seconds(own[stage]) if own.get(stage) else "–" for stage in used), seconds(sum(own.values())))
        for name, own in found.items()
    )
    said = "; ".join(f"{row[0]}: {row[-1]} in all" for row in rows)
    alternative = f"Bars of seconds per answer by stage. {said}."
    height = 1.3 + 0.36 * len(found)
    yield Picture(
        name="stages",
        title="Time per answer by stage",
        reading="From the batched pass that made the answers: a batch's seconds shared out among its examples. "
        "This is throughput; a single question takes longer.",
        alternative=alternative,
        svg=drawn("stages", alternative, lambda axes: _draw(axes, found, used), (5.4, height)),
        headings=("arm", *used, "all"),
        rows=rows,
    )


def shares(records: Sequence[Record]) -> Shares:
    """Return the mean seconds per answer of each stage."""
    total: Shares = {}
    answers = sum(len(record.predictions) for record in records)
    for record in records:
        for prediction in record.predictions:
            for span in prediction.spans:
                if span.stage in STAGES:
                    total[span.stage] = total.get(span.stage, 0.0) + span.seconds / max(1, span.batch_size) / answers
    return total


def _draw(axes: Any, found: Mapping[str, Shares], used: Sequence[str]) -> None:
    names = list(found)[::-1]
    left = [0.0] * len(names)
    for place, stage in enumerate(used):
        widths = [1000 * found[name].get(stage, 0.0) for name in names]
        axes.barh(
            [short(name) for name in names],
            widths,
            0.62,
            left,
            label=stage,
            color=colour(place),
            edgecolor=PAPER,
            linewidth=0.8,
        )
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("milliseconds per answer")
    axes.figure.legend(loc="outside upper left", ncols=len(used), handlelength=1, columnspacing=1.2)
