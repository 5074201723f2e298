"""Fabrication, the hallucination rate: does the answer claim anything that the gold evidence does not support?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judgement
from harness.metrics.evidence import Sources, gold_evidence
from harness.metrics.judged import ClaimMetric
from harness.types import EvidenceSource, Example, Prediction


@dataclass(frozen=True)
class Fabrication(ClaimMetric):
    """Hallucination rate: 1 if at least one claim is unsupported by the gold evidence, else 0.

    Lower is better, and an arm that does not answer gains nothing: a failed prediction and the refusal of an
    answerable example count 1, by the same rule as in every metric. They claim nothing and are not hallucinations:
    the unit says that they are counted, a note under the table says how many they are
    (`harness.analysis.notes.evaluation`), and the section on refusals shows the rate among given answers alone.
    """

    KEY: ClassVar[str] = "harness.metrics.fabrication.Fabrication"
    VERSION: ClassVar[int] = 3
    name: ClassVar[str] = "fabrication"
    unit: ClassVar[str] = "hallucination rate: share with an unsupported claim, a wrong refusal or no usable answer"
    higher_is_better: ClassVar[bool] = False
    worst: ClassVar[float] = 1.0
    best: ClassVar[float] = 0.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"

    def sources(self, example: Example, prediction: Prediction) -> Sources | None:
        return gold_evidence(self.name, example, self.context.documents)

    def value(self, judgement: Judgement) -> float:
        return float(any(claim.verdict == "unsupported" for claim in judgement.assertions))
