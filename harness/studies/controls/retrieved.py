"""Controls of studies that change what can be retrieved: what was added must be found, evidence must stay evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition, Value


@dataclass(frozen=True)
class AddedIsRetrieved:
    """Positive: documents that were added to make retrieval harder must turn up in prompts."""

    KEY: ClassVar[str] = "harness.studies.controls.retrieved.AddedIsRetrieved"

    where: Mapping[str, Value]
    """settings of the condition in which most were added"""
    prefix: str
    """how the ids of these documents begin"""
    at_least: float
    """share of the prompts that must show one"""

    @property
    def title(self) -> str:
        """What is looked for."""
        return f"{self.prefix} documents are retrieved"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", under(conditions, self.where))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(self.where)
        shown, prompts = _shown(data, level, self.prefix)
        if not prompts:
            return ControlResult(name, "positive", False, "no arm that retrieves was asked under that condition")
        text = f"{count_of(shown, prompts)} prompts show one under {level}; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", shown >= self.at_least * prompts, text)


@dataclass(frozen=True)
class AddedIsRetrievedLess:
    """Negative: documents about something else must turn up less than look-alikes of the task's own."""

    KEY: ClassVar[str] = "harness.studies.controls.retrieved.AddedIsRetrievedLess"

    where: Mapping[str, Value]
    """settings of the condition with these documents"""
    prefix: str
    """how their ids begin"""
    than_where: Mapping[str, Value]
    """settings of the condition with the others"""
    than_prefix: str
    """how the others' ids begin"""

    @property
    def title(self) -> str:
        """What is looked for."""
        return f"{self.prefix} documents are retrieved less than {self.than_prefix} ones"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", under(conditions, self.where, self.than_where))]

    def check(self, data: StudyData) -> ControlResult:
        name = self.title
        few = _shown(data, data.level_with(self.where), self.prefix)
        many = _shown(data, data.level_with(self.than_where), self.than_prefix)
        if not few[1] or not many[1]:
            return ControlResult(name, "negative", False, "one of the two conditions was not asked")
        passed = few[0] * many[1] < many[0] * few[1]
        return ControlResult(name, "negative", passed, f"{count_of(*few)} prompts against {count_of(*many)}")


@dataclass(frozen=True)
class SameQuestions:
    """Negative: every condition must ask the same questions, or their figures are of different ones."""

    KEY: ClassVar[str] = "harness.studies.controls.retrieved.SameQuestions"
    title: ClassVar[str] = "all conditions ask the same"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", (tuple(one.name for one in conditions),))]

    def check(self, data: StudyData) -> ControlResult:
        name = self.title
        asked = {level: _asked(data, level) for level in data.levels}
        known = {level: ids for level, ids in asked.items() if ids}
        odd = [level for level, ids in known.items() if ids != next(iter(known.values()))]
        text = f"{len(next(iter(known.values()), ()))} questions under {len(known)} conditions"
        where = f"; others under {', '.join(odd)}" if odd else ""
        return ControlResult(name, "negative", bool(known) and not odd, text + where)


def _asked(data: StudyData, level: str) -> frozenset[tuple[str, str]]:
    return frozenset((name, one.text) for arm in data.arms for name, one in data.examples(level, arm).items())


def _shown(data: StudyData, level: str | None, prefix: str) -> tuple[int, int]:
    """Return how many prompts show a document whose id begins so, and how many prompts there are."""
    arms = [arm for arm, role in data.roles.items() if role.retrieves and not role.control] if level else []
    answers = [one for arm in arms for one in data.predictions(level or "", arm).values()]
    hits = sum(any(shown.document_id.startswith(prefix) for shown in answer.passages) for answer in answers)
    return hits, len(answers)
