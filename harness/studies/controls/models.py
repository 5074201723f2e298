"""Controls of studies that compare models: they must be different models, and answer differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from harness.studies.control import ControlResult, count_of
from harness.studies.control_needs import ControlNeed
from harness.studies.data import StudyData
from harness.studies.intervention import Condition


@dataclass(frozen=True)
class ModelsDiffer:
    """Positive: two models must word some answers of the bare arm otherwise; else one was asked twice."""

    KEY: ClassVar[str] = "harness.studies.controls.models.ModelsDiffer"
    title: ClassVar[str] = "models differ"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", tuple((one.name,) for one in conditions))]

    def check(self, data: StudyData) -> ControlResult:
        name = self.title
        arm = next((one for one, role in data.roles.items() if role.plain), data.arms[0])
        answers = [texts for level in data.levels if (texts := _texts(data, level, arm))]
        if len(answers) < 2:
            return ControlResult(name, "positive", False, f"{arm} was asked of fewer than two models")
        alike = [same_share(first, second) for first, second in pairwise(answers)]
        most = max(alike, key=lambda pair: pair[0] / max(1, pair[1]))
        text = f"{count_of(*most)} answers of {arm} are the same of two neighbouring models; wanted fewer than all"
        return ControlResult(name, "positive", most[0] < most[1], text)


def same_share(first: dict[str, str], second: dict[str, str]) -> tuple[int, int]:
    """Return how many answers are worded alike, and how many were compared."""
    shared = first.keys() & second.keys()
    return sum(first[key] == second[key] for key in shared), len(shared)


def _texts(data: StudyData, level: str, arm: str) -> dict[str, str]:
    return {key: answer.text for key, answer in data.predictions(level, arm).items()}
