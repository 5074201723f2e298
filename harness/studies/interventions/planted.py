"""Planted documents: copies of a question's document that state a wrong value (PoisonedRAG, arXiv 2402.07867, in kind).

A planted document reads like the one it was made from, under the same title; only the value asked for is another one,
that some other question of the task has. The right document stays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar, Final

from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.studies.interventions.next_version import value_now
from harness.studies.interventions.unanswerable import NO_EVIDENCE, rests_on_documents
from harness.tasks.task import Task, training_task
from harness.types import Document, Example

PREFIX: Final = "planted"
"""how the ids of these documents begin"""


@dataclass(frozen=True)
class PlantedDocuments:
    """So many planted documents for every question whose value stands in its document; these questions are asked."""

    KEY: ClassVar[str] = "harness.studies.interventions.planted.PlantedDocuments"

    copies: int
    """per question, with the same wrong value; 0 asks the same questions and plants nothing"""
    draw: int
    """which wrong values"""

    def problems(self) -> Sequence[str]:
        return [] if self.copies >= 0 else [f"copies is {self.copies}; it must be 0 or more"]

    @property
    def label(self) -> str:
        return f"{self.copies} planted"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "planted", "copies": self.copies}

    def refuses(self, task: Task) -> str:
        if not any(map(rests_on_documents, task.examples("test"))):
            return NO_EVIDENCE
        if wrong_values(task, self.draw):
            return ""
        return (
            "no right answer stands word for word in the document of its question, so that no wrong one can be put in "
            "its place; list the bare values in a column named by task.columns.facts=[…]"
        )

    def apply(self, task: Task) -> Task:
        wrong, documents = wrong_values(task, self.draw), {one.id: one for one in task.documents()}
        asked = [replace(one, previous=(wrong[one.id],)) for one in task.examples("test") if one.id in wrong]
        planted = [
            _planted(documents[example.evidence[0]], example, wrong[example.id], number)
            for example in asked
            for number in range(self.copies)
        ]
        knowledge = (*task.documents(), *planted)
        source = training_task(task)
        return ChangedTask(task, {"test": tuple(asked)}, knowledge, self.label, source, tuple(task.documents()))


def wrong_values(task: Task, draw: int) -> dict[str, str]:
    """Return the id of each question that a value can be planted for -> a value of the same shape that is wrong."""
    documents = {one.id: one for one in task.documents()}
    able = [one for one in task.examples("test") if can_be_planted(one, documents)]
    shapes: dict[str, list[str]] = {}
    for example in able:
        shapes.setdefault(shape_of(value_now(example)), []).append(value_now(example))
    found: dict[str, str] = {}
    for example in able:
        right, document = value_now(example), documents[example.evidence[0]]
        others = sorted({one for one in shapes[shape_of(right)] if one != right and not _in(one, document.text)})
        if others:
            found[example.id] = Random(f"planted/{draw}/{example.id}").choice(others)
    return found


def shape_of(value: str) -> str:
    """Return what values of one kind have in common: "14 months" -> "0 months", "Ralholm" -> "A"."""
    plain = re.sub(r"\d+", "0", value)
    return plain if "0" in plain else " ".join("A" if word[:1].isupper() else "a" for word in plain.split())


def can_be_planted(example: Example, documents: Mapping[str, Document]) -> bool:
    """Return whether an example rests on one document, which states its value word for word."""
    single = rests_on_documents(example) and len(example.evidence) == 1 and example.evidence[0] in documents
    return single and bool(value_now(example)) and _in(value_now(example), documents[example.evidence[0]].text)


def _planted(document: Document, example: Example, wrong: str, number: int) -> Document:
    text = whole(value_now(example)).sub(lambda _: wrong, document.text)
    return replace(document, id=f"{PREFIX}-{number}-{example.id}", text=text)


def _in(value: str, text: str) -> bool:
    return whole(value).search(text) is not None


def whole(value: str) -> re.Pattern[str]:
    """Return a pattern of a value that stands alone, in any case."""
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
