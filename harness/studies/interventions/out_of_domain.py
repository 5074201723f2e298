"""Questions about something else than the task: gardens, weather, kitchens. Its documents cannot answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.off_topic import THEMES
from harness.studies.interventions.unanswerable import NO_EVIDENCE, rests_on_documents, unknowable
from harness.studies.interventions.wording import with_question
from harness.tasks.task import Task

FRAMES: Final = (
    "Who first wrote that {thing} {does}?", "In which year was it found out that {thing} {does}?",
    "Which book on {theme} says that {thing} {does}?", "How many people believe that {thing} {does}?",
)  # fmt: skip
"""nothing general answers them: they ask for a name or a number"""


@dataclass(frozen=True)
class OutOfDomain:
    """Each question that documents answer becomes one from another field, which they cannot answer.

    There are 504 of them, in English: of more questions the first 504 are asked.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.out_of_domain.OutOfDomain"

    draw: int
    """which questions"""

    @property
    def label(self) -> str:
        return "out of domain"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "out of domain"}

    def refuses(self, task: Task) -> str:
        return "" if any(map(rests_on_documents, task.examples("test"))) else NO_EVIDENCE

    def apply(self, task: Task) -> Task:
        made = _questions()
        Random(f"out of domain/{self.draw}").shuffle(made)
        able = [example for example in task.examples("test") if rests_on_documents(example)]
        asked = [unknowable(with_question(one, text)) for one, text in zip(able, made, strict=False)]
        return with_test(task, asked, self.label)


def _questions() -> list[str]:
    """Return all questions that can be made: as many at most are asked."""
    return [
        frame.format(thing=thing, does=does, theme=theme)
        for theme, (things, doings) in THEMES.items()
        for thing in things
        for does in doings
        for frame in FRAMES
    ]
