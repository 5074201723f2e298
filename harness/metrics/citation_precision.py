"""Citation precision: are the citations of an answer needed, and do they support its sentences?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.citation_scoring import CitationMetric
from harness.metrics.citation_support import CitedAnswer


@dataclass(frozen=True)
class CitationPrecision(CitationMetric):
    """Share of an answer's citations that support their sentence (`citation_support`); 0 where it makes none."""

    KEY: ClassVar[str] = "harness.metrics.citation_precision.CitationPrecision"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "citation_precision"
    unit: ClassVar[str] = "share of citations that support their sentence"

    def value(self, answer: CitedAnswer) -> float:
        return answer.precision
