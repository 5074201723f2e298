"""MRR: at which rank is the first passage of a gold document?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.retrieval_scoring import score_passages
from harness.types import Pair, Score


@dataclass(frozen=True)
class ReciprocalRank(Metric):
    """1 / rank of the first passage of a gold document in the prompt, 0 if there is none; its mean is the MRR.

    Not applicable where nothing ranks passages: the whole knowledge base is shown.
    Give it all pairs of a cell at once (see `score_passages`).
    """

    KEY: ClassVar[str] = "harness.metrics.mrr.ReciprocalRank"
    VERSION: ClassVar[int] = 1
    kind: ClassVar[Kind] = "passages"
    name: ClassVar[str] = "mrr"
    unit: ClassVar[str] = "1 / rank of the first gold passage"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_passages(self, pairs, reciprocal_rank)


def reciprocal_rank(retrieved: Sequence[str], gold: frozenset[str]) -> float:
    """Return 1 / (position of the first gold document, from 1), or 0.0."""
    for rank, document_id in enumerate(retrieved, start=1):
        if document_id in gold:
            return 1.0 / rank
    return 0.0
