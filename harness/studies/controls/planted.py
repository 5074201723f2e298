"""Controls of planted documents: they must be retrieved, and the documents that they contradict must be right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.evidence import is_cut
from harness.studies.control import ControlResult, count_of, percent
from harness.studies.data import StudyData
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.measures.planted_belief import shows_planted
from harness.types import Example


@dataclass(frozen=True)
class PlantedAreRetrieved:
    """Positive: planted documents must be shown; else nothing was tried."""

    KEY: ClassVar[str] = "harness.studies.controls.planted.PlantedAreRetrieved"
    NEEDS: ClassVar[tuple[str, ...]] = ("retrieves",)

    at_least: float
    """share of the prompts, where most are planted"""

    def check(self, data: StudyData) -> ControlResult:
        name, level = "planted documents are retrieved", most_planted(data)
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
    NEEDS: ClassVar[tuple[str, ...]] = ("retrieves",)

    def check(self, data: StudyData) -> ControlResult:
        name, level = "right documents state the right value alone", most_planted(data)
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
