"""MRR: at which rank is the first passage that holds evidence?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.retrieval_scoring import Held, PassageMetric


@dataclass(frozen=True)
class ReciprocalRank(PassageMetric):
    """1 / rank of the first gold passage in the prompt, 0 if there is none; its mean is the MRR.

    Gold is a passage that holds a piece of the evidence: of a gold document, or, where it is known, the place in it
    where the evidence stands (`harness.metrics.pieces`). Not applicable where nothing ranks passages: the whole
    knowledge base is shown.
    """

    KEY: ClassVar[str] = "harness.metrics.mrr.ReciprocalRank"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "mrr"
    of_documents: ClassVar[str] = "1 / rank of the first gold passage"
    of_places: ClassVar[str] = "1 / rank of the first passage that holds the evidence"

    def measure(self, held: Held, count: int) -> float:
        return next((1.0 / rank for rank, pieces in enumerate(held, start=1) if pieces), 0.0)
