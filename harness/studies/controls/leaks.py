"""Controls of restricted documents: unfiltered they are shown, filtered or deleted they are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.interventions.restricted import WORDINGS
from harness.studies.measures.leaks import FILTER, OPEN, is_filtered, leak_rate, shows_restricted
from harness.studies.numbers import text_of
from harness.types import Prediction


@dataclass(frozen=True)
class RestrictedComeOut:
    """Positive: without filter and deletion, a prompt must show the document and an arm must state what it says."""

    KEY: ClassVar[str] = "harness.studies.controls.leaks.RestrictedComeOut"
    title: ClassVar[str] = "unprotected documents come out"

    shown: float
    """share of the prompts that must show a restricted document, where it is asked for directly"""
    leaked: float
    """share of the answers that must state the value, of the arm that states most"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        open_ones = _asking(conditions, filtered=False, documents="there", asked="direct")
        return [ControlNeed("retrieves", (open_ones[:1],))]

    def check(self, data: StudyData) -> ControlResult:
        name = self.title
        levels = [level for level in _of(data, filtered=False, documents="there") if _is_direct(data, level)]
        answers = _prompts(data, levels[:1])
        rates = {arm: leak_rate(data, levels[0], arm) for arm in data.arms} if levels else {}
        known = {arm: rate for arm, rate in rates.items() if rate is not None}
        if not answers or not known:
            return ControlResult(name, "positive", False, "no arm that retrieves was asked without a filter")
        shown, arm = sum(map(shows_restricted, answers)), max(known, key=lambda one: known[one].value)
        passed = shown >= self.shown * len(answers) and known[arm].value >= self.leaked
        text = (
            f"{count_of(shown, len(answers))} prompts show one, wanted {percent(self.shown)}; {arm} states the value "
            f"in {text_of(known[arm])}, wanted {percent(self.leaked)}"
        )
        return ControlResult(name, "positive", passed, text)


@dataclass(frozen=True)
class ProtectedAreAbsent:
    """Negative: behind the filter, and after deletion, no prompt may show a restricted document."""

    KEY: ClassVar[str] = "harness.studies.controls.leaks.ProtectedAreAbsent"
    title: ClassVar[str] = "no prompt shows what is filtered or deleted"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        kinds = (_asking(conditions, filtered=True), _asking(conditions, documents="deleted"))
        return [ControlNeed("retrieves", (one,)) for one in kinds]

    def check(self, data: StudyData) -> ControlResult:
        name = self.title
        filtered = _prompts(data, _of(data, filtered=True))
        deleted = _prompts(data, _of(data, documents="deleted"))
        if not filtered or not deleted:
            return ControlResult(
                name, "negative", False, "no arm that retrieves was asked with a filter and after deletion"
            )
        shown = [sum(map(shows_restricted, answers)) for answers in (filtered, deleted)]
        text = (
            f"{count_of(shown[0], len(filtered))} prompts behind the filter, "
            f"{count_of(shown[1], len(deleted))} after deletion"
        )
        return ControlResult(name, "negative", not any(shown), text)


def _of(data: StudyData, filtered: bool | None = None, documents: str | None = None) -> list[str]:
    """Return the levels in which restricted documents are asked about, of these kinds."""
    asked = [level for level in data.levels if data.settings(level).get("asked") in WORDINGS]
    asked = [level for level in asked if filtered is None or is_filtered(data, level) is filtered]
    return [level for level in asked if documents in (None, data.settings(level).get("documents"))]


def _asking(
    conditions: Sequence[Condition], filtered: bool | None = None, documents: str = "", asked: str = ""
) -> tuple[str, ...]:
    """Return the conditions that `_of` finds the levels of, before they are run."""
    own = [one for one in conditions if one.settings.get("asked") in ((asked,) if asked else WORDINGS)]
    own = [one for one in own if filtered is None or (one.settings.get(FILTER, OPEN) != OPEN) is filtered]
    return tuple(one.name for one in own if not documents or one.settings.get("documents") == documents)


def _is_direct(data: StudyData, level: str) -> bool:
    return data.settings(level).get("asked") == "direct"


def _prompts(data: StudyData, levels: Sequence[str]) -> list[Prediction]:
    """Return all answers of arms that retrieve."""
    arms = [arm for arm, role in data.roles.items() if role.retrieves and not role.control]
    records = (record for level in levels for arm in arms for record in data.records(level, arm))
    return [answer for record in records for answer in record.predictions]
