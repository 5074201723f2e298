"""What the metrics of citations share: whose failure decides, and when there is no value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.citation_support import AFTERWARDS, CitedAnswer, cited_answer, cites, judge_citations
from harness.metrics.evidence import Sources, passages
from harness.metrics.judged import NO_CLAIM, JudgedMetric
from harness.metrics.metric import KnownAnswer
from harness.metrics.reference_scoring import ruled
from harness.metrics.retrieval_scoring import shows_knowledge, without_retriever
from harness.metrics.selftest.cited import CITED
from harness.types import Pair, Score


@dataclass(frozen=True)
class StatementMetric(JudgedMetric, Protocol):
    """A metric of what the sentences of an answer rest on; give it all pairs of a cell, or blocks that know the others.

    Failed answers and refusals are scored as by every metric of claims (`harness.metrics.judged`): an empty answer
    stays in, with the worst value.
    """

    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def value(self, answer: CitedAnswer) -> float:
        """Return the value of a judged answer with at least one statement."""
        ...

    def scored(self, pairs: Sequence[Pair], sources: Sequence[Sources], *, afterwards: bool, note: str) -> list[Score]:
        """Return the scores of a cell.

        Args:
            pairs: examples and answers.
            sources: per pair, what its sentences may rest on.
            afterwards: whether the source that supports a sentence best counts as its citation.
            note: what every value must say of itself.
        """
        rulings = [ruled(self, *pair, best=1.0) for pair in pairs]
        answers = [
            cited_answer(pair, texts, self.context.boilerplate) if ruling is None else None
            for pair, texts, ruling in zip(pairs, sources, rulings, strict=True)
        ]
        open_ones = [answer for answer in answers if answer is not None]
        judge_citations(open_ones, self.context.cached(self.judge), afterwards=afterwards)
        judged = zip(pairs, answers, rulings, strict=True)
        return [ruling or self._score(pair[0].id, answer, note) for pair, answer, ruling in judged]

    def _score(self, example_id: str, answer: CitedAnswer | None, note: str) -> Score:
        assert answer is not None, "what the rules leave open is judged"
        if answer.unjudged:
            return Score(example_id, self.name, None, "unjudged", answer.unjudged)
        if not answer.statements:
            return Score(example_id, self.name, None, "not_applicable", NO_CLAIM)
        details = answer.details() | ({AFTERWARDS: 1.0} if note == AFTERWARDS else {})
        return Score(example_id, self.name, self.value(answer), note=note, details=details)


@dataclass(frozen=True)
class CitationMetric(StatementMetric, Protocol):
    """A metric of citations of the passages in the prompt. Not applicable to an arm that retrieves nothing."""

    def known_answers(self) -> Sequence[KnownAnswer]:
        return CITED[self.name]

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not of_cell(pairs, shows_knowledge):
            return [without_retriever(self, example) for example, _ in pairs]
        afterwards, sources = not of_cell(pairs, cites), [passages(prediction) for _, prediction in pairs]
        return self.scored(pairs, sources, afterwards=afterwards, note=AFTERWARDS if afterwards else "")
