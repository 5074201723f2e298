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
DRAWN: Final = 2_000
"""questions; no more different ones than these can be asked"""


@dataclass(frozen=True)
class OutOfDomain:
    """Each question that documents answer becomes one from another field, which they cannot answer."""

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
        rng = Random(f"out of domain/{self.draw}")
        made = list(dict.fromkeys(_question(rng) for _ in range(DRAWN)))
        able = [example for example in task.examples("test") if rests_on_documents(example)]
        asked = [unknowable(with_question(one, text)) for one, text in zip(able, made, strict=False)]
        return with_test(task, asked, self.label)


def _question(rng: Random) -> str:
    theme = rng.choice(list(THEMES))
    things, doings = THEMES[theme]
    return rng.choice(FRAMES).format(thing=rng.choice(things), does=rng.choice(doings), theme=theme)
