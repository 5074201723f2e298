"""Controls of passages taken out of prompts: they were there before, and they are gone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.deletions import ORDER, Deletion, all_deletion_levels, deletions
from harness.studies.intervention import Condition


@dataclass(frozen=True)
class SupportWasShown:
    """Positive: the whole prompts must show the support and another passage; else nothing was taken away."""

    KEY: ClassVar[str] = "harness.studies.controls.removed_passages.SupportWasShown"
    title: ClassVar[str] = "the support was shown"

    at_least: float
    """share of the prompts of arms that retrieve"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", _removing(conditions))]

    def check(self, data: StudyData) -> ControlResult:
        found = list(_of_arms(data))
        shown = sum(one.happened for one in found)
        text = f"{count_of(shown, len(found))} prompts show the support and another passage; wanted "
        passed = bool(found) and shown >= self.at_least * len(found)
        return ControlResult(self.title, "positive", passed, f"{text}{percent(self.at_least)} or more")


@dataclass(frozen=True)
class RemovedIsAbsent:
    """Negative: no prompt may hold a passage that was removed: by its place, and by its text in what the model read."""

    KEY: ClassVar[str] = "harness.studies.controls.removed_passages.RemovedIsAbsent"
    title: ClassVar[str] = "removed passages are absent"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("retrieves", _removing(conditions))]

    def check(self, data: StudyData) -> ControlResult:
        name, found = self.title, [one for one in _of_arms(data) if one.happened]
        if not found:
            return ControlResult(name, "negative", False, "no passage was removed, or not under each condition")
        still = [one for one in found if _still_there(one)]
        kept = [one for one in found if len(one.without_another.passages) >= len(one.whole.passages)]
        text = f"{count_of(len(still), len(found))} prompts without the support hold it"
        text += f", {count_of(len(kept), len(found))} without another have as many passages as before"
        where = f"; such as {(still or kept)[0].question.id}" if still or kept else ""
        return ControlResult(name, "negative", not still and not kept, text + where)


def _removing(conditions: Sequence[Condition]) -> tuple[tuple[str, ...], ...]:
    return under(conditions, *({"removed": one} for one in ORDER))


def _of_arms(data: StudyData) -> Iterator[Deletion]:
    for arm, role in data.roles.items():
        if role.retrieves and not role.control:
            for levels in all_deletion_levels(data):
                yield from deletions(data, arm, levels)


def _still_there(one: Deletion) -> bool:
    """Return whether the prompt without the support shows a passage of it, under any number, or its text anywhere."""
    asked = one.question.text
    prompt = "".join(one.without_support.prompt)
    shown = {passage.document_id for passage in one.without_support.passages}
    return any(
        passage.document_id in shown or (passage.text not in asked and passage.text in prompt)
        for passage in one.support
        if passage.text.strip()
    )
