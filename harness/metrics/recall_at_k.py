"""Recall at k: which share of the evidence is among the first k passages?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.retrieval_scoring import Held, PassageMetric


@dataclass(frozen=True)
class RecallAtK(PassageMetric):
    """Pieces of evidence that the first k passages of the prompt hold, as a share of all pieces.

    A piece is a gold document, held by any passage of it; or, where it is known, the place in it where the evidence
    stands (`harness.metrics.pieces`). Passages that did not fit into the context window are not counted: the model
    never saw them. Where nothing ranks passages (the whole knowledge base is shown), all that are shown count.
    """

    KEY: ClassVar[str] = "harness.metrics.recall_at_k.RecallAtK"

    k: int
    """number of passages that count; more than the retriever's k changes nothing"""

    VERSION: ClassVar[int] = 1
    of_documents: ClassVar[str] = "share of gold documents"
    of_places: ClassVar[str] = "share of gold passages"

    @property
    def name(self) -> str:
        return f"recall@{self.k}"

    def problems(self) -> Sequence[str]:
        return () if self.k >= 1 else (f"k: {self.k}, but it must be 1 or more",)

    def measure(self, held: Held, count: int) -> float:
        return _share(held[: self.k], count)

    def measure_unranked(self, held: Held, count: int) -> float:
        return _share(held, count)


def _share(held: Held, count: int) -> float:
    return len(frozenset[int]().union(*held)) / count
