"""The judge that asks a language model with ragas' prompts: split the answer into statements, then check each one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.judges.alignment import align, indexed, span
from harness.judges.claims import TextSpan, sentences
from harness.judges.judge import Claim, Expense, Judge, Judgement, Question, Reads
from harness.judges.ragas.asking import Asking, ragas_llm
from harness.judges.ragas.local import LocalModel
from harness.judges.ragas.rehearsal import Rehearsal
from harness.judges.ragas.reply import Conversation, LanguageModel, UnusableReplyError, short
from harness.judges.ragas.said import asked_of, said_together
from harness.judges.ragas.served import ServedModel
from harness.store.spec import digest
from harness.text.terms import terms

NOT_ASKED: Final = "(no question)"
NOTHING: Final = "(nothing)"
"""ragas refuses empty texts, but an answer may have to be checked against empty evidence"""

Outcome = tuple[float, Sequence[Any]]
"""the value that ragas computed (NaN: nothing to compute from), and every object that the model returned for it"""
Measure = Callable[[Any], Awaitable[float]]
"""given a ragas LLM, computes one value"""


@dataclass(frozen=True)
class RagasJudge(Judge):
    """ragas 0.4 with a language model that is not under test.

    Args:
        llm: the model.
        concurrency: requests under way at once.
        attempts: number of requests for one object, where a reply is unusable (no JSON, JSON of another shape).
        cache: folder for the judge's replies; each judge has its own below it. "" keeps nothing.
        usd_per_million_tokens_in: for the plan's estimate; None when it is unknown.
        usd_per_million_tokens_out: the same for what the judge writes.
    """

    KEY: ClassVar[str] = "harness.judges.ragas.judge.RagasJudge"

    llm: ServedModel | LocalModel
    concurrency: int = field(compare=False)
    attempts: int = field(compare=False)
    cache: str = field(compare=False)
    usd_per_million_tokens_in: float | None = field(compare=False)
    usd_per_million_tokens_out: float | None = field(compare=False)

    VERSION: ClassVar[int] = 2
    name: ClassVar[str] = "ragas"
    reads: ClassVar[Reads] = "meaning"

    @property
    def model(self) -> str:
        return self.llm.model

    def problems(self) -> Sequence[str]:
        counts = {"concurrency": self.concurrency, "attempts": self.attempts}
        return [f"{name} is {value}; it must be 1 or more" for name, value in counts.items() if value < 1]

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        outcomes = self.measure([_faithfulness(question) for question in questions])
        return [_judgement(question, outcome) for question, outcome in zip(questions, outcomes, strict=True)]

    def rehearsed(self) -> "RehearsedRagasJudge":
        prices = (self.usd_per_million_tokens_in, self.usd_per_million_tokens_out)
        return RehearsedRagasJudge(self.llm, self.concurrency, self.attempts, "", *prices)

    def measure(self, measures: Sequence[Measure]) -> list[Outcome | UnusableReplyError]:
        """Return the outcome of each measure, in order; all run in one event loop.

        Raises:
            JudgeError: the model cannot be reached or used at all.
        """
        with said_together():
            return asyncio.run(self._measured(measures))

    @property
    def _language_model(self) -> LanguageModel:
        return self.llm

    def _asking(self, conversation: Conversation) -> Asking:
        return Asking(conversation, self._cache_folder(), self.attempts)

    async def _measured(self, measures: Sequence[Measure]) -> list[Outcome | UnusableReplyError]:
        async with self._language_model.open(self.concurrency) as conversation:
            asking = self._asking(conversation)
            running = asyncio.Semaphore(self.concurrency)
            outcomes = await asyncio.gather(*(_outcome(measure, asking, running) for measure in measures))
        self._count(asking)
        return outcomes

    def _count(self, asking: Asking) -> None:
        asked = asked_of(self.model)
        asked.requests, asked.cached = asked.requests + asking.requests, asked.cached + asking.cached
        asked.tokens_in, asked.tokens_out = asked.tokens_in + asking.tokens_in, asked.tokens_out + asking.tokens_out

    def _cache_folder(self) -> Path | None:
        return Path(self.cache).expanduser() / digest(self)[:32] if self.cache else None


@dataclass(frozen=True)
class RehearsedRagasJudge(RagasJudge):
    """A ragas judge whose requests are counted and not sent."""

    KEY: ClassVar[str] = "harness.judges.ragas.judge.RehearsedRagasJudge"

    rehearsal: Rehearsal = field(default_factory=Rehearsal, compare=False)

    def expense(self) -> Expense:
        counted = self.rehearsal
        prices = (self.usd_per_million_tokens_in, self.usd_per_million_tokens_out)
        usd = None
        if prices[0] is not None and prices[1] is not None:
            usd = (counted.tokens_in * prices[0] + counted.tokens_out * prices[1]) / 1e6
        return Expense(counted.requests, counted.tokens_in, counted.tokens_out, usd)

    @property
    def _language_model(self) -> LanguageModel:
        return self.rehearsal

    def _asking(self, conversation: Conversation) -> Asking:
        return Asking(conversation, None, self.attempts, strict=False)

    def _count(self, asking: Asking) -> None:
        return None


async def _outcome(measure: Measure, asking: Asking, running: asyncio.Semaphore) -> Outcome | UnusableReplyError:
    llm = ragas_llm(asking)
    async with running:
        try:
            return await measure(llm), llm.replies
        except UnusableReplyError as error:
            return error
        except ValueError as error:  # what ragas raises about values that it cannot work with
            return UnusableReplyError(short(error))


def _faithfulness(question: Question) -> Measure:
    async def measure(llm: Any) -> float:
        from ragas.metrics.collections import Faithfulness

        asked, evidence = question.asked.strip() or NOT_ASKED, list(question.evidence) or [NOTHING]
        result = await Faithfulness(llm=llm).ascore(
            user_input=asked, response=question.answer, retrieved_contexts=evidence
        )
        return float(result.value)

    return measure


def _judgement(question: Question, outcome: Outcome | UnusableReplyError) -> Judgement:
    if isinstance(outcome, UnusableReplyError):
        return Judgement((), str(outcome))
    _, replies = outcome
    if len(replies) == 1:
        return Judgement(())  # no statements: nothing was claimed
    return Judgement(tuple(_claim(question, verdict) for verdict in replies[1].statements))


def _claim(question: Question, verdict: Any) -> Claim:
    """Return the verdict with the answer's sentence and the evidence that share most words with the statement."""
    statement = terms(verdict.statement)
    keys = {word.key for word in statement.words if word.content}
    spans = sentences(question.answer) or [TextSpan(0, 0)]
    shared = [len(keys & {word.key for word in terms(question.answer, *sentence).words}) for sentence in spans]
    best = shared.index(max(shared))
    evidence = indexed(tuple(question.evidence))
    number, begin, end = span(align(statement, evidence), evidence) if statement.words else (None, 0, 0)
    return Claim(
        text=verdict.statement,
        start=spans[best][0],
        end=spans[best][1],
        sentence=best,
        weight=float(max(1, len(statement))),
        support=float(bool(verdict.verdict)),
        verdict="supported" if verdict.verdict else "unsupported",
        evidence=number,
        evidence_start=begin,
        evidence_end=end,
        note=verdict.reason,
    )
