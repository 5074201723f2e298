"""Fabrication: does the answer claim anything that the gold evidence does not support?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.evidence import Sources, gold_evidence
from harness.metrics.judged_scoring import JudgeContext, judged_answers, score_judged
from harness.store.spec import with_unkeyed
from harness.types import Document, EvidenceSource, Example, JudgedAnswer, Kind, Pair, Prediction, Score


@dataclass(frozen=True)
class Fabrication:
    """1 if at least one claim is unsupported by the gold evidence, else 0.

    Lower is better, and whoever does not answer gains nothing: a failed prediction and the refusal of an
    answerable example count 1, by the same rule as everywhere. They claim nothing, and nobody should read them as
    inventions: the unit says that they are counted, a note under the table how many they are
    (`harness.analysis.notes.fabrication`), and the grid of refusals has the share of the answers given alone.
    """

    KEY: ClassVar[str] = "harness.metrics.fabrication.Fabrication"

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "claims"
    name: ClassVar[str] = "fabrication"
    unit: ClassVar[str] = "share with an unsupported claim, a wrong refusal or no usable answer"
    higher_is_better: ClassVar[bool] = False
    worst: ClassVar[float] = 1.0
    evidence_source: ClassVar[EvidenceSource] = "gold evidence"
    documents: ClassVar[Mapping[str, Document] | None] = None
    """id -> document, on the copy that `with_documents` returns; no part of what the metric is"""
    house: ClassVar[frozenset[str]] = frozenset()
    """words that claim nothing, on the copy that `with_house` returns; they follow from the task's data"""

    def with_documents(self, documents: Sequence[Document]) -> "Fabrication":
        """Return the same metric, able to read the evidence."""
        return with_unkeyed(self, documents={document.id: document for document in documents})

    def with_house(self, words: frozenset[str]) -> "Fabrication":
        """Return the same metric, which takes no house wording for a claim."""
        return with_unkeyed(self, house=words)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_judged(self, self._judge_context(), pairs, 0.0, _fabricated)

    def judgements(self, pairs: Sequence[Pair]) -> list[JudgedAnswer]:
        """Return what the judge says of each answer that comes before it."""
        return judged_answers(self._judge_context(), pairs, self.evidence_source)

    def _judge_context(self) -> JudgeContext:
        return JudgeContext(self.judge, self._sources, self.house)

    def _sources(self, example: Example, _: Prediction) -> Sources | None:
        return gold_evidence(self.name, example, self.documents)


def _fabricated(judgement: Judgement) -> float:
    return float(any(claim.verdict == "unsupported" for claim in judgement.assertions))
