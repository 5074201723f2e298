"""Faithfulness: how far does the gold evidence support the answer's claims?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.judged import ClaimMetric
from harness.types import EvidenceSource


@dataclass(frozen=True)
class Faithfulness(ClaimMetric):
    """Mean support of the claims, checked against the example's gold evidence: the same for every arm.

    The evidence is the input (summarization) or documents of the task. A judge that gives verdicts alone has support 0
    or 1; the share of unsupported claims is `harness.metrics.hallucination_rate`.
    """

    KEY: ClassVar[str] = "harness.metrics.faithfulness.Faithfulness"
    VERSION: ClassVar[int] = 8
    name: ClassVar[str] = "faithfulness"
    unit: ClassVar[str] = "mean support of claims by the gold evidence"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    best: ClassVar[float] = 1.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"
