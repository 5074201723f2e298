"""Which citations of an answer support its sentences: what citation recall and precision are computed from.

By ALCE's definitions (Gao et al., arXiv 2305.14627), with the judge of the other metrics in place of their model:

- a sentence is *recalled* if it cites something, every passage that it cites is there, and those passages together
  support it (all its claims);
- a citation is *precise* if its sentence is recalled and the citation is not irrelevant: irrelevant is one that does
  not support the sentence alone and that the others do without.

A sentence that claims nothing ("Ahoy!", a question) needs no citation and does not count. Where no answer of an arm
cites anything, each sentence is given the passage that supports it best, and every score says "found afterwards".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.judges.judge import Judge, Judgement, Question
from harness.metrics.boilerplate import claiming
from harness.metrics.evidence import Sources
from harness.text.citations import cited_sentences
from harness.types import Pair

AFTERWARDS: Final = "found afterwards"
"""note, and detail, of a score that rests on citations which the answer does not make itself"""
PASSAGE: Final = "passage "
"""how the name of a detail begins that counts the statements which a passage supports; its number follows"""


@dataclass(slots=True)
class Statement:
    """One sentence that claims something."""

    text: str
    """without citations and boilerplate"""
    cites: tuple[int, ...]
    """numbers of passages, from 1; one may name no passage"""
    supported: bool = False
    """by all that it cites, taken together"""
    irrelevant: set[int] = field(default_factory=set)
    """of these, those that do not support it alone and that the others do without"""

    @property
    def precise(self) -> list[int]:
        """The citations that support it."""
        return [number for number in self.cites if self.supported and number not in self.irrelevant]


@dataclass(slots=True)
class CitedAnswer:
    """An answer, and what its sentences rest on."""

    asked: str
    """the example's input"""
    sources: Sources
    """the passages of its prompt"""
    statements: list[Statement]
    """its sentences; those without a claim go once they are judged"""
    unjudged: str = ""
    """why the judge could not judge"""

    @property
    def recall(self) -> float:
        """Share of the statements that their citations support."""
        return sum(one.supported for one in self.statements) / len(self.statements)

    @property
    def precision(self) -> float:
        """Share of precise citations; 0 without any."""
        made = sum(len(one.cites) for one in self.statements)
        return sum(len(one.precise) for one in self.statements) / made if made else 0.0

    def details(self) -> dict[str, float]:
        """Return the counts, and for each passage that supports a statement, how many it does."""
        counts = {"statements": len(self.statements), "citations": sum(len(one.cites) for one in self.statements)}
        counts |= Counter(f"{PASSAGE}{number}" for one in self.statements for number in one.precise)
        return {name: float(count) for name, count in counts.items()}


_Asked = tuple[CitedAnswer, Statement, Sequence[int]]
"""an answer, one of its statements, and the passages that are asked about"""


def cites(pairs: Iterable[Pair]) -> bool:
    """Return whether an answer of a cell makes a citation; then those that make none are measured as they are."""
    return any(prediction.written for _, prediction in pairs)


def cited_answer(pair: Pair, sources: Sources, boilerplate: frozenset[str]) -> CitedAnswer:
    """Return an answer's sentences with what they cite; nothing is judged yet."""
    example, prediction = pair
    text = claiming(prediction.text, example.text, boilerplate)
    found = cited_sentences(prediction.written or prediction.text)
    statements = [Statement(text[one.start : one.end], one.numbers if prediction.written else ()) for one in found]
    return CitedAnswer(example.text, sources, [one for one in statements if any(map(str.isalnum, one.text))])


def judge_citations(answers: Sequence[CitedAnswer], judge: Judge, *, afterwards: bool) -> None:
    """Judge which citations support their sentences.

    Args:
        answers: of one cell.
        judge: is asked about all of them together, in four rounds at most.
        afterwards: whether the passage that supports a sentence best counts as its citation.
    """
    _leave_out_what_claims_nothing(answers, judge)
    statements = [(answer, one) for answer in answers for one in answer.statements]
    if afterwards:
        _choose(statements, judge)
    together = [(answer, one, one.cites) for answer, one in statements if one.cites]
    for (answer, one, numbers), judgement in zip(together, _judged(together, judge), strict=True):
        one.supported = _supports(judgement) and all(1 <= number <= len(answer.sources) for number in numbers)
    several = [(answer, one) for answer, one in statements if one.supported and len(one.cites) > 1]
    alone = [(answer, one, (number,)) for answer, one in several for number in one.cites]
    weak = [asked for asked, found in zip(alone, _judged(alone, judge), strict=True) if not _supports(found)]
    others = [(answer, one, [number for number in one.cites if number != out]) for answer, one, (out,) in weak]
    for (_, one, (out,)), judgement in zip(weak, _judged(others, judge), strict=True):
        one.irrelevant |= {out} if _supports(judgement) else set()


def _leave_out_what_claims_nothing(answers: Sequence[CitedAnswer], judge: Judge) -> None:
    whole = [(answer, one, range(1, len(answer.sources) + 1)) for answer in answers for one in answer.statements]
    claiming_something: set[int] = set()
    for (answer, one, _), judgement in zip(whole, _judged(whole, judge), strict=True):
        answer.unjudged = answer.unjudged or judgement.unjudged
        claiming_something |= {id(one)} if judgement.assertions else set()
    for answer in answers:
        answer.statements = [one for one in answer.statements if id(one) in claiming_something]


def _choose(statements: Sequence[tuple[CitedAnswer, Statement]], judge: Judge) -> None:
    """Let each statement cite the passage that supports it best; of equal ones the first."""
    each = [(answer, one, (number + 1,)) for answer, one in statements for number in range(len(answer.sources))]
    best: dict[int, float] = {}
    for (_, one, numbers), judgement in zip(each, _judged(each, judge), strict=True):
        support = judgement.mean_support or 0.0
        if support > best.get(id(one), -1.0):
            best[id(one)], one.cites = support, numbers


def _judged(asked: Sequence[_Asked], judge: Judge) -> Sequence[Judgement]:
    questions = [Question(one.text, _texts(answer.sources, numbers), answer.asked) for answer, one, numbers in asked]
    return judge.judge(questions) if questions else ()


def _texts(sources: Sources, numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(sources[number - 1].text for number in numbers if 1 <= number <= len(sources))


def _supports(judgement: Judgement) -> bool:
    """Return whether every claim of a sentence is supported."""
    return judgement.share_supported == 1.0
