"""Loss while an adapter was trained; arms that share an adapter share its lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.result import Table
from harness.reports.html.pictures.picture import Numbers, Picture, short
from harness.reports.html.pictures.svg import colour, drawn
from harness.types import Record

MOST_POINTS: Final = 40
"""rows of numbers per line, about"""

Losses = tuple[str, list[tuple[float, float]], list[tuple[float, float]]]
"""arms, training loss and validation loss as (step, loss)"""


def training(table: Table, arms: Mapping[str, Sequence[Record]]) -> Iterator[Picture]:
    """Yield the picture if an adapter was trained here."""
    runs = _runs(arms)
    if not runs:
        return
    rows = tuple(
        (
            name,
            f"{len(train):,}",
            f"{train[0][1]:.3f}" if train else "–",
            f"{train[-1][1]:.3f}" if train else "–",
            *_best(valid),
        )
        for name, train, valid in runs
    )
    said = "; ".join(f"{row[0]} from {row[2]} to {row[3]}, best validation loss {row[4]}" for row in rows)
    alternative = f"Training loss over steps: {said}."
    yield Picture(
        name="training",
        title="Training loss",
        reading="Lines: loss on training rows. Points: loss on validation rows; the adapter of the lowest is kept.",
        alternative=alternative,
        svg=drawn("training", alternative, lambda axes: _draw(axes, runs)),
        headings=("adapter of", "points", "first", "last", "best validation", "at step"),
        rows=rows,
        also=tuple(_drawn_points(*run) for run in runs),
    )


def _drawn_points(name: str, train: Sequence[tuple[float, float]], valid: Sequence[tuple[float, float]]) -> Numbers:
    """What the lines are drawn through; of a long one every nth point, and the title says so."""
    every = max(1, -(-len(train) // MOST_POINTS))
    kept = [*train[::every], *(train[-1:] if (len(train) - 1) % every else ())]
    trained, validated = dict(kept), dict(valid)
    thinned = f", training loss: one point in {every} of {len(train):,}, and the last" if every > 1 else ""
    return Numbers(
        f"Loss by step of {name}{thinned}",
        ("step", "training loss", "validation loss"),
        tuple(
            (f"{step:,.0f}", *(f"{of[step]:.4f}" if step in of else "–" for of in (trained, validated)))
            for step in sorted({*trained, *validated})
        ),
    )


def _runs(arms: Mapping[str, Sequence[Record]]) -> list[Losses]:
    found: dict[str, tuple[list[str], Mapping[str, Any]]] = {}
    for name, group in arms.items():
        for record in group:
            facts = record.facts.get("training", {})
            if facts.get("train_loss") or facts.get("validation_loss"):
                several = f", seed {record.cell.seed}" if len(group) > 1 else ""
                names, _ = found.setdefault(str(facts.get("adapter", (name, record.cell.seed))), ([], facts))
                names.append(f"{name}{several}")
    return [
        (" and ".join(names), _points(facts.get("train_loss", ())), _points(facts.get("validation_loss", ())))
        for names, facts in found.values()
    ]


def _points(pairs: Any) -> list[tuple[float, float]]:
    return [(float(step), float(loss)) for step, loss in pairs]


def _best(valid: Sequence[tuple[float, float]]) -> tuple[str, str]:
    if not valid:
        return "–", "–"
    step, loss = min(valid, key=lambda point: point[1])
    return f"{loss:.3f}", f"{step:,.0f}"


def _draw(axes: Any, runs: Sequence[Losses]) -> None:
    for place, (name, train, valid) in enumerate(runs):
        if train:
            axes.plot(*zip(*train, strict=True), color=colour(place + 2), label=short(name))
        if valid:
            axes.plot(
                *zip(*valid, strict=True), color=colour(place + 2), linestyle="", marker="o", markersize=6,
                label="" if train else short(name),
            )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_xlabel("optimiser steps")
    axes.set_ylabel("loss")
    axes.legend()
