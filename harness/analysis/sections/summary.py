"""Summary of quality, time and cost: one small table right under the scoreboard."""

from collections.abc import Iterator, Mapping

from harness.analysis.comparison import ComparisonData
from harness.analysis.costs.ledger import ledger
from harness.analysis.headline import deciding
from harness.analysis.result import Column, Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.comparable_usage import comparable_usage
from harness.analysis.sections.cost import cell, money_column
from harness.analysis.sections.latency import total
from harness.analysis.sections.percentiles import tail, values
from harness.analysis.sections.timing_session import timing_session

METRICS = 2
"""as many as fit into the 100 columns of a terminal"""


def summary_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield one section; nothing where neither time nor cost was measured: quality is in the scoreboard."""
    arms = source.served
    late, paid = _p95(source), _per_thousand(source)
    if not any(late.get(arm) or paid.get(arm) for arm in arms):
        return
    shown = deciding(source)[:METRICS]
    money = [paid.get(arm) for arm in arms]
    columns = [SectionColumn("arm"), *(_heading(source.columns[place]) for place in shown)]
    columns += [SectionColumn("p95, ms", "ms", decimals=1), money_column(_paid(source), _currency(source), money)]
    yield Section(
        name="summary",
        title="Summary: quality, time and cost",
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
    """Return the scoreboard's mean, without its interval."""
    values = source.values[:, source.arms.index(arm), place]
    valued = values[values == values]
    return Figure(float(valued.mean()), n=len(valued)) if len(valued) else None


def _p95(source: ComparisonData) -> Mapping[str, SectionCell]:
    """Return p95 of one request at a time; of an adapter timed unmerged and merged the first, as it was scored."""
    session = timing_session(source.records)
    late: dict[str, SectionCell] = {}
    for row in () if session is None else session.alone():
        late.setdefault(row.arm, tail(values(row.answered, total), 95))
    return late


def _per_thousand(source: ComparisonData) -> Mapping[str, SectionCell]:
    if source.costing is None:
        return {}
    used = comparable_usage(source.records).used
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
        "metrics as in the scoreboard; p95 of whole requests, one at a time, as under Latency; price of 1,000 answers "
        f"{basis} (horizon.serving), as under Cost; – not measured"
    )
