"""Faithfulness: which share of what the answer claims does the gold evidence support?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.evidence import Sources, gold_evidence
from harness.metrics.judged_scoring import JudgeContext, judged_answers, score_judged
from harness.store.spec import with_unkeyed
from harness.types import Document, EvidenceSource, Example, JudgedAnswer, Kind, Pair, Prediction, Score


@dataclass(frozen=True)
class Faithfulness:
    """Supported claims over claims, held against the example's gold evidence: the same for every arm.

    Evidence is the input (summarization) or documents, which `with_documents` hands over.
    """

    KEY: ClassVar[str] = "harness.metrics.faithfulness.Faithfulness"

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "claims"
    name: ClassVar[str] = "faithfulness"
    unit: ClassVar[str] = "share of claims that the gold evidence supports"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"
    documents: ClassVar[Mapping[str, Document] | None] = None
    """id -> document, on the copy that `with_documents` returns; no part of what the metric is"""
    house: ClassVar[frozenset[str]] = frozenset()
    """words that claim nothing, on the copy that `with_house` returns; they follow from the task's data"""

    def with_documents(self, documents: Sequence[Document]) -> "Faithfulness":
        """Return the same metric, able to read the evidence."""
        return with_unkeyed(self, documents={document.id: document for document in documents})

    def with_house(self, words: frozenset[str]) -> "Faithfulness":
        """Return the same metric, which takes no house wording for a claim."""
        return with_unkeyed(self, house=words)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_judged(self, self._judge_context(), pairs, 1.0, _supported)

    def judgements(self, pairs: Sequence[Pair]) -> list[JudgedAnswer]:
        """Return what the judge says of each answer that comes before it."""
        return judged_answers(self._judge_context(), pairs, self.evidence_source)

    def _judge_context(self) -> JudgeContext:
        return JudgeContext(self.judge, self._sources, self.house)

    def _sources(self, example: Example, _: Prediction) -> Sources | None:
        return gold_evidence(self.name, example, self.documents)


def _supported(judgement: Judgement) -> float:
    return judgement.share_supported or 0.0
