"""Citation recall: are the sentences of an answer supported by what they cite?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.citation_scoring import CitationMetric
from harness.metrics.citation_support import CitedAnswer


@dataclass(frozen=True)
class CitationRecall(CitationMetric):
    """Share of an answer's sentences that the passages which they cite support together (`citation_support`)."""

    KEY: ClassVar[str] = "harness.metrics.citation_recall.CitationRecall"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "citation_recall"
    unit: ClassVar[str] = "share of sentences that their citations support"

    def value(self, answer: CitedAnswer) -> float:
        return answer.recall
