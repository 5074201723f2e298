"""The words of a text on a line: how far apart they stand, and what could stand in the place of each.

Signs and new clauses lengthen the way from one word to the next: a claim that takes its words from two statements of
the evidence goes further than one that keeps to one. Words in the same surroundings ("in Turda", "in Lyon") are rivals:
either could fill that place of a statement.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from harness.judges.facts import Fact, ReadTexts, read
from harness.text.language_files import language_file, words_of
from harness.text.terms import Word, word

ARTICLES: Final = words_of("articles")
CONTRASTING: Final = words_of("contrasting")
CONTINUING: Final = words_of("continuing")
NEW_CLAUSE: Final = CONTRASTING | CONTINUING
BREAK: Final = re.compile(r"[,;:.!?()—–\n，；。：、！？|]")
STRONG_BREAK: Final = re.compile(r"[;.!?\n；。！？|]")
WORD_STEP, CONTINUING_STEP, BREAK_STEP, CONTRAST_STEP, STRONG_STEP, SENTENCE_STEP = 1.0, 1.5, 3.0, 4.0, 6.0, 12.0
"""what a word, a word that joins clauses, and a sign add to the distance"""
FIRST, LAST = "first", "last"
"""frames: the first or last content word of its clause"""
Rivalry = Literal["value", "name", "exclusive", "framed", "first", "last"]
"""what makes two words rivals, the surest first"""
RIVALRIES: Final[tuple[Rivalry, ...]] = ("value", "name", "exclusive", "framed", "first", "last")


@dataclass(frozen=True, slots=True, eq=False)
class PlacedWord:
    """A word of a text with its surroundings."""

    number: int
    """counted over all texts"""
    word: Word
    start: int
    end: int
    text: int
    sentence: int
    clause: int
    """cut at signs and at words that join clauses"""
    at: float
    """its place on the line"""
    breaks: bool
    """a sign or the beginning of a sentence stands before it"""
    named: bool
    fact: Fact | None
    """the value or name that it is part of"""
    classes: tuple[tuple[str, str], ...]
    """classes of exclusive words, and its member there"""
    before: str
    """key of the word before, articles left out; "" at the beginning of a sentence"""
    after: str
    frames: frozenset[str]
    """surroundings of a content word"""

    @property
    def is_value(self) -> bool:
        """Whether it is part of a quantity."""
        return self.fact is not None and self.fact.kind == "quantity"


@dataclass(frozen=True, slots=True, eq=False)
class PlacedText:
    """Texts as one line of words."""

    words: tuple[PlacedWord, ...]
    where: Mapping[str, tuple[PlacedWord, ...]]
    """by key"""
    reading: ReadTexts
    numbers: Mapping[tuple[int, int], int]
    """text and offset of a word -> its number"""


@dataclass(slots=True)
class _Row:
    """A word while its surroundings are read."""

    word: Word
    start: int
    end: int
    text: int
    sentence: int
    named: bool
    clause: int
    breaks: bool
    at: float


@lru_cache(maxsize=64)
def placed(texts: tuple[str, ...]) -> PlacedText:
    """Return the words of texts on a line; linear in their length."""
    reading = read(texts)
    rows = _rows(reading)
    facts, classes = _facts(reading)
    words = tuple(
        PlacedWord(
            number, row.word, row.start, row.end, row.text, row.sentence, row.clause, row.at, row.breaks, row.named,
            facts.get((row.text, row.start)), classes.get((row.text, row.start), ()),
            _neighbour(rows, number, -1), _neighbour(rows, number, 1), frames,
        )
        for (number, row), frames in zip(enumerate(rows), _frames(rows), strict=True)
    )  # fmt: skip
    where: dict[str, list[PlacedWord]] = defaultdict(list)
    for own in words:
        where[own.word.key].append(own)
    numbers = {(own.text, own.start): own.number for own in words}
    return PlacedText(words, {key: tuple(at) for key, at in where.items()}, reading, numbers)


def _rows(reading: ReadTexts) -> list[_Row]:
    rows: list[_Row] = []
    clause, at = 0, 0.0
    for number, text in enumerate(reading.texts):
        words, last = reading.terms[number], None
        columns = zip(words.words, words.starts, words.ends, words.named, reading.places[number], strict=True)
        for own, start, end, named, place in columns:
            row = _Row(own, start, end, number, place.sentence, named, clause, True, at)
            gap = "" if last is None else text[last.end : start]
            row.breaks = last is None or last.sentence != row.sentence or BREAK.search(gap) is not None
            row.clause = clause = clause + (row.breaks or own.key in NEW_CLAUSE)
            row.at = at = at + _step(row, last, gap)
            rows.append(row)
            last = row
    return rows


def _step(row: _Row, last: _Row | None, gap: str) -> float:
    """Return how far it is from the word before."""
    step = WORD_STEP
    if last is None or last.sentence != row.sentence:
        step += SENTENCE_STEP
    elif row.breaks:
        step += STRONG_STEP if STRONG_BREAK.search(gap) else BREAK_STEP
    if row.word.key in CONTRASTING:
        return step + CONTRAST_STEP
    return step + CONTINUING_STEP if row.word.key in CONTINUING else step


def _facts(
    reading: ReadTexts,
) -> tuple[Mapping[tuple[int, int], Fact], Mapping[tuple[int, int], tuple[tuple[str, str], ...]]]:
    """Return, by text and offset of a word, the value or name that it is part of, and its classes."""
    facts: dict[tuple[int, int], Fact] = {}
    classes: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    starts = [sorted(words.starts) for words in reading.terms]
    for fact in (*reading.facts, *reading.further):
        if fact.kind not in ("quantity", "name"):
            classes[fact.place.text, fact.start].append((fact.kind, next(iter(fact.names))))
            continue
        for start in _within(starts[fact.place.text], fact):
            facts.setdefault((fact.place.text, start), fact)
    return facts, {at: tuple(own) for at, own in classes.items()}


def _within(starts: Sequence[int], fact: Fact) -> Sequence[int]:
    return starts[bisect_left(starts, fact.start) : bisect_left(starts, fact.end)]


def _neighbour(rows: Sequence[_Row], number: int, step: Literal[-1, 1]) -> str:
    """Return the key of the next word in one direction within the sentence; before a word, articles are left out."""
    at = number + step
    while step < 0 <= at and rows[at].word.key in ARTICLES:
        at -= 1
    inside = 0 <= at < len(rows) and rows[at].sentence == rows[number].sentence
    return rows[at].word.key if inside else ""


def _frames(rows: Sequence[_Row]) -> Iterator[frozenset[str]]:
    """Yield the surroundings of each word: the preposition before it, content words beside it, the ends of a clause."""
    clause, preposition, first = -1, "", True
    for number, row in enumerate(rows):
        if row.clause != clause:
            preposition, first, clause = "", True, row.clause
        key = row.word.key
        if not row.word.content:
            preposition = preposition if key in ARTICLES or key in NEW_CLAUSE else key
            yield frozenset()
            continue
        last = rows[number - 1] if number and rows[number - 1].clause == row.clause else None
        following = rows[number + 1] if number + 1 < len(rows) else None
        ends = following is None or following.clause != row.clause or following.breaks
        frames = {f"behind {preposition}" if preposition else "", FIRST if first else "", LAST if ends else ""}
        if last is not None and last.word.content:
            frames.add(f"after {last.word.key}")
        if following is not None and not ends and following.word.content:
            frames.add(f"before {following.word.key}")
        first = False
        yield frozenset(frames - {""})


def rivalry(one: PlacedWord, other: PlacedWord) -> Rivalry | None:
    """Return what makes two words of the evidence rivals for a place in a statement; None where nothing does."""
    if one.fact is not None and other.fact is not None and one.fact.kind == other.fact.kind:
        if one.fact is other.fact or one.fact.equals(other.fact):
            return None
        if one.fact.quantity is not None:
            return "value" if one.fact.competes(other.fact) else None
        return "name"
    if one.word.number != other.word.number or one.is_value != other.is_value:
        return None
    if any(
        kind == its and member != other_member for kind, member in one.classes for its, other_member in other.classes
    ):
        return "exclusive"
    shared = one.frames & other.frames
    if not shared:
        return None
    return "framed" if shared - {FIRST, LAST} else "first" if FIRST in shared else "last"


@cache
def _converses() -> Mapping[str, frozenset[tuple[int, int]]]:
    """Return, by key of a word, the pairs of converses that it is in, and its side."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, line in enumerate(language_file("exclusive")["converses"]):
        for side, member in enumerate(line.split()):
            for form in member.split("/"):
                found[word(form).key].add((number, side))
    return {key: frozenset(sides) for key, sides in found.items()}


def sides(words: Sequence[PlacedWord]) -> set[tuple[int, int]]:
    """Return the pairs of converses of which words are, and which side each stands for."""
    return {side for own in words for side in _converses().get(own.word.key, ())}
