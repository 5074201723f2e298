"""The judge that needs no model: is what the answer says written in the evidence, together and in this order?

It reads words, not meanings. It is sure of what was copied and of what was made up; a free paraphrase looks
unsupported to it, and two true words joined into a false statement may look supported.

`harness.judges.lexical`, the default, reads meanings too, and is 5 to 40 times slower.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.judges.alignment import Alignment, align, span
from harness.judges.claims import Piece, claims
from harness.judges.indexed import Indexed, indexed
from harness.judges.judge import Claim, Judgement, Question, Reads
from harness.text.function_words import FIRST_PERSON
from harness.types import Verdict

MOST_COUNTED: Final = 2
"""unknown numbers or names of one claim; more of them say nothing new"""


@dataclass(frozen=True)
class LexicalWordsJudge:
    """Support of a claim = logistic of its four shares (see `alignment`) less what contradicts it.

    Depends on the answer and its evidence alone: not on other examples, on a collection or on `limit`.
    """

    KEY: ClassVar[str] = "harness.judges.lexical_words.LexicalWordsJudge"

    intercept: float
    """log-odds of a claim with all shares 0"""
    known: float
    """weight of: its words stand in the evidence"""
    together: float
    """weight of: they stand in one place"""
    in_order: float
    """weight of: they can be read off in order"""
    related: float
    """weight of: neighbours are neighbours"""
    personal: float
    """log-odds lost by what a speaker says of himself, when nobody does in the evidence"""
    unknown_number: float
    """log-odds lost per number that the evidence does not hold"""
    unknown_name: float
    """log-odds lost per name that the evidence does not hold"""
    negation: float
    """log-odds lost by denying what the evidence affirms, or affirming what it denies"""
    threshold: float
    """least support of a supported claim"""

    VERSION: ClassVar[int] = 3
    name: ClassVar[str] = "lexical_words"
    model: ClassVar[str] = ""
    reads: ClassVar[Reads] = "words"

    def problems(self) -> Sequence[str]:
        found = [] if 0 < self.threshold < 1 else [f"threshold: {self.threshold}, but it must lie between 0 and 1"]
        for name in ("known", "together", "in_order", "related"):
            if getattr(self, name) < 0:
                found.append(f"{name}: {getattr(self, name)}, but more evidence cannot make a claim less supported")
        for name in ("personal", "unknown_number", "unknown_name", "negation"):
            if getattr(self, name) < 0:
                found.append(f"{name}: {getattr(self, name)}, but it is what a contradiction costs: 0 or more")
        return found

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        return [self._judge(question) for question in questions]

    def _judge(self, question: Question) -> Judgement:
        evidence = indexed(tuple(question.evidence))
        return Judgement(
            tuple(
                self.claim(question.answer, piece, align(piece.terms, evidence), evidence)
                for piece in claims(question.answer)
            )
        )

    def claim(self, answer: str, piece: Piece, found: Alignment, evidence: Indexed, further: float = 0.0) -> Claim:
        """Return what is thought of one piece of `answer` that lies so against the evidence.

        Args:
            answer: holds the piece.
            piece: is judged.
            found: how it lies against the evidence.
            evidence: what it is held against.
            further: log-odds that speak for it and that words alone do not tell.
        """
        support = 1 / (1 + math.exp(-self._log_odds(piece, found, evidence) - further))
        number, start, end = span(found, evidence)
        return Claim(
            text=answer[piece.span.start : piece.span.end],
            start=piece.span.start,
            end=piece.span.end,
            sentence=piece.sentence,
            weight=float(len(piece.terms)),
            support=support,
            verdict=self._verdict(piece, support),
            evidence=number,
            evidence_start=start,
            evidence_end=end,
        )

    def _verdict(self, piece: Piece, support: float) -> Verdict:
        if piece.asks:
            return "question"
        return "supported" if support >= self.threshold else "unsupported"

    def _log_odds(self, piece: Piece, found: Alignment, evidence: Indexed) -> float:
        return (
            self.intercept
            + self.known * found.known
            + self.together * found.together
            + self.in_order * found.in_order
            + self.related * found.related
            - self.personal * (piece.personal and not FIRST_PERSON & evidence.places.keys())
            - self.unknown_number * min(found.unknown_numbers, MOST_COUNTED)
            - self.unknown_name * min(found.unknown_names, MOST_COUNTED)
            - self.negation * found.negation_differs
        )
