"""Faithfulness: which share of what the answer claims does the gold evidence support?"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.judging import Texts, gold_evidence, score_judged
from harness.types import Document, Example, Pair, Prediction, Score


@dataclass(frozen=True)
class Faithfulness:
    """Supported claims over claims, held against the example's gold evidence: the same for every arm.

    Evidence is the input (summarization) or documents, which `with_documents` hands over.
    """

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "faithfulness"
    unit: ClassVar[str] = "share of claims that the gold evidence supports"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    documents: ClassVar[Mapping[str, Document] | None] = None
    """id -> document, on the copy that `with_documents` returns; no part of what the metric is"""

    def with_documents(self, documents: Sequence[Document]) -> "Faithfulness":
        """Return the same metric, able to read the evidence."""
        bound = dataclasses.replace(self)
        object.__setattr__(bound, "documents", {document.id: document for document in documents})
        return bound

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_judged(self, self.judge, pairs, 1.0, self._evidence, _supported)

    def _evidence(self, example: Example, _: Prediction) -> Texts | None:
        return gold_evidence(self.name, example, self.documents)


def _supported(judgement: Judgement) -> float:
    return judgement.share_supported or 0.0
