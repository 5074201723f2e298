"""Controls of planted documents: they must be retrieved, and the documents that they contradict must be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.evidence import is_cut
from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.measures.planted_belief import shows_planted
from harness.types import Example


@dataclass(frozen=True)
class PlantedAreRetrieved:
    """Positive: planted documents must be shown; else nothing was tried."""

    KEY: ClassVar[str] = "harness.studies.controls.planted.PlantedAreRetrieved"
    title: ClassVar[str] = "planted documents are retrieved"

    at_least: float
    """share of the prompts, where most are planted"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", _where_most_planted(conditions))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, most_planted(data)
        arms = [arm for arm, role in data.roles.items() if role.retrieves and not role.control] if level else []
        pairs = [
            (question, answer)
            for arm in arms
            for record in data.records(level or "", arm)
            for question, answer in zip(record.examples, record.predictions, strict=True)
        ]
        shown = sum(shows_planted(*pair) for pair in pairs)
        text = f"{count_of(shown, len(pairs))} prompts show one under {level}; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", bool(pairs) and shown >= self.at_least * len(pairs), text)


@dataclass(frozen=True)
class RightDocumentsAreRight:
    """Negative: the documents of the questions themselves must state the right value, and never the planted one."""

    KEY: ClassVar[str] = "harness.studies.controls.planted.RightDocumentsAreRight"
    title: ClassVar[str] = "right documents state the right value alone"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", _where_most_planted(conditions))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, most_planted(data)
        record = next((one for arm in data.arms for one in (data.records(level, arm) if level else ())), None)
        if record is None or not record.examples:
            return ControlResult(name, "negative", False, "nothing was asked where documents are planted")
        texts = {document.id: document.text for document in record.evidence}
        wrong = [question.id for question in record.examples if not _is_right(question, texts)]
        text = f"{count_of(len(wrong), len(record.examples))} questions have a document of which that is not so"
        return ControlResult(name, "negative", not wrong, text + (f", such as {wrong[0]}" if wrong else ""))


def _is_right(question: Example, texts: Mapping[str, str]) -> bool:
    own = [texts[name] for name in question.evidence if name in texts]
    states = holds(own, value_now(question)) or any(map(is_cut, own))  # of a long page a record keeps the beginning
    return states and not any(holds(own, value) for value in question.previous)


def most_planted(data: StudyData) -> str | None:
    """Return the level with most planted documents; None where none was planted."""
    copies = {level: int(data.settings(level).get("copies", 0)) for level in data.levels}
    most = max(copies, key=copies.__getitem__, default=None)
    return most if most is not None and copies[most] else None


def _where_most_planted(conditions: Sequence[Condition]) -> tuple[tuple[str, ...], ...]:
    copies = [int(one.settings.get("copies", 0)) for one in conditions]
    return under(conditions, {"copies": max(copies, default=0) or 1})
