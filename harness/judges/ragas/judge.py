"""The judge that asks a language model, in ragas' words: take the answer apart, then check every statement."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.judges.alignment import align, span
from harness.judges.claims import Span, sentences
from harness.judges.indexed import indexed
from harness.judges.judge import Claim, Judgement, Question, Reads
from harness.judges.ragas.asking import Asking
from harness.judges.ragas.llm import ragas_llm
from harness.judges.ragas.local import LocalModel
from harness.judges.ragas.rehearsal import Rehearsal
from harness.judges.ragas.reply import UnusableError, short
from harness.judges.ragas.served import ServedModel
from harness.store.spec import digest, with_unkeyed
from harness.text.terms import terms

log = logging.getLogger(__name__)

NOT_ASKED: Final = "(no question)"
NOTHING: Final = "(nothing)"
"""ragas refuses empty texts, and an empty body of evidence is what an answer can be held against, too"""

Outcome = tuple[float, Sequence[Any]]
"""what ragas computed (NaN: nothing to compute from), and every object that the model gave it on the way"""
Measure = Callable[[Any], Awaitable[float]]
"""given a ragas LLM, computes one value"""


@dataclass(frozen=True)
class RagasJudge:
    """ragas 0.4 with a language model that is not under test.

    Args:
        llm: the model.
        concurrency: requests under way at once.
        attempts: how often an unusable answer (no JSON, other JSON) is asked for, in all.
        cache: folder for what the judge has said; each judge has its own below it. "" keeps nothing.
        usd_per_million_tokens_in: for the plan's estimate; None when it is not known.
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
        return [_judgement(question, found) for question, found in zip(questions, outcomes, strict=True)]

    def rehearsed(self) -> "RagasJudge":
        """Return a judge that spends nothing and counts in `llm` what this one would."""
        return with_unkeyed(self, llm=Rehearsal(), cache="")

    def usd(self) -> float | None:
        """Return what the counted tokens of a rehearsed judge cost; None when a price is missing."""
        prices = (self.usd_per_million_tokens_in, self.usd_per_million_tokens_out)
        if not isinstance(self.llm, Rehearsal) or prices[0] is None or prices[1] is None:
            return None
        return (self.llm.tokens_in * prices[0] + self.llm.tokens_out * prices[1]) / 1e6

    def measure(self, measures: Sequence[Measure]) -> list[Outcome | UnusableError]:
        """Return what each measure came to, in order; all run in one event loop.

        Raises:
            JudgeError: the model cannot be reached or used at all.
        """
        return asyncio.run(self._measured(measures))

    async def _measured(self, measures: Sequence[Measure]) -> list[Outcome | UnusableError]:
        async with self.llm.open(self.concurrency) as conversation:
            asking = Asking(conversation, self._memory(), self.attempts, strict=not isinstance(self.llm, Rehearsal))
            at_work = asyncio.Semaphore(self.concurrency)
            found = await asyncio.gather(*(_one(measure, asking, at_work) for measure in measures))
        if not isinstance(self.llm, Rehearsal):
            self._log(asking)
        return found

    def _log(self, asking: Asking) -> None:
        log.info(
            "judge %s: %d requests (%d known before), %d tokens in, %d out",
            self.model, asking.requests, asking.remembered, asking.tokens_in, asking.tokens_out,
        )  # fmt: skip

    def _memory(self) -> Path | None:
        return Path(self.cache).expanduser() / digest(self)[:32] if self.cache else None


async def _one(measure: Measure, asking: Asking, at_work: asyncio.Semaphore) -> Outcome | UnusableError:
    llm = ragas_llm(asking)
    async with at_work:
        try:
            return await measure(llm), llm.heard
        except UnusableError as error:
            return error
        except ValueError as error:  # what ragas raises about values that it cannot work with
            return UnusableError(short(error))


def _faithfulness(question: Question) -> Measure:
    async def measure(llm: Any) -> float:
        from ragas.metrics.collections import Faithfulness

        asked, evidence = question.asked.strip() or NOT_ASKED, list(question.evidence) or [NOTHING]
        found = await Faithfulness(llm=llm).ascore(
            user_input=asked, response=question.answer, retrieved_contexts=evidence
        )
        return float(found.value)

    return measure


def _judgement(question: Question, found: Outcome | UnusableError) -> Judgement:
    if isinstance(found, UnusableError):
        return Judgement((), str(found))
    _, heard = found
    if len(heard) == 1:
        return Judgement(())  # no statements: nothing was claimed
    return Judgement(tuple(_claim(question, one) for one in heard[1].statements))


def _claim(question: Question, verdict: Any) -> Claim:
    """Return the verdict with the sentence that says most of the statement, and the evidence that words it best."""
    said = terms(verdict.statement)
    keys = {word.key for word in said.words if word.content}
    where = sentences(question.answer) or [Span(0, 0)]
    shared = [len(keys & {word.key for word in terms(question.answer, *one).words}) for one in where]
    sentence = shared.index(max(shared))
    evidence = indexed(tuple(question.evidence))
    number, begin, end = span(align(said, evidence), evidence) if said.words else (None, 0, 0)
    return Claim(
        text=verdict.statement,
        start=where[sentence][0],
        end=where[sentence][1],
        sentence=sentence,
        weight=float(max(1, len(said))),
        support=float(bool(verdict.verdict)),
        verdict="supported" if verdict.verdict else "unsupported",
        evidence=number,
        evidence_start=begin,
        evidence_end=end,
        note=verdict.reason,
    )
