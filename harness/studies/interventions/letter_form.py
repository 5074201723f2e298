"""Questions in another form of writing: letter case, punctuation, a frame of words around them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final, Literal

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.wording import changed_questions, refusal_without_questions
from harness.tasks.task import Task
from harness.types import Example

PUNCTUATION: Final = re.compile(r"(?<!\d)[.,;:!?](?!\d)|[.,;:!?](?=\s|$)")
"""signs of sentences; inside a number or a time they stay"""
PLACE: Final = "{question}"


@dataclass(frozen=True)
class LetterForm:
    """The same words in lower case, in capitals, or without punctuation."""

    KEY: ClassVar[str] = "harness.studies.interventions.letter_form.LetterForm"

    form: Literal["lower case", "capitals", "no punctuation"]

    @property
    def label(self) -> str:
        return self.form

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": self.form}

    def refuses(self, task: Task) -> str:
        return refusal_without_questions(task)

    def apply(self, task: Task) -> Task:
        def change(text: str, example: Example, rng: Random) -> str:
            return written_as(text, self.form)

        return with_test(task, changed_questions(task, self.form, 0, change), self.label)


def written_as(text: str, form: str) -> str:
    """Return the text in lower case, in capitals, or without punctuation."""
    if form == "no punctuation":
        return " ".join(PUNCTUATION.sub(" ", text).split())
    return text.lower() if form == "lower case" else text.upper()


@dataclass(frozen=True)
class Framed:
    """The question within other words, which ask nothing: a greeting, a reason, thanks."""

    KEY: ClassVar[str] = "harness.studies.interventions.letter_form.Framed"

    name: str
    """of the level"""
    frame: str
    """the words, with {question} where the question stands"""

    def problems(self) -> Sequence[str]:
        return [] if PLACE in self.frame else [f"frame is {self.frame!r}; it must hold {PLACE}"]

    @property
    def label(self) -> str:
        return self.name

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": self.name}

    def refuses(self, task: Task) -> str:
        return refusal_without_questions(task)

    def apply(self, task: Task) -> Task:
        def change(text: str, example: Example, rng: Random) -> str:
            return self.frame.replace(PLACE, text)

        return with_test(task, changed_questions(task, self.name, 0, change), self.label)
