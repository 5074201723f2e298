"""The lexical judge with an ear for meaning: one word of a claim that nothing in the evidence comes near is enough.

Words that stand in the evidence in another form or as a synonym come near ("died", "was found dead"), what was put in
their place does not, be it only an "I" or a "because". Whole claims are not compared: a false statement about the
right things is as near to the evidence as a true one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from harness.judges.alignment import Alignment, align, presence, span
from harness.judges.claims import Piece, Span, claims, sentences
from harness.judges.indexed import Indexed, indexed
from harness.judges.judge import Claim, Judgement, Question, Reads
from harness.judges.lexical import LexicalJudge
from harness.judges.nearness import Nearness
from harness.judges.terms import PLACEHOLDER, Terms, terms
from harness.languages.guess import guessed

WORD_FOR_WORD: Final = 0.9
"""nearness of the furthest word where the evidence holds every word: known without reading (the median there is .9)"""
STRANGE: Final = 0.4
"""share of a claim's weight; where the evidence holds less, the furthest word is far: known without reading"""

GAP: Final = "  "
"""what house wording leaves behind (see `harness.metrics.house_wording.claiming`)"""

AROUND: Final = 400
"""characters beside the best stretch that are read at most, where a sentence never ends"""


@dataclass(frozen=True)
class LexicalEmbeddingsJudge:
    """Support of a claim = the lexical judge's log-odds, and those of its word that is furthest from the evidence.

    Depends on the answer and its evidence alone, as the lexical judge does.
    """

    words: LexicalJudge
    """what the words say; its weights were fitted together with those below"""
    nearness: Nearness
    """tells how far the furthest word is"""
    furthest: float
    """weight of: no word is far from the evidence"""
    unread: float
    """nearness of the furthest word where nobody could read it: another language"""
    question: float
    """log-odds lost by a question: the evidence vouches for no question"""

    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "lexical_embeddings"
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
        return [self._judge(question) for question in questions]

    def _judge(self, question: Question) -> Judgement:
        evidence = indexed(tuple(question.evidence))
        return Judgement(tuple(self._claim(question, piece, evidence) for piece in claims(question.answer)))

    def _claim(self, question: Question, piece: Piece, evidence: Indexed) -> Claim:
        found = align(piece.terms, evidence)
        further = self.furthest * self._near(question, piece, found, evidence) - self.question * piece.asks
        return self.words.claim(question.answer, piece, found, evidence, further)

    def _near(self, question: Question, piece: Piece, found: Alignment, evidence: Indexed) -> float:
        """Return how near the furthest word of the claim comes; 0 where hardly a word stands in the evidence."""
        number, start, end = span(found, evidence)
        if number is None or _share(piece, evidence) < STRANGE:
            return 0.0
        if all(one.key in evidence.places for one in piece.terms.words):
            return WORD_FOR_WORD
        text = question.evidence[number]
        if _language(f"{text}\n{question.answer}") != self.nearness.language:
            return self.unread
        window = _around(text, start, end)
        claim, held = question.answer[slice(*piece.span)], text[slice(*window)]
        said = _places(_speaking(question.answer, piece.terms), piece.span.start)
        near = self.nearness.furthest(claim, said, held, _all(terms(held)))
        return self.unread if near is None else near


def _share(piece: Piece, evidence: Indexed) -> float:
    words = piece.terms.words
    return sum(one.weight * presence(one, evidence) for one in words) / sum(one.weight for one in words)


def _around(text: str, start: int, end: int) -> Span:
    """Return the sentences that text[start:end] lies in."""
    found = [one for one in _sentences(text) if one.start < end and one.end > start]
    return Span(max(found[0].start, start - AROUND), min(found[-1].end, end + AROUND))


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


def _places(words: Iterable[tuple[int, int]], offset: int) -> list[tuple[int, int]]:
    return [(start - offset, end - offset) for start, end in words]


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))


@lru_cache(maxsize=256)
def _language(text: str) -> str:
    return guessed(text)
