"""Questions that cannot be answered any more: their evidence was taken away, or what they ask about does not exist.

Both are made from questions that can be answered, so that the two differ in nothing else; the right answer is then to
say that it cannot be known.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar

from harness.studies.changed import ChangedTask, with_test
from harness.studies.intervention import Value
from harness.studies.interventions.look_alikes import new_title, plain_title, usable
from harness.studies.interventions.unseen_titles import unseen_title
from harness.studies.interventions.wording import question_of, with_question
from harness.tasks.task import Task, training_task
from harness.types import THE_INPUT, Example

NO_EVIDENCE = (
    "no test question says which document holds its answer, so that nobody knows what to take away; name the column by "
    "task.columns.evidence=[…]"
)


@dataclass(frozen=True)
class EvidenceWithheld:
    """The gold documents of some questions are taken out of the knowledge base.

    These questions are asked, and those beside them whose documents stay: an arm that refuses everything is right of
    the first alone.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.unanswerable.EvidenceWithheld"

    share: float
    """of the questions that documents answer; those whose documents were taken away as well are asked, too"""
    draw: int
    """which questions"""

    def problems(self) -> Sequence[str]:
        return [] if 0 < self.share <= 1 else [f"share is {self.share}; it must be above 0 and at most 1"]

    @property
    def label(self) -> str:
        return "evidence withheld"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "evidence withheld"}

    def refuses(self, task: Task) -> str:
        return "" if any(map(rests_on_documents, task.examples("test"))) else NO_EVIDENCE

    def apply(self, task: Task) -> Task:
        able = [example for example in task.examples("test") if rests_on_documents(example)]
        count = max(1, round(self.share * len(able)))
        drawn = Random(f"withheld/{self.draw}").sample(able, count)
        gone = self._gone(task, drawn)
        asked = tuple(
            unknowable(example) if set(example.evidence) <= gone else example
            for example in able
            if set(example.evidence) <= gone or gone.isdisjoint(example.evidence)
        )
        kept = tuple(document for document in task.documents() if document.id not in gone)
        source = training_task(task)
        return ChangedTask(task, {"test": asked}, kept, self.label, source, tuple(task.documents()))

    @staticmethod
    def _gone(task: Task, drawn: Sequence[Example]) -> set[str]:
        """Return the documents that go: the evidence, and what else is about the thing that is asked about.

        A page beside the notice that changed it still says something: who repeats that has made nothing up.
        """
        titles = {one.title.casefold() for one in task.documents() if one.title.strip()}
        evidence = {name for example in drawn for name in example.evidence}
        asked = {title for title in titles for example in drawn if title in question_of(example).casefold()}
        asked = {title for title in asked if any(_whole(title).search(question_of(example)) for example in drawn)}
        return evidence | {one.id for one in task.documents() if one.title.casefold() in asked}


@dataclass(frozen=True)
class UnknownThings:
    """The title of a question's document becomes one that no document has: what is asked about does not exist."""

    KEY: ClassVar[str] = "harness.studies.interventions.unanswerable.UnknownThings"

    draw: int
    """which names"""

    @property
    def label(self) -> str:
        return "unknown things"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "unknown things"}

    def refuses(self, task: Task) -> str:
        if not any(map(rests_on_documents, task.examples("test"))):
            return NO_EVIDENCE
        if self.apply(task).examples("test"):
            return ""
        return (
            "no test question names the title of its document, so that no other name can be put in its place; name the "
            "column of titles by task.document_columns.title=[…]"
        )

    def apply(self, task: Task) -> Task:
        titles, own = {one.id: one.title for one in task.documents()}, usable(task.documents())
        taken = {plain_title(one.title) for one in own}
        asked = []
        for number, example in enumerate(task.examples("test")):
            title = next((titles[name] for name in example.evidence if titles.get(name)), "")
            there = _whole(title).search(question_of(example)) if title else None
            if there is None or not rests_on_documents(example):
                continue
            rng = Random(f"unknown/{self.draw}/{example.id}")
            name = unseen_title(title, [one.title for one in own], rng) or new_title(title, own, taken, rng, number)
            name = name if there[0] == title else name[:1].lower() + name[1:]
            text = question_of(example).replace(there[0], name)
            asked.append(unknowable(with_question(example, text)))
        return with_test(task, asked, self.label)


def rests_on_documents(example: Example) -> bool:
    """Return whether an example can be answered, and from documents that it names."""
    return example.answerable and bool(example.evidence) and example.evidence != THE_INPUT


def unknowable(example: Example) -> Example:
    """Return the example with nothing right to say but that it cannot be known."""
    return replace(example, references=(), evidence=(), answerable=False, facts=(), spans=())


def _whole(title: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(title)}(?!\w)", re.IGNORECASE)
