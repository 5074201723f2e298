"""No change: what other conditions are compared with, and what conditions differ in settings alone are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.intervention import Value
from harness.tasks.task import Task


@dataclass(frozen=True)
class Unchanged:
    """The task as it is. With `settings` in its conditions, a study varies keys of the configuration instead."""

    KEY: ClassVar[str] = "harness.studies.interventions.unchanged.Unchanged"

    name: str
    """of the level; "" where its settings name it"""

    @property
    def label(self) -> str:
        return self.name

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": self.name or "none"}

    def refuses(self, task: Task) -> str:
        return ""

    def apply(self, task: Task) -> Task:
        return task
