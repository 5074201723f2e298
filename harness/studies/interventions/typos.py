"""Typing errors in the questions: neighbouring keys, swapped, doubled and left-out letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.wording import (
    WORD,
    changed_questions,
    protected,
    refusal_without_questions,
    vocabulary,
)
from harness.tasks.task import Task
from harness.text.tokens import words
from harness.types import Example

SHORTEST: Final = 4
"""letters of a word that gets a typo; shorter ones are mostly function words that become other words"""
TRIES: Final = 8
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""of a keyboard; letters of others are swapped, doubled or left out"""
NEIGHBOURS: Final = {
    letter: "".join(
        other
        for up in (-1, 0, 1)
        if 0 <= row + up < len(ROWS)
        for other in ROWS[row + up][max(0, at - 1) : at + 2]
        if other != letter
    )
    for row, keys in enumerate(ROWS)
    for at, letter in enumerate(keys)
}


@dataclass(frozen=True)
class Typos:
    """One typing error in a share of the words of four letters or more; those of right answers stay as they are."""

    KEY: ClassVar[str] = "harness.studies.interventions.typos.Typos"

    share: float
    """of the words that can have one, 0 to 1; the words of a smaller share are among those of a larger"""
    draw: int
    """which words, and which errors"""

    def problems(self) -> Sequence[str]:
        return [] if 0 <= self.share <= 1 else [f"share is {self.share}; it must be between 0 and 1"]

    @property
    def label(self) -> str:
        return f"typos in {100 * self.share:.0f} % of the words"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "typos", "share": self.share}

    def refuses(self, task: Task) -> str:
        return refusal_without_questions(task)

    def apply(self, task: Task) -> Task:
        known = vocabulary(task)

        def change(text: str, example: Example, rng: Random) -> str:
            return mistyped(text, self.share, known, protected(example), rng)

        return with_test(task, changed_questions(task, "typos", self.draw, change), self.label)


def mistyped(text: str, share: float, known: frozenset[str], kept: frozenset[str], rng: Random) -> str:
    """Return the text with a typing error in a share of its longer words.

    Args:
        text: a question.
        share: of the words that can have one; of few words, some texts get one more and others one less.
        known: folded words that no word may become.
        kept: folded words that stay.
        rng: the only source of chance.
    """
    places = [word for word in WORD.finditer(text) if len(word[0]) >= SHORTEST and kept.isdisjoint(words(word[0]))]
    order, drawn = rng.sample(range(len(places)), len(places)), rng.random()
    chosen = order[: int(share * len(places) + drawn)]
    for at in sorted(chosen, reverse=True):
        word = places[at]
        own = Random(f"{drawn}/{at}/{word[0]}")  # the error of a word is the same in a larger share
        text = text[: word.start()] + _with_error(word[0], known, own) + text[word.end() :]
    return text


def _with_error(word: str, known: frozenset[str], rng: Random) -> str:
    """Return the word with one error, or as it was where every try makes a word of the data."""
    for _ in range(TRIES):
        made = _error(word, rng.randrange(1, len(word)), rng.choice(("neighbour", "swap", "double", "omit")), rng)
        if made != word and known.isdisjoint(words(made)):
            return made
    return word


def _error(word: str, at: int, kind: str, rng: Random) -> str:
    """Return the word with an error at a letter other than its first, which people mistype least."""
    near = NEIGHBOURS.get(word[at].lower(), "")
    if kind == "neighbour" and near:
        letter = rng.choice(near)
        return word[:at] + (letter.upper() if word[at].isupper() else letter) + word[at + 1 :]
    if kind == "swap" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == "omit" else word[:at] + word[at] * 2 + word[at + 1 :]
