"""The order of passages in a prompt: the right one first, in the middle or last (Lost in the Middle, 2307.03172)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.unanswerable import NO_EVIDENCE, rests_on_documents
from harness.tasks.task import Task
from harness.types import PLACES, Place


@dataclass(frozen=True)
class PassageOrder:
    """The questions that documents answer, with the passages of these documents in one place of the prompt.

    Passages stay the same, the others keep their order, and adapters stay. Where the gold documents were not retrieved,
    nothing moves.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.passage_order.PassageOrder"

    place: Place
    """of the passages of the gold documents; several stand together"""

    def problems(self) -> list[str]:
        return [] if self.place in PLACES else [f"place is {self.place}; it must be one of {', '.join(PLACES)}"]

    @property
    def label(self) -> str:
        where = "in the middle" if self.place == "middle" else self.place
        return f"right passage {where}"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "passage order", "place": self.place}

    def refuses(self, task: Task) -> str:
        return "" if any(map(rests_on_documents, task.examples("test"))) else NO_EVIDENCE

    def apply(self, task: Task) -> Task:
        asked = [replace(one, place=self.place) for one in task.examples("test") if rests_on_documents(one)]
        return with_test(task, asked, self.label)
