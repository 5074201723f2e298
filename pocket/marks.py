"""Where the values of a conversation stand among its tokens, and where an answer is about to write one.

A model of four layers does not find out by itself that the value behind a label of an exemplar has to be looked up in
the exemplar's own input, and the same kind of value in the new one: after two million tokens it still put some value
there. What the generator knows anyway is therefore told while it trains; see `pocket/auxiliary.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Final

import numpy as np

from pocket.formats.content import REPORT_NAMES
from pocket.world.drawn import NAME, Drawn
from pocket.world.kinds import KINDS

FACTS: Final = tuple(sorted({NAME, *REPORT_NAMES, *(fact.noun for kind in KINDS.values() for fact in kind.facts)}))
"""what a value may be a value of; a mark is a place in it"""
NUMBERS: Final[Mapping[str, int]] = {name: number for number, name in enumerate(FACTS)}
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one conversation, each (length,) with -1 where there is nothing."""

    first: np.ndarray
    """fact, at the tokens of a value that stands there for the first time"""
    again: np.ndarray
    """fact, at the tokens of a value that stood before"""
    asked: np.ndarray
    """fact, at the token before a value in an answer"""
    begins: np.ndarray
    """number of a value, at its first token"""
    wanted: np.ndarray
    """number of a value that stood before, at the token before it in an answer"""
    copied: np.ndarray
    """place of the same token in what shows the form, at the token before one of an answer that is of no value"""


def marked(
    text: str, offsets: Sequence[tuple[int, int]], tokens: np.ndarray, answers: np.ndarray, told: Drawn
) -> Marks:
    """Return the marks of a conversation.

    Args:
        text: as rendered.
        offsets: (begin, end) of every token in it.
        tokens: (length,) their ids.
        answers: (length,) more than 0 for tokens of answers.
        told: what it was drawn with.
    """
    marks = Marks(*(np.full(len(offsets), NONE, dtype=np.int64) for _ in fields(Marks)))
    known = {value.lower(): NUMBERS[fact] for value, fact in told.values.items() if fact in NUMBERS}
    begins, ends = (np.array([place[side] for place in offsets]) for side in (0, 1))
    seen: dict[str, int] = {}
    for match in _pattern(known).finditer(text) if known else ():
        touched = np.nonzero((ends > match.start()) & (begins < match.end()))[0]
        if len(touched):
            _mark(marks, touched, match.group().lower(), known, seen, bool(answers[touched[0]] > 0))
    shown = [_tokens_of(text, one, begins, ends) for one in told.shown if one in text]
    for answer in _answers(answers) if shown else ():
        _mark_form(marks, tokens, answer, shown)
    return marks


def _tokens_of(text: str, shown: str, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    start = text.index(shown)
    return np.nonzero((begins >= start) & (ends <= start + len(shown)))[0]


def _answers(answers: np.ndarray) -> list[np.ndarray]:
    """Return the places of the tokens of each answer."""
    places = np.nonzero(answers > 0)[0]
    return np.split(places, np.nonzero(np.diff(places) > 1)[0] + 1)


def _mark_form(marks: Marks, tokens: np.ndarray, answer: np.ndarray, shown: Sequence[np.ndarray]) -> None:
    """Mark the tokens that the answer has in the same order as the text that is most like it."""
    matchers = [SequenceMatcher(None, tokens[one].tolist(), tokens[answer].tolist(), autojunk=False) for one in shown]
    best = max(
        range(len(shown)), key=lambda number: sum(block.size for block in matchers[number].get_matching_blocks())
    )
    for block in matchers[best].get_matching_blocks():
        for step in range(block.size):
            place = answer[block.b + step]
            if marks.first[place] == marks.again[place] == NONE:
                marks.copied[place - 1] = shown[best][block.a + step]


def padded_marks(marks: Sequence[Marks]) -> dict[str, np.ndarray]:
    """Return name of the mark -> (rows, longest)."""
    length = max(len(entry.first) for entry in marks)
    filled = {entry.name: np.full((len(marks), length), NONE, dtype=np.int64) for entry in fields(Marks)}
    for row, entry in enumerate(marks):
        for name, array in filled.items():
            array[row, : len(entry.first)] = getattr(entry, name)
    return filled


def _mark(
    marks: Marks, tokens: np.ndarray, value: str, known: Mapping[str, int], seen: dict[str, int], answered: bool
) -> None:
    start = tokens[0]
    (marks.again if value in seen else marks.first)[tokens] = known[value]
    if answered and start > 0:
        marks.asked[start - 1] = known[value]
        marks.wanted[start - 1] = seen.get(value, NONE)
    marks.begins[start] = seen.setdefault(value, len(seen))


def _pattern(values: Mapping[str, int]) -> re.Pattern[str]:
    """Return a pattern of whole values; the longest comes first."""
    longest_first = sorted(values, key=lambda value: (-len(value), value))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])", re.IGNORECASE)
