"""Recall at k: which share of the gold documents is among the first k passages?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.metric import Kind, Metric
from harness.metrics.retrieval_scoring import score_passages
from harness.types import Pair, Score


@dataclass(frozen=True)
class RecallAtK(Metric):
    """Gold documents with a passage among the first k shown in the prompt, as a share of all gold documents.

    Passages that did not fit into the context window are not counted: the model never saw them. Where nothing ranks
    passages (the whole knowledge base is shown), all that are shown count.
    Give it all pairs of a cell at once (see `score_passages`).
    """

    KEY: ClassVar[str] = "harness.metrics.recall_at_k.RecallAtK"

    k: int
    """number of passages that count; more than the retriever's k changes nothing"""

    VERSION: ClassVar[int] = 1
    kind: ClassVar[Kind] = "passages"
    unit: ClassVar[str] = "share of gold documents"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    @property
    def name(self) -> str:
        return f"recall@{self.k}"

    def problems(self) -> Sequence[str]:
        return () if self.k >= 1 else (f"k: {self.k}, but it must be 1 or more",)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_passages(self, pairs, self._recall, unranked=_share)

    def _recall(self, retrieved: Sequence[str], gold: frozenset[str]) -> float:
        return _share(retrieved[: self.k], gold)


def _share(shown: Sequence[str], gold: frozenset[str]) -> float:
    return len(gold.intersection(shown)) / len(gold)
