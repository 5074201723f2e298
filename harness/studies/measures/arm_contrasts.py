"""Differences of two arms under every condition: does the hybrid gain where a model is larger, or data are more?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import contrast, text_of


@dataclass(frozen=True)
class ArmContrasts:
    """The arm with both, against the better of those with one; the one trained on passages, against the naive one."""

    KEY: ClassVar[str] = "harness.studies.measures.arm_contrasts.ArmContrasts"

    def read(self, data: StudyData) -> Findings:
        hybrid, raft, singles = _arms(data)
        rows: list[tuple[SectionCell, ...]] = []
        words: list[str] = []
        for level in data.levels:
            best = better_of(data, level, singles)
            first = contrast(data, {(level, hybrid): 1.0, (level, best): -1.0}) if hybrid and best else None
            second = contrast(data, {(level, raft): 1.0, (level, hybrid): -1.0}) if hybrid and raft else None
            rows.append((level, best or None, first, second))
            words += [f"{level}: {hybrid} minus {best}, the better single arm: {_said(first)}."] if first else []
        columns = (
            *(SectionColumn("condition"), SectionColumn("best single")),
            SectionColumn(f"{hybrid or 'hybrid'} − best single", "", 3),
            SectionColumn(f"{raft or 'raft'} − {hybrid or 'hybrid'}", "", 3),
        )
        note = Note("Reading", "the better single arm is chosen by the same answers, which favours it a little")
        kept = tuple(row for row in by_row(rows) if any(isinstance(cell, Figure) for cell in row))
        return Findings(
            (Section("contrasts", "One arm against another", columns, kept, (note,)),) if kept else (), tuple(words)
        )


def better_of(data: StudyData, level: str, arms: tuple[str, ...]) -> str:
    """Return the arm with the better mean under a level; "" where none has one."""
    means = {arm: figure.value for arm in arms if (figure := contrast(data, {(level, arm): 1.0})) is not None}
    best = max if data.higher_is_better else min
    return best(means, key=means.__getitem__) if means else ""


def _arms(data: StudyData) -> tuple[str, str, tuple[str, ...]]:
    """Return the arm that retrieves and is adapted, the one trained on passages, and those with one of the two."""
    served = {arm: role for arm, role in data.roles.items() if not role.control}
    both = {arm: role for arm, role in served.items() if role.retrieves and role.adapted}
    hybrid = next((arm for arm, role in both.items() if not role.trained_on_passages), "")
    raft = next((arm for arm, role in both.items() if role.trained_on_passages), "")
    return hybrid, raft, tuple(arm for arm, role in served.items() if role.retrieves != role.adapted)


def _said(figure: Figure) -> str:
    return f"{text_of(figure, 2, '+')}{'' if excludes_zero(figure) else ', which could be chance'}"
