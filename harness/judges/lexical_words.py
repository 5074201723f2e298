"""The judge that needs no model: does the evidence hold the claim's words, close together and in their order?

It compares words, not meanings. It is reliable on copied and on invented claims; a free paraphrase looks unsupported
to it, and a false statement made of words of the evidence may look supported.

`harness.judges.lexical`, the default, also compares words in context, and is 5 to 40 times slower.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple

from harness.judges.alignment import Alignment, Indexed, align, indexed, span
from harness.judges.claim_signs import Reading, reading
from harness.judges.claims import Piece, claims, judged
from harness.judges.differences import compare, respelled
from harness.judges.judge import Claim, Judge, Judgement, Question, Reads
from harness.judges.near_evidence import near_evidence
from harness.store.spec import ADDED
from harness.text.language_files import FIRST_PERSON

MOST_COUNTED: Final = 2
"""unknown numbers or names of one claim that count; more add nothing"""


class ClaimComparison(NamedTuple):
    """What the differences of a claim from its evidence say."""

    lost: float = 0.0
    """log-odds that they cost"""
    signs: Reading | None = None
    """what all signs say; None where they are not read"""


@dataclass(frozen=True)
class LexicalWordsJudge(Judge):
    """Support of a claim = logistic of its four shares (see `alignment`) less what contradicts it.

    Depends on the answer and its evidence alone: not on other examples, on a collection or on `limit`.
    """

    KEY: ClassVar[str] = "harness.judges.lexical_words.LexicalWordsJudge"

    intercept: float
    """log-odds of a claim with all shares 0"""
    known: float
    """weight of: the evidence holds its words"""
    together: float
    """weight of: they are close together there"""
    in_order: float
    """weight of: they are in the same order there"""
    related: float
    """weight of: neighbours are neighbours"""
    personal: float
    """log-odds lost by a speaker's claim about himself, when the evidence has no first person"""
    unknown_number: float
    """log-odds lost per number that the evidence does not hold"""
    unknown_name: float
    """log-odds lost per name that the evidence does not hold"""
    negation: float
    """log-odds lost by negating what the evidence affirms, or affirming what it negates"""
    threshold: float
    """least support of a supported claim"""
    contradiction: float = field(default=0.0, metadata=ADDED)
    """log-odds lost by restating the evidence with another value, name or opposite, denied, or with exchanged roles"""
    exchanged: float = field(default=0.0, metadata=ADDED)
    """the same with another word in the place of a word; where both are 0 differences are not looked for"""
    strict: bool = field(default=False, metadata=ADDED)
    """the signs of a claim that nearly restates its evidence decide on the verdict (not on its support)"""

    VERSION: ClassVar[int] = 8
    name: ClassVar[str] = "lexical_words"
    model: ClassVar[str] = ""
    reads: ClassVar[Reads] = "words"

    def problems(self) -> Sequence[str]:
        problems = [] if 0 < self.threshold < 1 else [f"threshold: {self.threshold}, but it must be between 0 and 1"]
        for name in ("known", "together", "in_order", "related"):
            if getattr(self, name) < 0:
                problems.append(f"{name}: {getattr(self, name)}, but more evidence cannot make a claim less supported")
        for name in ("personal", "unknown_number", "unknown_name", "negation", "contradiction", "exchanged"):
            if getattr(self, name) < 0:
                problems.append(f"{name}: {getattr(self, name)}, but it is what a contradiction costs: 0 or more")
        if self.strict and not self.contradiction:
            problems.append("strict: without words.contradiction differences are not looked for; give that a cost, too")
        return problems

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        return [self._judge(question) for question in questions]

    def _judge(self, question: Question) -> Judgement:
        evidence = indexed(question.evidence)
        pieces = claims(question.answer, question.asked)
        return Judgement(tuple(self._claim(question, piece, evidence) for piece in pieces))

    def _claim(self, question: Question, piece: Piece, evidence: Indexed) -> Claim:
        piece, found = self.compared(question, piece)
        return self.claim(question.answer, piece, align(piece.terms, evidence), evidence, found)

    def compared(self, question: Question, piece: Piece) -> tuple[Piece, ClaimComparison]:
        """Return the claim with values as the evidence writes them, and what its differences cost."""
        if not (self.contradiction or self.exchanged):
            return piece, ClaimComparison()
        start, text = piece.span.start, question.answer[slice(*piece.span)]
        near = near_evidence(text, question.evidence)
        if near is None:
            return piece, ClaimComparison()
        found = compare(text, near.texts, question.asked, whole=near.whole)
        kinds = frozenset(difference.kind for difference in found.differences)
        lost = self.contradiction if kinds - {"word"} else self.exchanged if kinds else 0.0
        signs = reading(text, near.texts, kinds) if self.strict else None
        terms = respelled(piece.terms, found, near.texts, start)
        return piece._replace(terms=terms), ClaimComparison(lost, signs)

    def claim(
        self,
        answer: str,
        piece: Piece,
        alignment: Alignment,
        evidence: Indexed,
        compared: ClaimComparison,
        similarity: float = 0.0,
        further: float = 0.0,
    ) -> Claim:
        """Return the judged claim of one piece of `answer`.

        Args:
            answer: holds the piece.
            piece: the claim.
            alignment: its overlap with the evidence.
            evidence: what it is checked against.
            compared: its differences from the evidence.
            similarity: log-odds from the similarity of its words to the evidence's.
            further: log-odds that nothing else changes.
        """
        plain = self._log_odds(piece, alignment, evidence) + similarity
        support = 1 / (1 + math.exp(compared.lost - plain - further))
        supported = None
        if compared.signs is not None:
            supported = compared.signs.supported(plain + further, support >= self.threshold)
        return judged(answer, piece, support, self.threshold, span(alignment, evidence), supported)

    def _log_odds(self, piece: Piece, alignment: Alignment, evidence: Indexed) -> float:
        return (
            self.intercept
            + self.known * alignment.known
            + self.together * alignment.together
            + self.in_order * alignment.in_order
            + self.related * alignment.related
            - self.personal * (piece.personal and not FIRST_PERSON & evidence.places.keys())
            - self.unknown_number * min(alignment.unknown_numbers, MOST_COUNTED)
            - self.unknown_name * min(alignment.unknown_names, MOST_COUNTED)
            - self.negation * alignment.negation_differs
        )
