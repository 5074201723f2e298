"""A sentence before the question that is about something else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.wording import (
    changed_questions,
    free_sentences,
    question_of,
    refusal_without_questions,
)
from harness.tasks.task import Task
from harness.text.sentences import sentences
from harness.text.tokens import words
from harness.types import Document, Example

DRAWN: Final = 40
"""documents or inputs that sentences are taken from, per question"""


@dataclass(frozen=True)
class DistractingSentence:
    """One sentence of another document before the question; of another input where there are no documents.

    It holds no word of a right answer, and no word of the title of a document that the question rests on, so that it
    neither helps nor contradicts.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.distracting_sentence.DistractingSentence"

    draw: int
    """which sentences"""

    @property
    def label(self) -> str:
        return "distracting sentence"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "distracting sentence"}

    def refuses(self, task: Task) -> str:
        if why := refusal_without_questions(task):
            return why
        if len(_sources(task)) > 1:
            return ""
        return "a distracting sentence is taken from another document or input, and the task has one of them in all"

    def apply(self, task: Task) -> Task:
        sources, titles = _sources(task), {one.id: one.title for one in task.documents()}

        def change(text: str, example: Example, rng: Random) -> str:
            names = frozenset(word for name in example.evidence for word in words(titles.get(name, "")))
            others = [body for name, body in sources if name not in (*example.evidence, example.id)]
            drawn = rng.sample(others, min(DRAWN, len(others)))
            found = next(_first(drawn, example, names, text), "")
            return f"{found} {text}".strip()

        return with_test(task, changed_questions(task, "distracting", self.draw, change), self.label)


def _first(bodies: Sequence[str], example: Example, names: frozenset[str], question: str) -> Iterator[str]:
    """Yield usable sentences that do not stand in the question already."""
    for body in bodies:
        for sentence in free_sentences(sentences(body), example, names):
            if sentence not in question:
                yield sentence


def _sources(task: Task) -> list[tuple[str, str]]:
    """Return (id, text) of what sentences are taken from: documents that are no exemplars, or else the inputs."""
    documents: list[Document] = [one for one in task.documents() if not one.example_id]
    if documents:
        return [(one.id, one.text) for one in documents]
    return [(example.id, question_of(example)) for example in task.examples("test")]
