"""Hallucination rate: which share of the answer's claims does the gold evidence not support?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judgement
from harness.metrics.judged import ClaimMetric
from harness.types import EvidenceSource


@dataclass(frozen=True)
class HallucinationRate(ClaimMetric):
    """Unsupported claims over claims, by the judge's yes or no (its threshold), where faithfulness has its support.

    Read it with the judge's precision and recall of "unsupported", which stand under the table: a judge that often
    calls true claims unsupported raises it for every arm. Lower is better. Failures and wrong refusals count 1, as in
    every metric, though they claim nothing. `harness.metrics.fabrication` is the share of answers with any such claim.
    """

    KEY: ClassVar[str] = "harness.metrics.hallucination_rate.HallucinationRate"
    VERSION: ClassVar[int] = 5
    name: ClassVar[str] = "hallucination_rate"
    unit: ClassVar[str] = "share of claims that the gold evidence does not support; a wrong refusal counts 1"
    higher_is_better: ClassVar[bool] = False
    worst: ClassVar[float] = 1.0
    best: ClassVar[float] = 0.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"

    def value(self, judgement: Judgement) -> float:
        return 1.0 - (judgement.share_supported or 0.0)
