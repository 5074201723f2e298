"""Groundedness: how far do the passages shown to the model support the answer's claims?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.judged import ClaimMetric
from harness.metrics.retrieval_scoring import shows_knowledge, without_retriever
from harness.types import EvidenceSource, JudgedAnswer, Pair, Score


@dataclass(frozen=True)
class Groundedness(ClaimMetric):
    """Mean support of the claims, checked against the passages of the prompt, whether right or wrong.

    Not applicable to an arm that retrieves nothing, or shows training pairs as examples. In an arm that does retrieve,
    an answer to an example for which nothing was found has no support. Give it the pairs of a cell as `PassageMetric`
    takes them.
    """

    KEY: ClassVar[str] = "harness.metrics.groundedness.Groundedness"
    VERSION: ClassVar[int] = 8
    name: ClassVar[str] = "groundedness"
    unit: ClassVar[str] = "mean support of claims by the passages shown"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    best: ClassVar[float] = 1.0
    evidence_source: ClassVar[EvidenceSource] = "passages"
    blind: ClassVar[bool] = True
    """its judgements can rank answers as in use (`harness.analysis.outcomes.passage_support`)"""

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not of_cell(pairs, shows_knowledge):
            return [without_retriever(self, example) for example, _ in pairs]
        return super().score(pairs)

    @in_blocks
    def judgements(self, pairs: Sequence[Pair]) -> list[JudgedAnswer]:
        return super().judgements(pairs) if of_cell(pairs, shows_knowledge) else []
