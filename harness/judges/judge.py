"""What every judge returns for an answer: the claims that it makes, and which of them the evidence supports.

The judges themselves are in `harness.judges.lexical` (the default), `lexical_words` (needs no model), `nli` and
`ragas`; `auto` takes one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, Protocol

from harness.types import Verdict

Reads = Literal["words", "meaning"]

MOST_KEPT: Final = 4096
"""questions whose judgements are kept by `forget`: some 4 kB each, 16 MB in all"""


@dataclass(frozen=True, slots=True)
class Question:
    """One answer and the texts that it is checked against."""

    answer: str
    """the arm's answer, without boilerplate"""
    evidence: tuple[str, ...]
    """the texts that may support it, in the order of their numbers"""
    asked: str = ""
    """the example's input; a judge that splits answers into statements reads it to resolve pronouns"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable part of an answer with the judge's verdict."""

    text: str
    """answer[start:end], or the claim as the judge words it"""
    start: int
    """offset of its first character in the answer"""
    end: int
    """offset after its last character"""
    sentence: int
    """number of its sentence in the answer, from 0"""
    weight: float
    """its length in words"""
    support: float
    """how likely the evidence supports it, 0 to 1"""
    verdict: Verdict
    """supported when `support` reaches the judge's threshold; a question is neither"""
    evidence: int | None
    """number of the evidence text that fits best; None when none holds any word of the claim"""
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
        """Return the claims that are not questions."""
        return tuple(claim for claim in self.claims if claim.verdict != "question")

    @property
    def share_supported(self) -> float | None:
        """Return the supported share of the assertions; None without any."""
        assertions = self.assertions
        return sum(claim.verdict == "supported" for claim in assertions) / len(assertions) if assertions else None

    @property
    def mean_support(self) -> float | None:
        """Return the mean support of the assertions: the share of supported ones, without a threshold."""
        assertions = self.assertions
        return sum(claim.support for claim in assertions) / len(assertions) if assertions else None


@dataclass(frozen=True, slots=True)
class Expense:
    """What judging takes, as counted by a rehearsal."""

    requests: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    """None when a price is not configured"""


class Judge(Protocol):
    """Decides what evidence supports. Never raises on odd text; what it cannot judge becomes "unjudged"."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str:
        """Return the model that judges, for tables; "" for a judge without one."""
        ...

    @property
    def reads(self) -> Reads:
        """Return "words" for a judge that does not accept a free paraphrase as support."""
        ...

    def judge(self, questions: Sequence[Question]) -> Sequence[Judgement]:
        """Return one judgement per question, in order; none depends on the other questions."""
        ...

    def rehearsed(self) -> "RehearsedJudge | None":
        """Return a judge that spends nothing and counts what this one would; None when judging is free."""
        return None

    def chosen_because(self) -> str:
        """Return which judge was chosen and why, where the configuration left it to the machine; "" elsewhere."""
        return ""


class RehearsedJudge(Judge, Protocol):
    """Returns made-up judgements and counts what the real ones would take."""

    def expense(self) -> Expense:
        """Return what was counted so far."""
        ...


class CachedJudge(Judge):
    """Asks another judge each question once: metrics, and arms with one answer, share its judgements.

    Nothing is forgotten but by `forget`, so that what is asked between two calls of it is judged once. The memory is
    that of MOST_KEPT judgements and of what is asked meanwhile: a block of answers
    (`harness.metrics.blocks_of_cell.BLOCK`) makes some thousand questions, a few more MB.

    Args:
        judge: is asked every question that is new.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[Question, Judgement] = {}

    @property
    def name(self) -> str:
        return self._judge.name

    @property
    def model(self) -> str:
        return self._judge.model

    @property
    def reads(self) -> Reads:
        return self._judge.reads

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        unknown = [question for question in dict.fromkeys(questions) if question not in self._known]
        if unknown:
            self._known.update(zip(unknown, self._judge.judge(unknown), strict=True))
        for question in questions:
            self._known[question] = self._known.pop(question)  # used last, forgotten last
        return [self._known[question] for question in questions]

    def forget(self) -> None:
        """Forget what was not used for longest, down to MOST_KEPT; nothing where judging is paid for."""
        if self._judge.rehearsed() is not None:
            return
        for oldest in [*islice(self._known, max(0, len(self._known) - MOST_KEPT))]:
            del self._known[oldest]
