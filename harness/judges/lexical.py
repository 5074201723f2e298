"""Word overlap, plus the similarity in context of the claim's least similar word.

A word that the evidence has in another form or as a synonym is similar ("died", "was found dead"); a substituted word
is not, even if it is only an "I" or a "because". Whole claims are not compared: a false statement about the right
things is as similar to the evidence as a true one.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import ClassVar, Final, NamedTuple

from harness.judges.alignment import Alignment, Indexed, align, indexed, presence, span
from harness.judges.claims import Piece, TextSpan, claims, sentences
from harness.judges.judge import Claim, Judge, Judgement, Question, Reads
from harness.judges.lexical_words import ClaimComparison, LexicalWordsJudge
from harness.judges.nearness import ClaimAndEvidence, Nearness, Places, Text
from harness.store.spec import FORMERLY
from harness.text.language_id import READ, guessed
from harness.text.terms import PLACEHOLDER, Terms, terms
from harness.text.tokens import LONGEST_SOURCE

WORD_FOR_WORD: Final = 0.9
"""similarity of the least similar word where the evidence holds every word: not computed (the median there is .9)"""
STRANGE: Final = 0.4
"""share of a claim's weight; where the evidence holds less, the similarity is taken as 0 and not computed"""

GAP: Final = "  "
"""what removed boilerplate leaves behind (see `harness.metrics.boilerplate.claiming`)"""

AROUND: Final = 30
"""characters around the best stretch that are encoded, within its sentences; more cost time and add nothing"""
WORD_BEFORE: Final = re.compile(r"\S+\Z")
WORD_AFTER: Final = re.compile(r"\S+")
LONGEST_WORD: Final = 40
"""characters of the longest word that is not cut"""
TOGETHER: Final = 256
"""questions that are encoded at once"""


class _AlignedPiece(NamedTuple):
    """One piece of an answer with its evidence."""

    question: Question
    piece: Piece
    alignment: Alignment
    evidence: Indexed
    similarity: float | ClaimAndEvidence
    """of its least similar word, or the texts to compute it from"""
    compared: ClaimComparison
    """its differences from the evidence"""


