"""The factorial: what retrieval adds, what the adapter adds, and whether the two simply add up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import Estimate, Weights, estimates
from harness.analysis.numbers import decimals_for, number
from harness.analysis.result import SIGNIFICANT, Column, Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.stats import bootstrap as stats

BOTH: Final = ("hybrid", "raft")
"""arms with retriever and adapter, each the fourth corner of a factorial"""


def factorial_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the 2 × 2 of retriever and adapter; a second one with raft in hybrid's place where there is raft."""
    for both in BOTH:
        if both == BOTH[0] or both in source.arms:
            corners = ("base", "rag", "qlora", both)
            missing = [arm for arm in corners if arm not in source.arms]
            yield _without(source, both, missing) if missing else _factorial(source, both)


def effects(both: str) -> Mapping[str, Weights]:
    """Return the three contrasts of the 2 × 2, each in the metric's own unit."""
    return {
        "retrieval": {"rag": 0.5, "base": -0.5, both: 0.5, "qlora": -0.5},
        "adapter": {"qlora": 0.5, "base": -0.5, both: 0.5, "rag": -0.5},
        "interaction": {both: 1.0, "rag": -1.0, "qlora": -1.0, "base": 1.0},
    }


def _factorial(source: ComparisonData, both: str) -> Section:
    found = estimates(source, list(effects(both).values()))
    adjusted = stats.holm_over_rows(np.stack([one.p for one in found]))
    told = [place for place in range(len(source.columns)) if not np.isnan(found[0].mean[place])]
    rows = [
        _row(source.columns[place], [_figure(one, p, place) for one, p in zip(found, adjusted, strict=True)])
        for place in told
    ]
    silent = [column.metric for place, column in enumerate(source.columns) if place not in told]
    notes = [Note("Reading", _reading(both))]
    if silent:
        notes.append(Note("Not here", f"{', '.join(silent)}: not all four arms have a value"))
    return _section(both, rows, notes)


def _section(both: str, rows: Sequence[tuple[SectionCell, ...]], notes: Sequence[Note]) -> Section:
    columns = [
        SectionColumn("metric"),
        *(SectionColumn(name, decimals=3) for name in effects(both)),
        SectionColumn("in words"),
    ]
    return Section(
        name="factorial" if both == BOTH[0] else f"factorial-{both}",
        title=f"Factorial: retrieval × adapter (base, rag, qlora, {both})",
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _figure(found: Estimate, adjusted: stats.Floats, place: int) -> Figure:
    mean, low, high, n = found.numbers(place)
    assert mean is not None
    apart = low is not None and high is not None and not low <= 0.0 <= high
    return Figure(mean, low, high, n, apart and bool(adjusted[place] < SIGNIFICANT))


def _row(column: Column, figures: Sequence[Figure]) -> tuple[SectionCell, ...]:
    return (column.metric, *figures, _in_words(column, figures[-1]))


def _in_words(column: Column, interaction: Figure) -> str:
    if interaction.low is None or interaction.high is None:
        return "too few examples to tell"
    if not interaction.significant:
        most = max(abs(interaction.low), abs(interaction.high))
        return f"no interaction seen; if there is one, it is likely at most {number(most, decimals_for([most]))}"
    if column.higher_is_better is None:
        return "the two do not add up"
    better = (interaction.value > 0) == column.higher_is_better
    return (
        "together better than the two effects add up to" if better else "together worse than the two effects add up to"
    )


def _reading(both: str) -> str:
    mixed = "; raft's adapter is another one than qlora's, so adapter and interaction mix two recipes"
    return (
        f"retrieval: mean of rag minus base and {both} minus qlora; adapter: mean of qlora minus base and {both} minus "
        f"rag; interaction: {both} - rag - qlora + base, 0 where the two effects add up; 95 % intervals paired by "
        "example; * p < .05 (sign-flip permutation test, Holm-adjusted over the three) and the interval leaves out 0; "
        f"near a metric's best or worst value two effects cannot add up{mixed if both != BOTH[0] else ''}"
    )


def _without(source: ComparisonData, both: str, missing: Sequence[str]) -> Section:
    reasons = {one.cell.arm: one.reason for one in source.chosen.refused}
    told = "; ".join(f"{arm}: {reasons.get(arm, 'not part of this comparison')}" for arm in missing)
    text = f"needs base, rag, qlora and {both}, but has no number for {told}; run arm=[base,rag,qlora,{both}]"
    return _section(both, (), [Note("No factorial", text)])
