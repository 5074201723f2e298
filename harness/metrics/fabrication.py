"""Fabrication: does the answer claim anything that the gold evidence does not support?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judgement
from harness.metrics.judged import ClaimMetric
from harness.types import EvidenceSource


@dataclass(frozen=True)
class Fabrication(ClaimMetric):
    """1 if at least one claim is unsupported by the gold evidence, else 0.

    At least the hallucination rate (`harness.metrics.hallucination_rate`), which is the share of such claims, and equal
    to it where answers make one claim.

    Lower is better, and an arm that does not answer gains nothing: a failed prediction and the refusal of an
    answerable example count 1, by the same rule as in every metric. They claim nothing and are not hallucinations:
    the unit says that they are counted, a note under the table says how many they are
    (`harness.analysis.notes.evaluation`), and the section on refusals shows the rate among given answers alone.
    """

    KEY: ClassVar[str] = "harness.metrics.fabrication.Fabrication"
    VERSION: ClassVar[int] = 7
    name: ClassVar[str] = "fabrication"
    unit: ClassVar[str] = "share of answers with an unsupported claim, wrongly refused or not usable"
    higher_is_better: ClassVar[bool] = False
    worst: ClassVar[float] = 1.0
    best: ClassVar[float] = 0.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"

    def value(self, judgement: Judgement) -> float:
        return float(any(claim.verdict == "unsupported" for claim in judgement.assertions))
