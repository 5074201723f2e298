"""What the arms cost: against quality, and over months."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from harness.analysis.answer_prices import per_thousand, section_named
from harness.analysis.result import Figure, Table
from harness.reports.html.pictures.pareto import Price, pareto
from harness.reports.html.pictures.picture import Numbers, Picture, short
from harness.reports.html.pictures.svg import INK, colour, drawn
from harness.reports.html.pictures.times import interval


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two lines that cross: the arm that was cheaper becomes the dearer one."""

    before: str
    """cheaper until then"""
    after: str
    """cheaper from then on"""
    month: float
    cost: float


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
    section = section_named(table, "cost-months")
    if section is None:
        return
    months = [float(column.name) for column in section.columns[1:]]
    lines = {
        str(row[0]): [cell.value if isinstance(cell, Figure) else 0.0 for cell in row[1:]]
        for row in section.rows
        if row[0] not in table.controls
    }
    if not lines:
        return
    crossed = crossings(lines, months[-1])
    shown = sorted({0, len(months) // 2, len(months) - 1})
    rows = tuple((arm, *(f"{own[place]:.4g}" for place in shown)) for arm, own in lines.items())
    said = "; ".join(
        f"{arm} {own[0]:.3g} at the start, {own[-1]:.3g} at month {months[-1]:g}" for arm, own in lines.items()
    )
    said += (
        "; no lines cross"
        if not crossed
        else "".join(f"; {one.after} is cheaper than {one.before} from month {one.month:.3g} on" for one in crossed)
    )
    currency = section.title.removeprefix("Cost by month ").strip()
    yield Picture(
        name="cost-months",
        title=section.title,
        reading="One-off work at month 0, then answers, updates, storage. Where lines cross, the cheaper arm changes: "
        "a ring marks it.",
        alternative=said,
        svg=drawn("cost-months", said, lambda axes: _draw(axes, table, months, lines, crossed, currency)),
        headings=("arm", *(f"month {months[place]:g}" for place in shown)),
        rows=rows,
        also=(
            Numbers(
                "Where lines cross",
                ("cheaper before", "cheaper after", "month", f"cost by then, {currency.removeprefix('in ')}"),
                tuple((one.before, one.after, f"{one.month:.2f}", f"{one.cost:.4g}") for one in crossed)
                or (("no lines cross", "–", "–", "–"),),
            ),
        ),
    )


def crossings(lines: Mapping[str, Sequence[float]], months: float) -> list[Crossing]:
    """Return where two lines cross, by month.

    Args:
        lines: arm -> cost from the start to the last month; straight, as the ledger counts every month alike.
        months: the last one.
    """
    found = []
    for (left, one), (right, other) in combinations(lines.items(), 2):
        first, last = one[0] - other[0], one[-1] - other[-1]
        if first * last < 0:
            share = first / (first - last)
            arms = (left, right) if first < 0 else (right, left)
            found.append(Crossing(*arms, share * months, one[0] + share * (one[-1] - one[0])))
    return sorted(found, key=lambda each: each.month)


def _draw(
    axes: Any,
    table: Table,
    months: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    crossed: Sequence[Crossing],
    currency: str,
) -> None:
    places = {row.arm: place for place, row in enumerate(table.rows)}
    for arm, own in lines.items():
        axes.plot(months, own, color=colour(places[arm]), label=short(arm))
    axes.plot(
        [one.month for one in crossed], [one.cost for one in crossed],
        linestyle="", marker="o", markersize=9, markerfacecolor="none", markeredgecolor=INK, zorder=3,
    )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_xlabel("months")
    axes.set_ylabel(currency)
    axes.legend()
