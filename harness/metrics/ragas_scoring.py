"""What the metrics by ragas share: one value per prediction from a language model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from harness.judges.ragas.judge import Measure, RagasJudge
from harness.judges.ragas.reply import UnusableReplyError
from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.evidence import passages
from harness.metrics.judged import JudgedMetric
from harness.metrics.metric import Kind, Metric
from harness.metrics.retrieval_scoring import shows_knowledge, without_retriever
from harness.types import Example, Pair, Prediction, Score

NO_REFERENCE = "the example has no reference"

Decide = Callable[[Example, Prediction], Score | Measure]
"""the score where it needs no model, else what computes it"""


def score_by_ragas(metric: Metric, judge: RagasJudge, pairs: Sequence[Pair], decide: Decide) -> list[Score]:
    """Return one score per pair; all that needs the model is asked at once. A failure of the model is "unjudged"."""
    decided = [decide(example, prediction) for example, prediction in pairs]
    undecided = [decision for decision in decided if not isinstance(decision, Score)]
    outcomes = iter(judge.measure(undecided) if undecided else ())
    scores = []
    for (example, _), decision in zip(pairs, decided, strict=True):
        if isinstance(decision, Score):
            scores.append(decision)
            continue
        outcome = next(outcomes)
        if isinstance(outcome, UnusableReplyError):
            scores.append(Score(example.id, metric.name, None, "unjudged", str(outcome)))
        elif outcome[0] != outcome[0]:
            scores.append(Score(example.id, metric.name, None, "unjudged", "the judge returned no verdicts"))
        else:
            scores.append(Score(example.id, metric.name, outcome[0]))
    return scores


@dataclass(frozen=True)
class RagasContextMetric(JudgedMetric, Protocol):
    """A ragas metric of passages, question and reference. A subclass says which.

    Not applicable to a cell that retrieves nothing and to an example without reference. No passage scores 0, whatever
    the answer is.
    """

    judge: RagasJudge
    """the language model"""

    VERSION: ClassVar[int] = 1
    kind: ClassVar[Kind] = "passages"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    ragas_name: ClassVar[str]
    """of the class in ragas.metrics.collections"""

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not of_cell(pairs, shows_knowledge):
            return [without_retriever(self, example) for example, _ in pairs]
        return score_by_ragas(self, self.judge, pairs, self._decide)

    def _decide(self, example: Example, prediction: Prediction) -> Score | Measure:
        if not example.answerable or not example.references:
            return Score(example.id, self.name, None, "not_applicable", NO_REFERENCE)
        if not prediction.passages:
            return Score(example.id, self.name, self.worst, note="no passage was found")
        return self._measure(example, prediction)

    def _measure(self, example: Example, prediction: Prediction) -> Measure:
        async def measure(llm: Any) -> float:
            from ragas.metrics import collections

            result = await getattr(collections, self.ragas_name)(llm=llm).ascore(
                user_input=example.text,
                reference=example.references[0],
                retrieved_contexts=[source.text for source in passages(prediction)],
            )
            return float(result.value)

        return measure
