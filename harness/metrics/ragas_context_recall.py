"""Context recall by ragas: which share of the reference do the passages support, as a language model decides?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.ragas_scoring import RagasContextMetric


@dataclass(frozen=True)
class RagasContextRecall(RagasContextMetric):
    """ragas' `ContextRecall`, compared with the first reference.

    Asks a language model; `recall_at_k` and `mrr` need none where the gold documents are known.
    """

    KEY: ClassVar[str] = "harness.metrics.ragas_context_recall.RagasContextRecall"

    name: ClassVar[str] = "ragas_context_recall"
    unit: ClassVar[str] = "share of the reference's statements that a language model attributes to the passages"
    ragas_name: ClassVar[str] = "ContextRecall"
