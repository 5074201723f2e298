"""Right content in another form: does a wrong answer differ from a reference only by words that add nothing?

Decided from question, answer and reference alone. It rather misses cases than excuses a wrong answer: all of this must
hold for one reference.

1. The longer of answer and reference contains the shorter word for word, and the shorter has a word that is not in the
   question.
2. The other words of the longer one are function words and words of the question ("The museum opened in 1894." for
   "1894" after "When did the museum open?").
3. None of these words negates or offers a choice, and the question offers none: "not 1894", "1894 or 1904".
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from harness.text.language_files import FUNCTION_WORDS, NEGATIONS
from harness.text.tokens import compared_words, words
from harness.types import Example

CHOICES: Final = frozenset({"or", "oder", "ou", "o", "u", "или", "либо", "或", "还", "還"})
ENDING: Final = 3
"""letters by which two forms of a word may differ in length: open, opened"""
SHORTEST: Final = 3
"""letters of a word that can have another form"""


LONGEST: Final = 200
"""words of an answer or reference; a longer one is not another form of the same few words"""


class _Question(NamedTuple):
    """The words of a question, and what they begin with."""

    words: frozenset[str]
    beginnings: frozenset[str]
    """the words without up to ENDING letters"""


def right_in_other_form(example: Example, answer: str) -> bool:
    """Return whether the answer says what a reference says and no more than the question already says."""
    asked = frozenset(words(example.text))
    if not CHOICES.isdisjoint(asked):
        return False
    question = _Question(asked, frozenset(shorter for word in asked for shorter in _shortened(word)))
    answered = compared_words(answer)
    return any(_alike(question, answered, compared_words(reference)) for reference in example.references)


def _alike(question: _Question, answered: Sequence[str], wanted: Sequence[str]) -> bool:
    short, long = sorted((answered, wanted), key=len)
    if len(long) > LONGEST or all(_in_question(word, question) for word in short):
        return False
    places = range(len(long) - len(short) + 1)
    return any(
        _adds_nothing([*long[:place], *long[place + len(short) :]], question)
        for place in places
        if list(long[place : place + len(short)]) == list(short)
    )


def _adds_nothing(words_beyond: Iterable[str], question: _Question) -> bool:
    return all(
        word not in NEGATIONS and word not in CHOICES and (word in FUNCTION_WORDS or _in_question(word, question))
        for word in words_beyond
    )


def _in_question(word: str, question: _Question) -> bool:
    """Whether the question has the word, or another form of it."""
    return word in question.words or word in question.beginnings or not question.words.isdisjoint(_shortened(word))


def _shortened(word: str) -> list[str]:
    """The words of which this one may be another form: the same without up to ENDING letters."""
    shorter = (word[:-letters] for letters in range(1, ENDING + 1))
    return [one for one in shorter if len(one) >= SHORTEST and one.isalpha()]
