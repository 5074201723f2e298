"""Groundedness: which share of what the answer claims do the passages shown to the model support?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.evidence import Sources, passages
from harness.metrics.judged_scoring import JudgeContext, judged_answers, score_judged
from harness.metrics.retrieval_scoring import shows_retrieval, without_retriever
from harness.store.spec import with_unkeyed
from harness.types import EvidenceSource, Example, JudgedAnswer, Kind, Pair, Prediction, Score


@dataclass(frozen=True)
class Groundedness:
    """Supported claims over claims, held against the passages of the prompt; right or wrong passages alike.

    Not applicable to an arm that retrieves nothing. In an arm that does, an answer to an example for which
    nothing came back is supported by nothing. Give it all pairs of a cell at once (see `score_passages`).
    """

    KEY: ClassVar[str] = "harness.metrics.groundedness.Groundedness"

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 3
    kind: ClassVar[Kind] = "claims"
    name: ClassVar[str] = "groundedness"
    unit: ClassVar[str] = "share of claims that the passages shown support"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    evidence_source: ClassVar[EvidenceSource] = "passages"
    house: ClassVar[frozenset[str]] = frozenset()
    """words that claim nothing, on the copy that `with_house` returns; they follow from the task's data"""

    def with_house(self, words: frozenset[str]) -> "Groundedness":
        """Return the same metric, which takes no house wording for a claim."""
        return with_unkeyed(self, house=words)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not _retrieves(pairs):
            return [without_retriever(self, example) for example, _ in pairs]
        return score_judged(self, self._judge_context(), pairs, 1.0, _supported)

    def judgements(self, pairs: Sequence[Pair]) -> list[JudgedAnswer]:
        """Return what the judge says of each answer, to an unanswerable example as well; nothing without a retriever.

        Answers can be ranked by it as they could be in use (`harness.analysis.passage_support`).
        """
        return judged_answers(self._judge_context(blind=True), pairs, self.evidence_source) if _retrieves(pairs) else []

    def _judge_context(self, blind: bool = False) -> JudgeContext:
        return JudgeContext(self.judge, _sources, self.house, blind)


def _retrieves(pairs: Sequence[Pair]) -> bool:
    return any(shows_retrieval(prediction) for _, prediction in pairs)


def _sources(_: Example, prediction: Prediction) -> Sources:
    return passages(prediction)


def _supported(judgement: Judgement) -> float:
    return judgement.share_supported or 0.0
