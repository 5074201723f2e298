"""Controls: what must be seen, or must not be, before the numbers of a study may be believed."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from harness.analysis.result import Section, SectionColumn
from harness.studies.data import StudyData

Kind = Literal["positive", "negative"]


@dataclass(frozen=True, slots=True)
class ControlResult:
    """What a control found."""

    name: str
    """what was looked for, in a few words"""
    kind: Kind
    """positive: an effect that must be there; negative: one that must not"""
    passed: bool
    """False also where it could not be checked: then nothing says that the study works"""
    text: str
    """what was found, with numbers, and what was wanted"""


@runtime_checkable
class Control(Protocol):
    """A frozen dataclass that looks at the records of a study.

    One with `title` (as its result names it) and `needs` (`harness.studies.control_needs`) can be told beforehand to
    fail; of another one it is taken that it looks at an arm of each kind.
    """

    def check(self, data: StudyData) -> ControlResult:
        """Return what was found."""
        ...


def controls_section(results: tuple[ControlResult, ...]) -> Section:
    """Return the table of the controls."""
    columns = tuple(SectionColumn(name) for name in ("control", "kind", "result", "found"))
    rows = tuple((one.name, one.kind, "passed" if one.passed else "FAILED", one.text) for one in results)
    return Section("controls", "Controls, checked before anything below", columns, rows)


def percent(share: float) -> str:
    """Return "10 %"."""
    return f"{100 * share:.0f} %"


def count_of(part: int, whole: int) -> str:
    """Return "3 of 60 (5 %)"."""
    return f"{part:,} of {whole:,} ({percent(part / whole if whole else 0.0)})"
