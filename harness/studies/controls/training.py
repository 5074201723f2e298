"""Controls of studies that vary what is trained on: training must do something, and its content must be why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.numbers import contrast, text_of

OWN: Final = {"pairs": "all", "answers": "own", "asked": "test"}
SHUFFLED: Final = {"pairs": "all", "answers": "shuffled"}


@dataclass(frozen=True)
class TrainingChangesAnswers:
    """Positive: an adapter that was trained on everything answers otherwise than the bare model does."""

    KEY: ClassVar[str] = "harness.studies.controls.training.TrainingChangesAnswers"
    title: ClassVar[str] = "training changes answers"

    at_least: float
    """share of the answers that must differ, of each arm that was trained"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        own = under(conditions, OWN)
        return [ControlNeed("plain", own), ControlNeed("adapted", own)]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(OWN)
        plain = next((arm for arm, role in data.roles.items() if role.plain), None)
        adapted = [arm for arm, role in data.roles.items() if role.adapted and level and data.records(level, arm)]
        if level is None or plain is None or not adapted:
            return ControlResult(
                name, "positive", False, "no arm was trained on all pairs, or the bare model was not asked"
            )
        before = {key: answer.text for key, answer in data.predictions(level, plain).items()}
        found, passed = [], True
        for arm in adapted:
            after = data.predictions(level, arm)
            differ = sum(answer.text != before.get(key) for key, answer in after.items())
            passed = passed and differ >= self.at_least * len(after)
            found.append(f"{arm} {count_of(differ, len(after))}")
        return ControlResult(name, "positive", passed, f"{', '.join(found)}; wanted {percent(self.at_least)} or more")


@dataclass(frozen=True)
class ShuffledAnswersTeachNothing:
    """Negative: trained on the same inputs with each other's answers, an arm must not do as well as with its own.

    What it then gains is form, length and the frequent answers; a curve of a metric that rewards these would rise
    without anything being learnt.
    """

    KEY: ClassVar[str] = "harness.studies.controls.training.ShuffledAnswersTeachNothing"
    title: ClassVar[str] = "shuffled answers teach nothing"

    at_most: float
    """share of the gain over the untrained arm that may be left"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("adapted", under(conditions, OWN, SHUFFLED)), ControlNeed("plain", under(conditions, OWN))]

    def check(self, data: StudyData) -> ControlResult:
        name, shuffled, own = self.title, data.level_with(SHUFFLED), data.level_with(OWN)
        arms = [arm for arm in data.arms if shuffled and data.records(shuffled, arm)]
        if shuffled is None or own is None or not arms:
            return ControlResult(name, "negative", False, "no arm was trained on shuffled answers")
        arm = arms[0]
        plain = next((one for one, role in data.roles.items() if role.plain), arm)
        gained, left = (contrast(data, {(level, arm): 1.0, (own, plain): -1.0}) for level in (own, shuffled))
        if gained is None or left is None:
            return ControlResult(name, "negative", False, f"{arm} has no value of {data.metric}")
        sign = 1.0 if data.higher_is_better else -1.0
        passed = sign * left.value <= max(0.0, self.at_most * sign * gained.value)
        means = (text_of(gained, 2, "+"), text_of(left, 2, "+"))
        text = f"{arm} gains {means[0]} over {plain} with its own answers, {means[1]} with shuffled"
        wanted = f"at most {percent(self.at_most)} of the gain may be left"
        if sign * gained.value <= 0:
            wanted = "its own answers gain nothing here, so that shuffled ones only must not gain either"
        return ControlResult(name, "negative", passed, f"{text}; {wanted}")
