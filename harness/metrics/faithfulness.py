"""Faithfulness: which share of the answer's claims does the gold evidence support?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judgement
from harness.metrics.evidence import Sources, gold_evidence
from harness.metrics.judged import ClaimMetric
from harness.types import EvidenceSource, Example, Prediction


@dataclass(frozen=True)
class Faithfulness(ClaimMetric):
    """Supported claims over claims, checked against the example's gold evidence: the same for every arm.

    The evidence is the input (summarization) or documents of the task.
    """

    KEY: ClassVar[str] = "harness.metrics.faithfulness.Faithfulness"
    VERSION: ClassVar[int] = 3
    name: ClassVar[str] = "faithfulness"
    unit: ClassVar[str] = "share of claims that the gold evidence supports"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    best: ClassVar[float] = 1.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"

    def sources(self, example: Example, prediction: Prediction) -> Sources | None:
        return gold_evidence(self.name, example, self.context.documents)

    def value(self, judgement: Judgement) -> float:
        return judgement.share_supported or 0.0
