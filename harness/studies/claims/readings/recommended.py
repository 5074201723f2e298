"""Whether the decision card, with the documents' own answers to its questions, recommends what they recommend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.claims.effect import Effect, Gap
from harness.studies.claims.sources import Evidence


@dataclass(frozen=True)
class Recommended:
    """The probability that one of the documents' arms is best, minus that of the likeliest other arm."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.recommended.Recommended"
    source: ClassVar[str] = "decision"
    is_ratio: ClassVar[bool] = False

    preset: str
    """file of conf/decision that holds the documents' answers"""
    arms: tuple[str, ...]
    """that the documents recommend; see `harness.studies.claims.arms`"""

    def problems(self) -> Sequence[str]:
        return [] if self.arms else ["arms is []; give at least one"]

    def read(self, evidence: Evidence) -> Effect | Gap:
        if evidence.recommending is None:
            return Gap("the decision card was not made", evidence.deciding(self.preset))
        return evidence.recommending(self.preset, self.arms)
