"""Risk and coverage: how many questions an arm answers at all, and how often it is wrong when it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.analysis.headline import place_of
from harness.analysis.metric_facts import QUALITY
from harness.analysis.outcomes import answered_ids, passage_support
from harness.analysis.result import Table
from harness.reports.html.pictures.labels import label
from harness.reports.html.pictures.picture import Picture, short
from harness.reports.html.pictures.svg import colour, drawn
from harness.store.records.stored import scores_of
from harness.types import Record

Point = tuple[float, float, int, int]
"""coverage, risk, answers given, questions asked"""
Curve = list[tuple[float, float]]
"""(coverage, risk) when ever less supported answers are given, too; ends at the arm's own point"""


def coverage(table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str]) -> Iterator[Picture]:
    """Yield the picture if some arm abstained and a metric from 0 to 1 says what is right.

    The metric is that of the section on risk, where it was measured: support is judged by the same judge as
    faithfulness, and a curve of the one over the other would show the judge agreeing with itself.
    """
    place = place_of(table, [*QUALITY, *knowledge])
    if place is None or not any(row.abstained for row in table.rows):
        return
    metric = table.columns[place].metric
    found = {name: point for name, group in arms.items() if (point := _point(group, metric)) is not None}
    if len(found) < 2:
        return
    curves = {name: curve(arms[name], metric) for name in found}
    rows = tuple((name, f"{one[2]:,} of {one[3]:,}", f"{one[0]:.3f}", f"{one[1]:.3f}") for name, one in found.items())
    alternative = f"Points of {len(found)} arms. " + "; ".join(
        f"{name} answers {one[0]:.0%} of the questions and loses {one[1]:.3f} of {metric} on those"
        for name, one in found.items()
    )
    yield Picture(
        name="coverage",
        title="Risk and coverage",
        reading=f"Right: answers more of the questions. Up: is wrong more often when it answers (1 − {metric}). "
        f"Low and right is good; an arm that guesses is high. {_lines(curves)}",
        alternative=f"{alternative}.",
        svg=drawn("coverage", f"{alternative}.", lambda axes: _draw(axes, list(arms), found, curves, metric)),
        headings=("arm", "answered", "coverage", "risk"),
        rows=rows,
    )


def _point(records: Sequence[Record], metric: str) -> Point | None:
    values = [value for record in records for value in _values(record, metric).values()]
    if not values or not all(0 <= value <= 1 for value in values):
        return None
    asked = sum(len(record.examples) for record in records)
    return len(values) / asked, 1 - sum(values) / len(values), len(values), asked


def _values(record: Record, metric: str) -> dict[str, float]:
    """By example id, of the answers given: a failure is none of them, as in the section on refusals."""
    answers = answered_ids(record)
    return {
        score.example_id: score.value
        for score in scores_of(record.scores, metric)
        if score.value is not None and score.example_id in answers
    }


def curve(records: Sequence[Record], metric: str) -> Curve:
    """The best supported answers first; equally supported ones are given together. Empty where nothing ranks them."""
    answers: list[tuple[float, float]] = []
    for record in records:
        supported, values = passage_support(record), _values(record, metric)
        if not supported and values:
            return []
        answers += [(supported[example_id], value) for example_id, value in values.items()]
    if not answers:
        return []
    answers.sort(reverse=True)
    asked, lost, points = sum(len(record.examples) for record in records), 0.0, []
    for count, (trust, value) in enumerate(answers, start=1):
        lost += 1 - value
        if count == len(answers) or answers[count][0] < trust:
            points.append((count / asked, lost / count))
    return points


def _lines(curves: Mapping[str, Curve]) -> str:
    lines = [name for name, points in curves.items() if len(points) > 1]
    if not lines:
        return "No arm has more than its point: nothing says how sure an answer is."
    return (
        f"Lines ({', '.join(lines)}): the same arm if it withheld the answers that its own passages support least (the "
        "judge's mean support of their claims, without a look at gold or at what is answerable); other arms have "
        "nothing that says how sure they are."
    )


def _draw(
    axes: Any, names: Sequence[str], found: Mapping[str, Point], curves: Mapping[str, Curve], metric: str
) -> None:
    for name, (x, y, *_) in found.items():
        if len(curves[name]) > 1:
            axes.plot(*zip(*curves[name], strict=True), color=colour(names.index(name)), linewidth=1.3)
        axes.plot(x, y, "o", color=colour(names.index(name)), markersize=8)
    axes.set_xlim(-0.06, 1.06)
    axes.set_ylim(-0.06, 1.06)
    axes.set_xlabel("coverage: share of questions answered →")
    axes.set_ylabel(f"risk: 1 − {short(metric)} on those →")
    axes.figure.draw_without_rendering()
    label(axes, list(found), [(x, y) for x, y, *_ in found.values()])
