"""Quality, time and cost at a glance: what decides between arms, in one small table right under the scoreboard."""

from collections.abc import Iterator, Mapping

from harness.analysis.comparison import ComparisonData, headline
from harness.analysis.costs.ledger import ledger
from harness.analysis.result import CONTROLS, Column, Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.comparable_usage import together
from harness.analysis.sections.cost_cells import cell, money_column
from harness.analysis.sections.latency import total
from harness.analysis.sections.percentiles import tail, values
from harness.analysis.sections.timing_session import timed

MOST = 2
"""metrics: the whole table stands in 100 columns of a terminal"""


def glance_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield one grid; nothing where neither time nor cost was measured: the scoreboard says the rest."""
    arms = [arm for arm in source.arms if arm not in CONTROLS] or list(source.arms)
    late, paid = _p95(source), _per_thousand(source)
    if not any(late.get(arm) or paid.get(arm) for arm in arms):
        return
    shown = [source.columns.index(column) for column in headline(source)[:MOST]]
    money = [paid.get(arm) for arm in arms]
    columns = [SectionColumn("arm"), *(_heading(source.columns[place]) for place in shown)]
    columns += [SectionColumn("p95, ms", "ms", decimals=1), money_column(_paid(source), _currency(source), money)]
    yield Section(
        name="glance",
        title="Quality, time and cost at a glance",
        columns=tuple(columns),
        rows=tuple(
            (arm, *(_mean(source, arm, place) for place in shown), late.get(arm), one)
            for arm, one in zip(arms, money, strict=True)
        ),
        notes=(Note("Reading", _reading(source)),),
    )


def _heading(column: Column) -> SectionColumn:
    arrow = {True: " ↑", False: " ↓", None: ""}[column.higher_is_better]
    return SectionColumn(f"{column.metric}{arrow}", column.unit)


def _mean(source: ComparisonData, arm: str, place: int) -> SectionCell:
    """The scoreboard's mean, without the interval that stands above."""
    own = source.values[:, source.arms.index(arm), place]
    there = own[own == own]
    return Figure(float(there.mean()), n=len(there)) if len(there) else None


def _p95(source: ComparisonData) -> Mapping[str, SectionCell]:
    """One request at a time; of an adapter both beside and merged, the one that serves it as it was scored."""
    found = timed({arm: source.chosen.arms[arm] for arm in source.arms})
    late: dict[str, SectionCell] = {}
    for row in () if found is None else found.alone():
        late.setdefault(row.arm, tail(values(row.answered, total), 95))
    return late


def _per_thousand(source: ComparisonData) -> Mapping[str, SectionCell]:
    if source.costing is None:
        return {}
    used = together({arm: source.chosen.arms[arm] for arm in source.arms}).used
    return {one.arm: cell(ledger(one, source.costing, source.resamples).answers) for one in used}


def _currency(source: ComparisonData) -> str:
    return "" if source.costing is None else source.costing.prices.currency


def _single(source: ComparisonData) -> bool:
    return source.costing is not None and source.costing.horizon.serving == "single"


def _paid(source: ComparisonData) -> str:
    return f"{_currency(source)} per 1,000 answers".strip()


def _reading(source: ComparisonData) -> str:
    basis = "one at a time" if _single(source) else "in full batches"
    return (
        "metrics as in the scoreboard, with its intervals there; p95 of whole requests, one at a time, as under "
        f"Latency; price of 1,000 answers {basis} (horizon.serving), as under Cost; – not measured"
    )
