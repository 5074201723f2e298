"""Controls of an update: the old values must have been known, the documents must have changed, kept ones must not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.evidence import is_cut
from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.interventions.next_version import holds, value_before, value_now
from harness.studies.measures.stale_answers import stale_rate
from harness.studies.numbers import text_of
from harness.types import Document, Example

NOTHING = {"documents": "old", "training": "old"}
INDEXED = {"documents": "new", "training": "old"}


@dataclass(frozen=True)
class OldKnowledgeGivesOldAnswers:
    """Positive: before anything is renewed, an arm that retrieves must give the values of before."""

    KEY: ClassVar[str] = "harness.studies.controls.update.OldKnowledgeGivesOldAnswers"
    title: ClassVar[str] = "old documents give old answers"

    at_least: float
    """share of stale answers of the arm that has most: with fewer, there is nothing that a renewal could correct"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", under(conditions, NOTHING))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(NOTHING)
        rates = {arm: stale_rate(data, level, arm) for arm, role in data.roles.items() if role.retrieves and level}
        known = {arm: rate for arm, rate in rates.items() if rate is not None}
        if not known:
            return ControlResult(name, "positive", False, "no arm that retrieves was asked before anything was renewed")
        arm = max(known, key=lambda one: known[one].value)
        text = f"{arm} gives the value of before in {text_of(known[arm])}; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", known[arm].value >= self.at_least, text)


@dataclass(frozen=True)
class EditsAreInTheDocuments:
    """Negative: the new document of an edited fact must state the new value, and not the old one beside it."""

    KEY: ClassVar[str] = "harness.studies.controls.update.EditsAreInTheDocuments"
    title: ClassVar[str] = "no edited page states the old value"

    at_most: float
    """share of edited facts of which that may fail (a value that another fact of the page happens to have)"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", under(conditions, INDEXED))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(INDEXED)
        records = [record for arm in data.arms for record in (data.records(level, arm) if level else ())][:1]
        if not records:
            return ControlResult(name, "negative", False, "no arm was asked after the documents were renewed")
        texts = {document.id: document for document in records[0].evidence}
        edited = [one for one in records[0].examples if one.slice == "edited" and one.previous and one.answerable]
        wrong = [one.id for one in edited if not _is_edited(one, texts)]
        text = f"{count_of(len(wrong), len(edited))} edited facts are not stated anew, or still as before"
        passed = bool(edited) and len(wrong) <= self.at_most * len(edited)
        return ControlResult(name, "negative", passed, text + (f", such as {wrong[0]}" if wrong else ""))


def _is_edited(question: Example, texts: dict[str, Document]) -> bool:
    bodies = [texts[name].text for name in question.evidence if name in texts]
    cut = any(map(is_cut, bodies))  # of a long page a record keeps the beginning
    states = cut or holds(bodies, value_now(question))
    return states and not holds(bodies, value_before(question))
