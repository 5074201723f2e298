"""Which of a task's labels does an answer state?

The same rule for every arm, so that a wordy answer is not wrong for its words ("The sentiment is positive."):

1. An answer that is a label, after normalisation, states it.
2. Otherwise labels are looked for as whole words, longer ones first ("not entailment" before "entailment"), but not
   right after a negation. The answer states the label that it begins with, if a sign closes it off ("Yes, …"), else the
   only one that it holds. Two labels ("positive or negative") are no answer.
3. A label of one letter (A, B, C) must begin the answer and be closed off ("B) because …"), or end it ("the answer is
   B").
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from harness.text.language_files import NEGATIONS
from harness.text.tokens import normalised, words

MOST: Final = 300
"""different references; with more they are no labels, and only a whole answer can be one of them"""
READ: Final = 2_000
"""characters of an answer that labels are looked for in"""
LONGEST: Final = 12
"""words of a label that is looked for"""
CUT_NEGATION: Final = "t"
"""what `words` leaves of isn't"""
CLOSING: Final = re.compile(r"[.,;:!?)\n。，；：！？]|\s[-–—]")
OPENING: Final = " \t\n\"'(*_[#>“‘„«"
LETTER: Final = re.compile(r"^\W*([^\W_])(?:\W*$|\s*[).:,;\]])|(?<![\w'’])([^\W_])\W*$")


class Labels:
    """The labels of a task.

    Args:
        labels: as the references write them.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        self._written = {normalised(label): label for label in labels}
        several = {tuple(words(label)): label for label in self._written.values()} if len(self._written) <= MOST else {}
        searched = {spoken: label for spoken, label in several.items() if 0 < len(spoken) <= LONGEST}
        self._letters = {spoken[0]: label for spoken, label in searched.items() if spoken[1:] == () and _letter(spoken)}
        kept = [(spoken, label) for spoken, label in searched.items() if label not in self._letters.values()]
        self._spoken = sorted(kept, key=lambda entry: -len(entry[0]))

    def read(self, answer: str) -> str | None:
        """Return the label that an answer states; None where it states none, or several."""
        whole = self._written.get(normalised(answer))
        if whole is not None:
            return whole
        first = self._written.get(normalised(_beginning(answer[:READ])))
        if first is not None:
            return first
        stated = set(self._found(words(answer[:READ]))) if self._spoken else set[str]()
        return stated.pop() if len(stated) == 1 else self._letter(answer) if not stated else None

    def _found(self, written: Sequence[str]) -> Iterator[str]:
        """Yield the labels that the words hold."""
        taken: set[int] = set()
        for spoken, label in self._spoken:
            for place in range(len(written) - len(spoken) + 1):
                span = range(place, place + len(spoken))
                if tuple(written[place : span.stop]) == spoken and taken.isdisjoint(span):
                    taken.update(span)
                    if not _is_negated(written, place):
                        yield label

    def _letter(self, answer: str) -> str | None:
        letters = {name for match in LETTER.finditer(answer[:READ].strip()) for name in match.groups() if name}
        stated = {self._letters[name.casefold()] for name in letters if name.casefold() in self._letters}
        return stated.pop() if len(stated) == 1 else None


def _beginning(answer: str) -> str:
    """Return what stands before the first sign that closes something off; "" without one."""
    bare = answer.lstrip(OPENING)
    end = CLOSING.search(bare)
    return "" if end is None else bare[: end.start()]


def _letter(spoken: Sequence[str]) -> bool:
    return len(spoken[0]) == 1 and spoken[0].isascii() and spoken[0].isalpha()


def _is_negated(written: Sequence[str], place: int) -> bool:
    return place > 0 and (written[place - 1] in NEGATIONS or written[place - 1] == CUT_NEGATION)


@lru_cache(maxsize=64)
def labels_of(labels: tuple[str, ...]) -> Labels:
    """Return the labels, read once."""
    return Labels(labels)
