"""The default judge: words, with an ear for meaning. One word that nothing in the evidence comes near is enough.

Words that stand in the evidence in another form or as a synonym come near ("died", "was found dead"), what was put in
their place does not, be it only an "I" or a "because". Whole claims are not compared: a false statement about the
right things is as near to the evidence as a true one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from harness.judges.alignment import Alignment, align, presence, span
from harness.judges.claims import Piece, Span, claims, sentences
from harness.judges.indexed import Indexed, indexed
from harness.judges.judge import Claim, Judgement, Question, Reads
from harness.judges.lexical_words import LexicalWordsJudge
from harness.judges.nearness import Comparison, Nearness, Places, Text
from harness.text.language_id import guessed
from harness.text.terms import PLACEHOLDER, Terms, terms

WORD_FOR_WORD: Final = 0.9
"""nearness of the furthest word where the evidence holds every word: known without reading (the median there is .9)"""
STRANGE: Final = 0.4
"""share of a claim's weight; where the evidence holds less, the furthest word is far: known without reading"""

GAP: Final = "  "
"""what house wording leaves behind (see `harness.metrics.boilerplate.claiming`)"""

AROUND: Final = 30
"""characters beside the best stretch that are read, within its sentences; further ones cost time and tell no more"""
WORD_BEFORE: Final = re.compile(r"\S+\Z")
WORD_AFTER: Final = re.compile(r"\S+")
LONGEST_WORD: Final = 40
"""characters of a word that is read whole"""
TOGETHER: Final = 256
"""questions that are read at once"""


class _Laid(NamedTuple):
    """One piece of an answer laid against its evidence."""

    question: Question
    piece: Piece
    found: Alignment
    evidence: Indexed
    near: float | Comparison
    """how near its furthest word comes, or what must be read to know"""


@dataclass(frozen=True)
class LexicalJudge:
    """Support of a claim = the log-odds of its words, and those of its word that is furthest from the evidence.

    Depends on the answer and its evidence alone, as the judge of words does.
    """

    KEY: ClassVar[str] = "harness.judges.lexical.LexicalJudge"

    words: LexicalWordsJudge
    """what the words say; its weights were fitted together with those below"""
    nearness: Nearness
    """tells how far the furthest word is"""
    furthest: float
    """weight of: no word is far from the evidence"""
    unread: float
    """nearness of the furthest word where nobody could read it: another language"""
    question: float
    """log-odds lost by a question: the evidence vouches for no question"""

    VERSION: ClassVar[int] = 3
    name: ClassVar[str] = "lexical"
    reads: ClassVar[Reads] = "words"

    @property
    def model(self) -> str:
        return self.nearness.path

    def problems(self) -> Sequence[str]:
        found = []
        for name in ("furthest", "question"):
            if getattr(self, name) < 0:
                found.append(f"{name}: {getattr(self, name)}, but it must be 0 or more")
        if not 0 <= self.unread <= 1:
            found.append(f"unread: {self.unread}, but it is a nearness: between 0 and 1")
        return found

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        parts = (questions[at : at + TOGETHER] for at in range(0, len(questions), TOGETHER))
        return [judgement for part in parts for judgement in self._judge(part)]

    def _judge(self, questions: Sequence[Question]) -> list[Judgement]:
        laid = [[self._laid(question, piece) for piece in claims(question.answer)] for question in questions]
        unread = [one.near for pieces in laid for one in pieces if isinstance(one.near, Comparison)]
        read = iter(self.nearness.furthest(unread))
        return [Judgement(tuple(self._claim(one, read) for one in pieces)) for pieces in laid]

    def _laid(self, question: Question, piece: Piece) -> _Laid:
        evidence = indexed(tuple(question.evidence))
        found = align(piece.terms, evidence)
        return _Laid(question, piece, found, evidence, self._near(question, piece, found, evidence))

    def _claim(self, one: _Laid, read: Iterator[float | None]) -> Claim:
        near = next(read) if isinstance(one.near, Comparison) else one.near
        further = self.furthest * (self.unread if near is None else near) - self.question * one.piece.asks
        return self.words.claim(one.question.answer, one.piece, one.found, one.evidence, further)

    def _near(self, question: Question, piece: Piece, found: Alignment, evidence: Indexed) -> float | Comparison:
        """Return how near the furthest word of the claim comes, or what must be read to know.

        0 where hardly a word stands in the evidence.
        """
        number, start, end = span(found, evidence)
        if number is None or _share(piece, evidence) < STRANGE:
            return 0.0
        if all(one.key in evidence.places for one in piece.terms.words):
            return WORD_FOR_WORD
        text = question.evidence[number]
        if _language(f"{text}\n{question.answer}") != self.nearness.language:
            return self.unread
        claim, held = question.answer[slice(*piece.span)], text[slice(*_around(text, start, end))]
        said = _places(_speaking(question.answer, piece.terms), piece.span.start)
        return Comparison(Text(claim, said), Text(held, tuple(_all(terms(held)))))


def _share(piece: Piece, evidence: Indexed) -> float:
    words = piece.terms.words
    return sum(one.weight * presence(one, evidence) for one in words) / sum(one.weight for one in words)


def _around(text: str, start: int, end: int) -> Span:
    """Return text[start:end] and AROUND characters on either side, in whole words and within its sentences."""
    found = [one for one in _sentences(text) if one.start < end and one.end > start]
    first, last = max(found[0].start, start - AROUND), min(found[-1].end, end + AROUND)
    head = WORD_BEFORE.search(text, max(found[0].start, first - LONGEST_WORD), first)
    tail = WORD_AFTER.match(text, last, min(found[-1].end, last + LONGEST_WORD))
    return Span(head.start() if head else first, tail.end() if tail else last)


def _speaking(answer: str, found: Terms) -> list[tuple[int, int]]:
    """Return (start, end) of the words that mean something in their place.

    A label ("bill: 20 crowns") names what comes after it; a word beside a gap is a remnant of house wording that was
    taken out; a placeholder is no word.
    """
    return [
        (start, end)
        for start, end in _all(found)
        if answer[start:end] != PLACEHOLDER
        and answer[end : end + 1] not in (":", "：")
        and answer[end : end + 2] != GAP
        and answer[max(start - 2, 0) : start] != GAP
    ]


def _all(found: Terms) -> list[tuple[int, int]]:
    return list(zip(found.starts, found.ends, strict=True))


def _places(words: Iterable[tuple[int, int]], offset: int) -> Places:
    return tuple((start - offset, end - offset) for start, end in words)


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))


@lru_cache(maxsize=256)
def _language(text: str) -> str:
    return guessed(text)
