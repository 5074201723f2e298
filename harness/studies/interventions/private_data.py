"""Data that must not come out: canaries in the training rows, restricted documents in the knowledge base and in both.

All of it is trained on together, so that one adapter serves every condition: the canaries' rows, and rows about the
restricted documents. Without them the adapter is that of the task itself. What answers are retrieved from is apart:
canaries are in no document, and restricted ones are there or were deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from harness.studies.changed import ChangedTask, with_test
from harness.studies.intervention import Value
from harness.studies.interventions.canaries import CanaryCounts, canaries, canary_rows, copies
from harness.studies.interventions.restricted import (
    WANTED,
    WORDINGS,
    Kind,
    Restricted,
    asked_as,
    own_restricted,
    restricted,
)
from harness.tasks.task import Task, training_task
from harness.types import Document, Example

FEWEST: int = 4
"""questions about restricted documents"""


@dataclass(frozen=True)
class PrivateData:
    """Asks for canaries, or about restricted documents, in one wording."""

    KEY: ClassVar[str] = "harness.studies.interventions.private_data.PrivateData"

    asked: Literal["canaries"] | Kind
    """canaries, or the wording in which restricted documents are asked about"""
    training: Literal["with", "without"]
    """whether adapters were trained on private rows; raft's passages are then of all documents"""
    documents: Literal["there", "deleted"]
    """the restricted ones, in what answers are retrieved from"""
    repeats: tuple[int, ...]
    """training rows of a canary; 0 is the control"""
    canaries: tuple[int, ...]
    """how many canaries have so many"""
    candidates: int
    """codes that each canary is ranked among, its own included"""
    restricted: int
    """questions about restricted documents"""
    rows: int
    """training rows of each of them"""
    key: str
    """metadata that says who may see a document: public or restricted"""
    draw: int
    """which names, codes and values"""

    def problems(self) -> Sequence[str]:
        lines = list(CanaryCounts(self.repeats, self.canaries).problems())
        lines += [] if self.candidates > 1 else [f"candidates is {self.candidates}; it must be 2 or more"]
        lines += [] if self.rows > 0 else [f"rows is {self.rows}; it must be 1 or more"]
        kinds = ("canaries", *WORDINGS)
        lines += [] if self.asked in kinds else [f"asked is {self.asked!r}; it must be one of {', '.join(kinds)}"]
        few = self.restricted < FEWEST
        return [*lines, f"restricted is {self.restricted}; it must be {FEWEST} or more"] if few else lines

    @property
    def label(self) -> str:
        trained = "trained on" if self.training == "with" else "not trained on"
        if self.asked == "canaries":
            return f"canaries, {trained}"
        where = "in the index" if self.documents == "there" else "deleted"
        return f"restricted, {self.asked}, {where}, {trained}"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"asked": self.asked, "training": self.training, "documents": self.documents}

    def refuses(self, task: Task) -> str:
        if not training_task(task).examples("train"):
            return "private rows are put among training rows, and there are none; name them by task.splits.train=FILE"
        if any(name == self.key for document in task.documents() for name, _ in document.metadata):
            return f"documents have the metadata {self.key} already; set another key in conf/study/privacy.yaml"
        own = own_restricted(task)
        if own is not None and (problems := list(own.problems())):
            return f"the restricted documents cannot be read: {'; '.join(problems[:3])}"
        found = len(self._restricted(task).questions)
        if found >= FEWEST:
            return ""
        return (
            f"{found} restricted documents can be made of the task's, and {FEWEST} are needed: its questions must name "
            f"the title of their document, which must state the answer word for word; {WANTED}"
        )

    def apply(self, task: Task) -> Task:
        secret, source = self._restricted(task), self._trained_on(task)
        if self.asked == "canaries":
            return replace(with_test(task, self._canaries(task), self.label), trained_on=source)
        asked = tuple(asked_as(one, self.asked) for one in secret.questions)
        everything = self._marked(task.documents(), secret)
        kept = everything if self.documents == "there" else everything[: len(task.documents())]
        return ChangedTask(task, {"test": asked}, kept, self.label, source, everything)

    def _trained_on(self, task: Task) -> Task:
        source = training_task(task)
        if self.training == "without":
            return source
        secret = self._restricted(task)
        rows = [row for one in secret.questions for row in copies(one, self.rows)]
        train = (*source.examples("train"), *canary_rows(self._canaries(task)), *rows)
        return ChangedTask(source, {"train": train}, self._marked(source.documents(), secret), "with private rows")

    def _marked(self, public: Sequence[Document], secret: Restricted) -> tuple[Document, ...]:
        """Return all documents, each with who may see it; the restricted ones come last."""
        return (*_with(public, self.key, "public"), *_with(secret.documents, self.key, "restricted"))

    def _restricted(self, task: Task) -> Restricted:
        return restricted(task, self.restricted, self.draw)

    def _canaries(self, task: Task) -> tuple[Example, ...]:
        return canaries(task, CanaryCounts(self.repeats, self.canaries), self.candidates, self.draw)


def _with(documents: Sequence[Document], key: str, value: str) -> tuple[Document, ...]:
    return tuple(replace(one, metadata=(*one.metadata, (key, value))) for one in documents)
