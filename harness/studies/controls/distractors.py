"""Control of distractors in prompts: the share that was asked for is there, the right passage where it should be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.shown_support import answers_of, noise_levels, read_flags, why_not_asked


@dataclass(frozen=True)
class DistractorsAreShown:
    """Positive: with the largest share below 1, prompts must show distractors and the right passage together.

    And at a share of 0 no prompt with the right passage may show another, and at 1 none may show it.
    """

    KEY: ClassVar[str] = "harness.studies.controls.distractors.DistractorsAreShown"
    title: ClassVar[str] = "distractors are shown as asked for"

    at_least: float
    """share of the prompts that show the right passage, over the arms that search and all runs"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return []  # without an arm that searches nothing is asked of it, and it passes

    def check(self, data: StudyData) -> ControlResult:
        name, levels = self.title, noise_levels(data)
        if why := why_not_asked(data, list(levels.values()), "puts distractors into prompts"):
            return ControlResult(name, "positive", True, f"not asked: {why}")
        most = max((share for share in levels if share < 1.0), default=0.0)
        prompts = [one for one in _flags(data, levels.get(most)) if any(one[1])]  # of the rest nothing is asked
        mixed = sum(any(flags) and not all(flags) for _, flags in prompts)
        wrong = [
            *_impure(_flags(data, levels.get(0.0))),
            *(name for name, own in _flags(data, levels.get(1.0)) if any(own)),
        ]
        text = (
            f"{count_of(mixed, len(prompts))} prompts show both at {percent(most)}; wanted {percent(self.at_least)} or "
        )
        text += f"more; {len(wrong)} prompts show what the share forbids" + (f", such as {wrong[0]}" if wrong else "")
        passed = bool(prompts) and mixed >= self.at_least * len(prompts) and not wrong
        return ControlResult(name, "positive", passed, text)


def _flags(data: StudyData, level: str | None) -> list[tuple[str, list[bool]]]:
    """Return the id of each question under a level, and whether the passages of its prompt support."""
    rows = answers_of(data, level) if level else ()
    return [(question.id, read_flags(question, answer)) for _, question, answer in rows]


def _impure(prompts: list[tuple[str, list[bool]]]) -> Iterator[str]:
    return (name for name, flags in prompts if any(flags) and not all(flags))
