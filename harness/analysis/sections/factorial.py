"""The factorial: what retrieval adds, what the adapter adds, and whether the two effects add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import Weights, estimates
from harness.analysis.numbers import decimals_for, number
from harness.analysis.result import Column, Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.roles import Role, parts_of
from harness.analysis.stats import bootstrap as stats

NEITHER: Final = Role()
RETRIEVER: Final = Role(retrieves=True)
ADAPTER: Final = Role(adapted=True)
BOTH: Final = Role(retrieves=True, adapted=True)
TRAINED: Final = Role(retrieves=True, adapted=True, trained_on_passages=True)
PARTS: Final[Mapping[Role, str]] = {
    NEITHER: "neither",
    RETRIEVER: "retriever",
    ADAPTER: "adapter",
    BOTH: "retriever and adapter",
    TRAINED: "retriever and adapter trained on passages",
}
"""the corners, in words"""
EXAMPLES: Final[Mapping[Role, str]] = {BOTH: "base,rag,qlora,hybrid", TRAINED: "base,rag,qlora,raft"}
"""fourth corner -> arms of this repository that make a factorial with it"""


@dataclass(frozen=True, slots=True)
class Corners:
    """The four arms of one 2 × 2 design."""

    neither: str
    retriever: str
    adapter: str
    both: str

    def effects(self) -> Mapping[str, Weights]:
        """Return the three contrasts, each in the metric's own unit."""
        neither, retriever, adapter, both = self.neither, self.retriever, self.adapter, self.both
        return {
            "retrieval": {retriever: 0.5, neither: -0.5, both: 0.5, adapter: -0.5},
            "adapter": {adapter: 0.5, neither: -0.5, both: 0.5, retriever: -0.5},
            "interaction": {both: 1.0, retriever: -1.0, adapter: -1.0, neither: 1.0},
        }

    def __str__(self) -> str:
        return f"{self.neither}, {self.retriever}, {self.adapter}, {self.both}"


def factorial_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the 2 × 2 of retriever and adapter, and where there is one, a second with an adapter trained on passages.

    The arms of each corner are found by their roles; `_fitting` says which of several is taken.
    """
    candidates = {role: [arm for arm, own in source.roles.items() if own == role] for role in PARTS}
    for fourth in (BOTH, TRAINED) if candidates[TRAINED] else (BOTH,):
        roles = (NEITHER, RETRIEVER, ADAPTER, fourth)
        name = "factorial" if fourth == BOTH else f"factorial-{candidates[TRAINED][0]}"
        missing = [PARTS[role] for role in roles if not candidates[role]]
        if missing:
            yield _section(name, "", (), [_without(source, missing, EXAMPLES[fourth])])
        else:
            fitting = {role: _fitting(source, candidates[role], candidates[fourth][0]) for role in roles}
            corners = Corners(*(arms[0] for arms in fitting.values()))
            notes = [Note("Reading", _reading(corners, fourth == TRAINED)), *_choices(fitting)]
            rows, valueless = _rows(source, corners)
            if valueless:
                notes.append(Note("Not here", f"{', '.join(valueless)}: not all four arms have a value"))
            yield _section(name, f" ({corners})", rows, notes)


def _fitting(source: ComparisonData, arms: Sequence[str], fourth: str) -> Sequence[str]:
    """Return the arms of one role, those first that share their retriever and adapter with the fourth corner."""
    wanted = parts_of(source.records[fourth][0])

    def differs(arm: str) -> bool:
        own = parts_of(source.records[arm][0])
        return any(own.get(part) not in (None, wanted.get(part)) for part in ("retriever", "adapter"))

    return sorted(arms, key=differs)


def _rows(source: ComparisonData, corners: Corners) -> tuple[list[tuple[SectionCell, ...]], list[str]]:
    """One row per metric on which all four arms have a value, and the names of the other metrics."""
    contrasts = estimates(source, list(corners.effects().values()))
    adjusted = stats.holm_over_rows(np.stack([one.p for one in contrasts]))
    measured = [place for place in range(len(source.columns)) if not np.isnan(contrasts[0].mean[place])]
    rows: list[tuple[SectionCell, ...]] = []
    for place in measured:
        differences = [one.difference(place, p[place]) for one, p in zip(contrasts, adjusted, strict=True)]
        figures = [Figure(one.mean, one.low, one.high, one.n, one.significant) for one in differences if one]
        rows.append((source.columns[place].metric, *figures, _in_words(source.columns[place], figures[-1])))
    return rows, [column.metric for place, column in enumerate(source.columns) if place not in measured]


def _section(name: str, arms: str, rows: Sequence[tuple[SectionCell, ...]], notes: Sequence[Note]) -> Section:
    effects = ("retrieval", "adapter", "interaction")
    return Section(
        name=name,
        title=f"Factorial: retrieval × adapter{arms}",
        columns=(
            SectionColumn("metric"),
            *(SectionColumn(name, decimals=3) for name in effects),
            SectionColumn("in words"),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _in_words(column: Column, interaction: Figure) -> str:
    if interaction.low is None or interaction.high is None:
        return "too few examples to tell"
    if not interaction.significant:
        most = max(abs(interaction.low), abs(interaction.high))
        return f"no interaction seen; if there is one, it is likely at most {number(most, decimals_for([most]))}"
    if column.higher_is_better is None:
        return "the two effects do not add up"
    better = (interaction.value > 0) == column.higher_is_better
    return f"together {'better' if better else 'worse'} than the sum of the two effects"


def _choices(fitting: Mapping[Role, Sequence[str]]) -> Iterator[Note]:
    """Say which arm was taken where several have the same role."""
    for role, (taken, *others) in fitting.items():
        if others:
            yield Note("Corner", f"{PARTS[role]}: {taken} is used; {', '.join(others)} would fit as well")


def _reading(corners: Corners, two_trainings: bool) -> str:
    neither, retriever, adapter, both = corners.neither, corners.retriever, corners.adapter, corners.both
    mixed = f" {both} has another adapter than {adapter}, so two trainings are mixed." if two_trainings else ""
    return (
        f"retrieval: mean of {retriever} - {neither} and {both} - {adapter}; adapter: mean of {adapter} - {neither} "
        f"and {both} - {retriever}; interaction: {both} - {retriever} - {adapter} + {neither}, 0 where the two effects "
        "add up. 95 % intervals, paired by example; * p < .05 (sign-flip permutation test, Holm-adjusted over the "
        f"three) and the interval excludes 0. Near a metric's best or worst value two effects cannot add up.{mixed}"
    )


def _without(source: ComparisonData, missing: Sequence[str], example: str) -> Note:
    failed = "".join(f"; {one.cell.arm}: {one.reason}" for one in source.chosen.refused)
    text = f"needs an arm for each combination of retriever and adapter; missing: {'; '.join(missing)}{failed}"
    return Note("No factorial", f"{text}. Run for example arm=[{example}]")
