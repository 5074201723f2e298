"""Fabrication: does the answer claim anything that the gold evidence does not support?"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.judging import Texts, gold_evidence, score_judged
from harness.types import Document, Example, Pair, Prediction, Score


@dataclass(frozen=True)
class Fabrication:
    """1 if at least one claim is unsupported by the gold evidence, else 0.

    Lower is better, and whoever does not answer gains nothing: a failed prediction and the refusal of an
    answerable example count 1, by the same rule as everywhere.
    """

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "fabrication"
    unit: ClassVar[str] = "share of answers with an unsupported claim"
    higher_is_better: ClassVar[bool] = False
    worst: ClassVar[float] = 1.0
    documents: ClassVar[Mapping[str, Document] | None] = None
    """id -> document, on the copy that `with_documents` returns; no part of what the metric is"""

    def with_documents(self, documents: Sequence[Document]) -> "Fabrication":
        """Return the same metric, able to read the evidence."""
        bound = dataclasses.replace(self)
        object.__setattr__(bound, "documents", {document.id: document for document in documents})
        return bound

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_judged(self, self.judge, pairs, 0.0, self._evidence, _fabricated)

    def _evidence(self, example: Example, _: Prediction) -> Texts | None:
        return gold_evidence(self.name, example, self.documents)


def _fabricated(judgement: Judgement) -> float:
    return float(any(claim.verdict == "unsupported" for claim in judgement.assertions))