@dataclass(frozen=True)
class LexicalJudge(Judge):
    """Support of a claim = the log-odds of its word overlap, and those of its least similar word.

    Depends only on the answer and its evidence, like `LexicalWordsJudge`.
    """

    KEY: ClassVar[str] = "harness.judges.lexical.LexicalJudge"

    words: LexicalWordsJudge
    """the word overlap; its weights were fitted together with those below"""
    nearness: Nearness
    """computes the similarity of the least similar word"""
    min_word_similarity: float = field(metadata={FORMERLY: "furthest"})
    """weight of: the similarity of the least similar word"""
    unread: float
    """similarity that is assumed where it cannot be computed: another language"""
    question: float
    """log-odds lost by a question: no evidence supports one"""

    VERSION: ClassVar[int] = 8
    reads: ClassVar[Reads] = "words"

    @property
    def name(self) -> str:
        return "lexical_differences" if self.words.contradiction or self.words.exchanged else "lexical"

    @property
    def model(self) -> str:
        return self.nearness.path

    def problems(self) -> Sequence[str]:
        weights = {"min_word_similarity": self.min_word_similarity, "question": self.question}
        problems = [f"{name}: {value}, but it must be 0 or more" for name, value in weights.items() if value < 0]
        if not 0 <= self.unread <= 1:
            problems.append(f"unread: {self.unread}, but it is a similarity: between 0 and 1")
        return problems

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        parts = (questions[start : start + TOGETHER] for start in range(0, len(questions), TOGETHER))
        return [judgement for part in parts for judgement in self._judge(part)]

    def _judge(self, questions: Sequence[Question]) -> list[Judgement]:
        pieces = [claims(question.answer, question.asked) for question in questions]
        aligned = [
            [self._aligned(question, piece) for piece in own] for question, own in zip(questions, pieces, strict=True)
        ]
        pairs = [
            piece.similarity for pieces in aligned for piece in pieces if isinstance(piece.similarity, ClaimAndEvidence)
        ]
        similarities = iter(self.nearness.least_similar(pairs))
        return [Judgement(tuple(self._claim(piece, similarities) for piece in pieces)) for pieces in aligned]

    def _aligned(self, question: Question, piece: Piece) -> _AlignedPiece:
        evidence = indexed(question.evidence)
        piece, compared = self.words.compared(question, piece)
        alignment = align(piece.terms, evidence)
        similarity = self._similarity(question, piece, alignment, evidence)
        return _AlignedPiece(question, piece, alignment, evidence, similarity, compared)

    def _claim(self, aligned: _AlignedPiece, similarities: Iterator[float | None]) -> Claim:
        known = aligned.similarity
        similarity = next(similarities) if isinstance(known, ClaimAndEvidence) else known
        return self.words.claim(
            aligned.question.answer,
            aligned.piece,
            aligned.alignment,
            aligned.evidence,
            aligned.compared,
            similarity=self.min_word_similarity * (self.unread if similarity is None else similarity),
            further=-self.question * aligned.piece.asks,
        )

    def _similarity(
        self, question: Question, piece: Piece, alignment: Alignment, evidence: Indexed
    ) -> float | ClaimAndEvidence:
        """Return the similarity of the claim's least similar word, or the texts to compute it from.

        0 where the evidence holds hardly any word.
        """
        number, start, end = span(alignment, evidence)
        if number is None or _share(piece, evidence) < STRANGE:
            return 0.0
        if all(word.key in evidence.places for word in piece.terms.words):
            return WORD_FOR_WORD
        text = question.evidence[number]
        if _language(f"{text[:READ]}\n{question.answer[:READ]}") != self.nearness.language:
            return self.unread
        claim, around = question.answer[slice(*piece.span)], text[slice(*_around(text, start, end))]
        meaningful = _places(_meaningful(question.answer, piece.terms), piece.span.start)
        return ClaimAndEvidence(Text(claim, meaningful), Text(around, tuple(_all(terms(around)))))


def _share(piece: Piece, evidence: Indexed) -> float:
    words = piece.terms.words
    return sum(word.weight * presence(word, evidence) for word in words) / sum(word.weight for word in words)


def _around(text: str, start: int, end: int) -> TextSpan:
    """Return text[start:end] and AROUND characters on either side, in whole words and within its sentences."""
    known = _sentences(text)
    around = known[bisect_right(known, start, key=lambda one: one.end) : bisect_left(known, end, key=itemgetter(0))]
    first, last = max(around[0].start, start - AROUND), min(around[-1].end, end + AROUND)
    head = WORD_BEFORE.search(text, max(around[0].start, first - LONGEST_WORD), first)
    tail = WORD_AFTER.match(text, last, min(around[-1].end, last + LONGEST_WORD))
    return TextSpan(head.start() if head else first, tail.end() if tail else last)


def _meaningful(answer: str, claim: Terms) -> list[tuple[int, int]]:
    """Return (start, end) of the words that are compared.

    Left out are a label ("bill: 20 crowns"), a word next to a gap, which is a remnant of removed boilerplate, and a
    placeholder for an unknown word.
    """
    return [
        (start, end)
        for start, end in _all(claim)
        if answer[start:end] != PLACEHOLDER
        and answer[end : end + 1] not in (":", "：")
        and answer[end : end + 2] != GAP
        and answer[max(start - 2, 0) : start] != GAP
    ]


def _all(words: Terms) -> list[tuple[int, int]]:
    return list(zip(words.starts, words.ends, strict=True))


def _places(words: Iterable[tuple[int, int]], offset: int) -> Places:
    return tuple((start - offset, end - offset) for start, end in words)


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[TextSpan, ...]:
    return tuple(sentences(text[:LONGEST_SOURCE]))


@lru_cache(maxsize=256)
def _language(text: str) -> str:
    return guessed(text)
