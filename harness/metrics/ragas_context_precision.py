"""Context precision by ragas: are the passages that a language model finds useful ranked first?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.judges.ragas.judge import RagasJudge
from harness.metrics.judged import JudgedMetric
from harness.metrics.metric import Kind
from harness.metrics.ragas_scoring import score_contexts
from harness.types import Pair, Score


@dataclass(frozen=True)
class RagasContextPrecision(JudgedMetric):
    """ragas' `ContextPrecisionWithReference`, compared with the first reference.

    Asks a language model; `recall_at_k` and `mrr` need none where the gold documents are known.
    """

    KEY: ClassVar[str] = "harness.metrics.ragas_context_precision.RagasContextPrecision"

    judge: RagasJudge
    """the language model"""

    VERSION: ClassVar[int] = 1
    kind: ClassVar[Kind] = "passages"
    name: ClassVar[str] = "ragas_context_precision"
    unit: ClassVar[str] = "average precision of the passages that a language model finds useful for the reference"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_contexts(self, self.judge, pairs, _ragas)


def _ragas() -> type[Any]:
    from ragas.metrics.collections import ContextPrecisionWithReference

    return ContextPrecisionWithReference
