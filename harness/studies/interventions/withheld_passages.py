"""Passages taken out of prompts: those that support the answer, or as many others, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.unanswerable import NO_EVIDENCE, rests_on_documents
from harness.tasks.task import Task
from harness.types import Withheld

Removed = Literal["nothing", "support", "another"]
WITHHELD: Final[Mapping[Removed, Withheld]] = {"nothing": "", "support": "support", "another": "others"}


@dataclass(frozen=True)
class WithheldPassages:
    """The questions that documents answer, without some of the passages that were retrieved for them.

    Nothing comes in place of a passage that goes, and the others keep their order; retrieval and adapters stay. Where
    the gold documents were not retrieved, nothing goes in any condition.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.withheld_passages.WithheldPassages"

    removed: Removed
    """support: the passages of the gold documents; another: as many others, drawn by the question's id"""

    @property
    def label(self) -> str:
        return f"{self.removed} removed"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"removed": self.removed}

    def refuses(self, task: Task) -> str:
        return "" if any(map(rests_on_documents, task.examples("test"))) else NO_EVIDENCE

    def apply(self, task: Task) -> Task:
        withheld = WITHHELD[self.removed]
        asked = [replace(one, withheld=withheld) for one in task.examples("test") if rests_on_documents(one)]
        return with_test(task, asked, self.label)
