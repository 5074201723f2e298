"""Overfitting: how much better an arm does on pairs that it was trained on than on pairs that it was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.result import Figure, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings
from harness.studies.numbers import contrast, of_runs, text_of


@dataclass(frozen=True)
class OverfitGap:
    """The metric on pairs that were trained on, minus that on test, at each size: what is memorised and not learnt.

    Of test, questions of the kinds (slices) that training has: others are harder for what was never taught.
    """

    KEY: ClassVar[str] = "harness.studies.measures.overfit_gap.OverfitGap"

    def read(self, data: StudyData) -> Findings:
        rows: list[tuple[SectionCell, ...]] = []
        for level in data.levels:
            settings = data.settings(level)
            beside = data.level_with({**settings, "asked": "test"})
            if settings.get("asked") == "train" and beside is not None:
                rows.append((str(settings["pairs"]), *(_gap(data, level, beside, arm) for arm in data.arms)))
        columns = (SectionColumn("pairs"), *(SectionColumn(arm, "", 3) for arm in data.arms))
        kept = tuple(row for row in rows if any(cell is not None for cell in row[1:]))
        if not kept:
            return Findings()
        section = Section("overfit", "Score on trained pairs minus score on test", columns, kept)
        return Findings((section,), tuple(_gap_sentence(data, kept)))


def _gap(data: StudyData, trained: str, asked: str, arm: str) -> Figure | None:
    """Return the difference of two means over different examples: their variances add up."""
    first, second = contrast(data, {(trained, arm): 1.0}), _of_kinds_trained(data, trained, asked, arm)
    if first is None or second is None or not data.roles[arm].adapted:
        return None
    gap = first.value - second.value
    if None in (first.low, first.high, second.low, second.high):
        return Figure(gap)
    down = np.hypot(first.value - (first.low or 0.0), (second.high or 0.0) - second.value)
    up = np.hypot((first.high or 0.0) - first.value, second.value - (second.low or 0.0))
    return Figure(gap, gap - float(down), gap + float(up))


def _of_kinds_trained(data: StudyData, trained: str, asked: str, arm: str) -> Figure | None:
    """Return the mean on test over questions of the kinds that were trained on; over all where no kind is shared."""
    values, kinds = data.values(asked, arm), {one.slice for one in data.examples(trained, arm).values()}
    if values is None:
        return None
    own = [name for name, one in data.examples(asked, arm).items() if one.slice in kinds]
    ids = own or list(values.ids)
    return of_runs([values.of(ids)], data.clusters(ids))


def _gap_sentence(data: StudyData, rows: Sequence[Sequence[SectionCell]]) -> list[str]:
    lines = []
    for place, arm in enumerate(data.arms, start=1):
        cells = [(row[0], cell) for row in rows if isinstance(cell := row[place], Figure)]
        if len(cells) > 1:
            (few, first), (many, last) = cells[0], cells[-1]
            text = f"{text_of(first, 2, '+')} with {few} pairs and {text_of(last, 2, '+')} with {many}"
            lines.append(f"{arm} does better on what it was trained on by {text}.")
    return lines
