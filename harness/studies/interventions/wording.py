"""What interventions on questions share: which text is changed, and which words must stay.

A question whose answer changes with its wording says nothing about robustness. So numbers, and every word of a right
answer, are left as they are, and no word may become another word of the data: a typo that makes one product's name
another's asks a different question.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from harness.tasks.task import Task
from harness.text.tokens import words
from harness.types import Example, Turn

WORD: Final = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)*(?!\w)")
"""letters alone: HXQA200 is no word here, nor is a part of it"""

Change = Callable[[str, Example, Random], str]
"""text, its example, and the only source of chance -> the changed text"""


def changed_questions(task: Task, name: str, draw: int, change: Change) -> tuple[Example, ...]:
    """Return the test examples with their question changed: of a conversation, the last turn of the user."""
    return tuple(_changed(example, change, Random(f"{name}/{draw}/{example.id}")) for example in task.examples("test"))


def _changed(example: Example, change: Change, rng: Random) -> Example:
    return with_question(example, change(question_of(example), example, rng))


def with_question(example: Example, text: str) -> Example:
    """Return the example with another question in the place of its own."""
    if isinstance(example.input, str):
        return replace(example, input=text)
    last = max(at for at, turn in enumerate(example.input) if turn.role == "user")
    turns = [Turn(turn.role, text) if at == last else turn for at, turn in enumerate(example.input)]
    return replace(example, input=tuple(turns))


def question_of(example: Example) -> str:
    """Return the text that interventions change."""
    if isinstance(example.input, str):
        return example.input
    return next(turn.content for turn in reversed(example.input) if turn.role == "user")


def protected(example: Example) -> frozenset[str]:
    """Return the folded words that right answers are made of: changed, they would be other answers."""
    return frozenset(word for text in (*example.references, *example.facts) for word in words(text))


def vocabulary(task: Task) -> frozenset[str]:
    """Return all folded words of documents, questions and answers: what no word may be turned into."""
    texts = [f"{document.title} {document.text}" for document in task.documents()]
    texts += [text for example in task.examples("test") for text in (example.text, *example.references)]
    return frozenset(word for text in texts for word in words(text))


def kept_facts(before: Example, after: Example) -> bool:
    """Return whether a changed question has all numbers of the first, and all its words of right answers."""
    own = protected(before)
    first, second = (_facts(question_of(one), own) for one in (before, after))
    return first <= second


def _facts(text: str, own: frozenset[str]) -> set[str]:
    return {word for word in words(text) if word in own or any(map(str.isdigit, word))}


def refusal_without_questions(task: Task) -> str:
    """Return what to say of a task that has nothing to change the wording of; "" for all others."""
    if task.examples("test"):
        return ""
    return "there is no test example to change the wording of; name a file of them by task.splits.test=FILE"


def free_sentences(sentences: Sequence[str], example: Example, names: frozenset[str]) -> list[str]:
    """Return the sentences that hold no word of a right answer and none of these names."""
    own = protected(example) | names
    return [sentence for sentence in sentences if own.isdisjoint(words(sentence))]
