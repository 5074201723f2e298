"""What a study reads off its records beyond the metrics of each answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from harness.analysis.result import Figure, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.numbers import contrast


@dataclass(frozen=True, slots=True)
class Findings:
    """What a measure found."""

    sections: tuple[Section, ...] = ()
    """tables"""
    words: tuple[str, ...] = ()
    """sentences made from their numbers"""


@runtime_checkable
class Measure(Protocol):
    """A frozen dataclass; its definition and source stand in its docstring and in docs/STUDIES.md."""

    def read(self, data: StudyData) -> Findings:
        """Return what the records say; an empty reading where none of its conditions were run."""
        ...


@dataclass(frozen=True)
class LevelMeans:
    """The metric's mean of every arm under every level, with intervals over examples, draws and seeds."""

    KEY: ClassVar[str] = "harness.studies.measures.measure.LevelMeans"

    def read(self, data: StudyData) -> Findings:
        columns = (SectionColumn("condition"), *(SectionColumn(arm, "", 3) for arm in data.arms))
        rows = [(level, *(contrast(data, {(level, arm): 1.0}) for arm in data.arms)) for level in data.levels]
        title = f"{data.metric} under each condition"
        return Findings((Section("conditions", title, columns, by_row(rows)),))


def by_row(rows: Sequence[Sequence[SectionCell]]) -> tuple[tuple[SectionCell, ...], ...]:
    """Return the rows of a section without those that hold nothing beside their name."""
    return tuple(tuple(row) for row in rows if any(cell is not None for cell in row[1:]))


def excludes_zero(figure: Figure | None) -> bool:
    """Return whether an interval lies on one side of 0."""
    return figure is not None and figure.low is not None and figure.high is not None and figure.low * figure.high > 0


def listed(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
