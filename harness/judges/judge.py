"""What every judge says about an answer: which claims it makes and which of them the evidence supports.

Nothing here judges. `harness.judges.lexical_words` is the judge that needs no model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from harness.types import Verdict

Reads = Literal["words", "meaning"]


@dataclass(frozen=True, slots=True)
class Question:
    """One answer and the texts that it is held against."""

    answer: str
    """what an arm said"""
    evidence: tuple[str, ...]
    """the texts that may support it, in the order of their numbers"""
    asked: str = ""
    """what the arm was asked; a judge that takes answers apart reads it to know whom "he" means"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable part of an answer and what the judge thinks of it."""

    text: str
    """answer[start:end], or what the judge made of it"""
    start: int
    """offset of its first character in the answer"""
    end: int
    """offset after its last character"""
    sentence: int
    """number of the sentence that it stands in, from 0"""
    weight: float
    """how much it says: its words"""
    support: float
    """how likely the evidence supports it, 0 to 1"""
    verdict: Verdict
    """supported when `support` reaches the judge's threshold; a question is neither"""
    evidence: int | None
    """number of the evidence text that fits best; None when no word of the claim stands in any"""
    evidence_start: int
    """offset in that text where the best span begins; 0 without one"""
    evidence_end: int
    """offset where it ends"""
    note: str = ""
    """the judge's reason, if it gives one"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything a judge says about one answer."""

    claims: tuple[Claim, ...]
    """in the order of the answer; empty when it claims nothing"""
    unjudged: str = ""
    """why the judge could not judge; "" when it could"""

    @property
    def assertions(self) -> tuple[Claim, ...]:
        """Return the claims that are no questions."""
        return tuple(claim for claim in self.claims if claim.verdict != "question")

    @property
    def share_supported(self) -> float | None:
        """Return the supported share of the assertions; None without any."""
        found = self.assertions
        return sum(claim.verdict == "supported" for claim in found) / len(found) if found else None

    @property
    def mean_support(self) -> float | None:
        """Return the mean support of the assertions: the share of supported ones, without a threshold."""
        found = self.assertions
        return sum(claim.support for claim in found) / len(found) if found else None

    @property
    def whole_support(self) -> float | None:
        """Return how far everything said is vouched for, questions included; None when nothing is said.

        The geometric mean of support by weight: one bad claim of some length pulls it down further than it
        would a mean, a short aside hardly does.
        """
        weight = sum(claim.weight for claim in self.claims)
        if not weight:
            return None
        return math.exp(sum(claim.weight * math.log(max(claim.support, 1e-9)) for claim in self.claims) / weight)


class Judge(Protocol):
    """Decides what evidence supports. Never raises on odd text; what it cannot judge, it says."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str:
        """Return the model that judges, for tables; "" for a judge without one."""
        ...

    @property
    def reads(self) -> Reads:
        """Return "words" for a judge that a free paraphrase does not convince."""
        ...

    def judge(self, questions: Sequence[Question]) -> Sequence[Judgement]:
        """Return one judgement per question, in order; none depends on the other questions."""
        ...
