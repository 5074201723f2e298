"""Controls of studies that change how a question is written: the change must arrive, and must not change the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition, Value
from harness.studies.interventions.wording import kept_facts, question_of


@dataclass(frozen=True)
class FullStrengthChangesAnswers:
    """Positive: at full strength a change must alter answers. One that never does shows only that it was not felt."""

    KEY: ClassVar[str] = "harness.studies.controls.wording.FullStrengthChangesAnswers"
    title: ClassVar[str] = "full strength changes answers"

    clean: Mapping[str, Value]
    """settings of the condition without any change"""
    strongest: Mapping[str, Value]
    """settings of the condition at full strength"""
    at_least: float
    """share of the answers, over all arms, that must be worded otherwise"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", under(conditions, self.clean, self.strongest))]

    def check(self, data: StudyData) -> ControlResult:
        name, clean, level = self.title, data.level_with(self.clean), data.level_with(self.strongest)
        if clean is None or level is None:
            return ControlResult(name, "positive", False, "the condition at full strength was not run")
        before = {(arm, key): one.text for arm in data.arms for key, one in data.predictions(clean, arm).items()}
        after = {(arm, key): one.text for arm in data.arms for key, one in data.predictions(level, arm).items()}
        shared = before.keys() & after.keys()
        differ = sum(before[key] != after[key] for key in shared)
        passed = bool(shared) and differ >= self.at_least * len(shared)
        text = f"{count_of(differ, len(shared))} answers differ under {level}; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", passed, text)


@dataclass(frozen=True)
class QuestionsKeepFacts:
    """Negative: no change may alter what is asked for: numbers, and words of right answers, stand in every question."""

    KEY: ClassVar[str] = "harness.studies.controls.wording.QuestionsKeepFacts"
    title: ClassVar[str] = "questions keep their facts"

    clean: Mapping[str, Value]
    """settings of the condition without any change"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        (clean,) = under(conditions, self.clean)
        changed = tuple(one.name for one in conditions if one.name not in clean)
        return [ControlNeed("any", (clean, changed))]

    def check(self, data: StudyData) -> ControlResult:
        name, clean = self.title, data.level_with(self.clean)
        levels = [level for level in data.levels if level != clean]
        if clean is None or not levels:
            return ControlResult(name, "negative", False, "there is no clean condition to compare with")
        lost, changed, compared = [], 0, 0
        for level in levels:
            for arm in data.arms:
                before, after = data.examples(clean, arm), data.examples(level, arm)
                for key in before.keys() & after.keys():
                    compared += 1
                    changed += question_of(before[key]) != question_of(after[key])
                    lost += [key] if not kept_facts(before[key], after[key]) else []
        found = (
            f"{count_of(changed, compared)} questions were changed, {len(lost)} lost a number or a word of its answer"
        )
        where = f", such as {sorted(lost)[0]}" if lost else ""
        return ControlResult(name, "negative", not lost and compared > 0, found + where)
