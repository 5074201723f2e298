"""The knowledge base cut to a part, or grown: with look-alikes of its own documents, or with off-topic ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Literal

from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.studies.interventions.look_alikes import look_alikes, usable
from harness.studies.interventions.off_topic import off_topic_documents
from harness.tasks.task import Task, training_task
from harness.types import THE_INPUT, Document, Example


@dataclass(frozen=True)
class KnowledgeSize:
    """So many times as many documents to search.

    At every size the same questions are asked: those whose evidence is in the smallest part, and those without any.
    Adapters stay those of the whole task.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.knowledge_size.KnowledgeSize"

    factor: float
    """of the number of documents; a part below 1 is inside every larger part"""
    growth: Literal["look-alikes", "off-topic"]
    """what is added above 1"""
    smallest: float
    """the smallest factor of the study, at most 1: it decides which questions can be asked at all sizes"""
    draw: int
    """which documents stay, and which are made"""

    def problems(self) -> Sequence[str]:
        lines = [] if self.factor > 0 else [f"factor is {self.factor}; it must be more than 0"]
        lines += [] if 0 < self.smallest <= 1 else [f"smallest is {self.smallest}; it must be above 0 and at most 1"]
        if self.factor < self.smallest:
            lines.append(f"factor is {self.factor}, and smallest is {self.smallest}; smallest must not be larger")
        return lines

    @property
    def label(self) -> str:
        return f"× {self.factor:g}" + (f" {self.growth}" if self.factor > 1 else "")

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"factor": self.factor, "growth": self.growth if self.factor > 1 else "none"}

    def refuses(self, task: Task) -> str:
        documents = task.documents()
        if not documents:
            return (
                "there are no documents to cut or grow; name them by task.documents_file=FILE (columns title and text)"
            )
        if all(one.example_id for one in documents):
            return (
                "its knowledge base is made of the train pairs, so that its size is that of the labels (study=labels, "
                "knowledge: shrinks); name documents by task.documents_file=FILE"
            )
        if self.factor > 1 and self.growth == "look-alikes" and len(usable(documents)) < 2:
            return (
                "look-alikes get their names from the titles of documents, and fewer than two have one; name the "
                "column by task.document_columns.title=[…]"
            )
        if not any(_rests_on_documents(example) for example in task.examples("test")):
            return (
                "no test question says which document holds its answer, so that nobody knows what a smaller base can "
                "still answer; name the column by task.columns.evidence=[…]"
            )
        return self._too_small(task)

    def apply(self, task: Task) -> Task:
        asked = self._asked(task)
        documents = tuple(task.documents()) if self.factor >= 1 else nested_part(task, self.factor, self.draw)
        added = round(len(documents) * (self.factor - 1)) if self.factor > 1 else 0
        make = look_alikes(task.documents(), added, self.draw)
        more = make if self.growth == "look-alikes" else off_topic_documents(added, self.draw)
        return ChangedTask(
            task,
            {"test": asked},
            knowledge=(*documents, *more),
            change=self.label,
            trained_on=training_task(task),
            evidence=tuple(task.documents()),
        )

    def _asked(self, task: Task) -> tuple[Example, ...]:
        kept = {one.id for one in nested_part(task, self.smallest, self.draw)}
        rows = task.examples("test")
        return tuple(one for one in rows if not _rests_on_documents(one) or set(one.evidence) <= kept)

    def _too_small(self, task: Task) -> str:
        if any(_rests_on_documents(example) for example in self._asked(task)):
            return ""
        part = f"{self.smallest:g} of {len(task.documents()):,} documents"
        return f"no test question rests on {part}; set a larger smallest in conf/study, or give more test questions"


def nested_part(task: Task, part: float, draw: int) -> tuple[Document, ...]:
    """Return a part of the documents, in their order; a smaller one of the same draw is inside a larger."""
    documents = task.documents()
    order = list(range(len(documents)))
    Random(f"knowledge/{draw}").shuffle(order)
    return tuple(documents[at] for at in sorted(order[: max(1, round(part * len(documents)))]))


def _rests_on_documents(example: Example) -> bool:
    return bool(example.evidence) and example.evidence != THE_INPUT
