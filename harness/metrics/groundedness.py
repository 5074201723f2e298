"""Groundedness: which share of what the answer claims do the passages shown to the model support?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.judges.judge import Judge, Judgement
from harness.metrics.judging import Texts, score_judged
from harness.metrics.retrieval import _shows_retrieval, _without_retriever
from harness.types import Example, Pair, Passage, Prediction, Score


@dataclass(frozen=True)
class Groundedness:
    """Supported claims over claims, held against the passages of the prompt; right or wrong passages alike.

    Not applicable to an arm that retrieves nothing. In an arm that does, an answer to an example for which
    nothing came back is supported by nothing. Give it all pairs of a cell at once (see `score_passages`).
    """

    judge: Judge
    """decides which claims are supported"""

    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "groundedness"
    unit: ClassVar[str] = "share of claims that the passages shown support"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not any(_shows_retrieval(prediction) for _, prediction in pairs):
            return [_without_retriever(self, example) for example, _ in pairs]
        return score_judged(self, self.judge, pairs, 1.0, _passages, _supported)


def _passages(_: Example, prediction: Prediction) -> Texts:
    return tuple(_text(passage) for passage in prediction.passages)


def _text(passage: Passage) -> str:
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text


def _supported(judgement: Judgement) -> float:
    return judgement.share_supported or 0.0
