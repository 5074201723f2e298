"""Context precision by ragas: are the passages that a language model finds useful ranked first?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.ragas_scoring import RagasContextMetric


@dataclass(frozen=True)
class RagasContextPrecision(RagasContextMetric):
    """ragas' `ContextPrecisionWithReference`, compared with the first reference.

    Asks a language model; `recall_at_k` and `mrr` need none where the gold documents are known.
    """

    KEY: ClassVar[str] = "harness.metrics.ragas_context_precision.RagasContextPrecision"

    name: ClassVar[str] = "ragas_context_precision"
    unit: ClassVar[str] = "average precision of the passages that a language model finds useful for the reference"
    ragas_name: ClassVar[str] = "ContextPrecisionWithReference"
