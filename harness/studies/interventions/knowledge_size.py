"""The knowledge base cut to a part, or grown: with further documents like its own, or with off-topic ones.

Further documents are those of a file documents_more beside the task's, where there is one; else, and where they run
out, look-alikes that are made of the task's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import ClassVar, Literal

from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.studies.interventions.look_alikes import PREFIX, look_alikes, plain_title, usable
from harness.studies.interventions.next_version import origin
from harness.studies.interventions.off_topic import off_topic_documents
from harness.tasks.complaints import Complaints
from harness.tasks.data import check_documents, distinct
from harness.tasks.jsonl import JsonlTask
from harness.tasks.knowledge.beside import FURTHER, is_further
from harness.tasks.knowledge.finding import find_knowledge
from harness.tasks.knowledge.reading import read_knowledge
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
        if self.factor > 1 and self.growth == "look-alikes" and (wrong := self._not_grown(task)):
            return wrong
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
        more = further_documents(task, added, self.draw) if self.growth == "look-alikes" else []
        return ChangedTask(
            task,
            {"test": asked},
            knowledge=(*documents, *more, *self._made(task, added - len(more))),
            change=f"{self.label}, {len(more)} of {FURTHER}" if more else self.label,
            trained_on=training_task(task),
            evidence=tuple(task.documents()),
        )

    def _made(self, task: Task, count: int) -> Iterator[Document]:
        if self.growth == "off-topic":
            return off_topic_documents(count, self.draw)
        return look_alikes(task.documents(), count, self.draw)

    def _asked(self, task: Task) -> tuple[Example, ...]:
        kept = {one.id for one in nested_part(task, self.smallest, self.draw)}
        rows = task.examples("test")
        return tuple(one for one in rows if not _rests_on_documents(one) or set(one.evidence) <= kept)

    def _not_grown(self, task: Task) -> str:
        found, problems = _further(task)
        if problems:
            return f"the further documents ({FURTHER}) cannot be read: {'; '.join(problems[:3])}"
        lacking = round(len(task.documents()) * (self.factor - 1)) - len(_about_other_things(task, found))
        if lacking <= 0 or len(usable(task.documents())) > 1:
            return ""
        return (
            "look-alikes get their names from the titles of documents, and fewer than two have one; name the "
            f"column by task.document_columns.title=[…], or put further documents beside the data ({FURTHER})"
        )

    def _too_small(self, task: Task) -> str:
        if any(_rests_on_documents(example) for example in self._asked(task)):
            return ""
        part = f"{self.smallest:g} of {len(task.documents()):,} documents"
        return f"no test question rests on {part}; set a larger smallest in conf/study, or give more test questions"


def further_documents(task: Task, count: int | None, draw: int) -> list[Document]:
    """Return the first documents of documents_more beside the task's files, in a drawn order; [] without any.

    Those that say what one of the task's says, or are about what one of them is about, are left out.

    Args:
        task: whose files they lie beside.
        count: at most so many; None for all.
        draw: which come first; those of a smaller count are the first of a larger.
    """
    more = _about_other_things(task, _further(task)[0])
    Random(f"further/{draw}").shuffle(more)
    return [replace(one, id=f"{PREFIX}-more-{one.id}") for one in more[:count]]


def _about_other_things(task: Task, found: Sequence[Document]) -> list[Document]:
    own = task.documents()
    texts, titles = {one.text for one in own}, {plain_title(one.title) for one in own if one.title.strip()}
    return [one for one in found if one.text not in texts and plain_title(one.title) not in titles]


def _further(task: Task) -> tuple[list[Document], tuple[str, ...]]:
    """Return the documents of documents_more, a file or folder beside the data, and what is wrong with them."""
    source = origin(task)
    place = Path(source.dir).expanduser() if isinstance(source, JsonlTask) else None
    folder = place if place is None or place.is_dir() else place.parent
    if not isinstance(source, JsonlTask) or folder is None or not any(map(is_further, folder.iterdir())):
        return [], ()
    complaints = Complaints()
    path = find_knowledge(folder, FURTHER, complaints)
    placed = [] if path is None else read_knowledge(path, source.document_columns, complaints)
    check_documents(placed, str(path), complaints)
    found, _ = distinct(one.document for one in placed if one.document is not None)
    return found, complaints.lines()


def nested_part(task: Task, part: float, draw: int) -> tuple[Document, ...]:
    """Return a part of the documents, in their order; a smaller one of the same draw is inside a larger."""
    documents = task.documents()
    order = list(range(len(documents)))
    Random(f"knowledge/{draw}").shuffle(order)
    return tuple(documents[at] for at in sorted(order[: max(1, round(part * len(documents)))]))


def _rests_on_documents(example: Example) -> bool:
    return bool(example.evidence) and example.evidence != THE_INPUT
