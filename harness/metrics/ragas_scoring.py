"""What the metrics by ragas share: one value per prediction from a language model."""

from collections.abc import Callable, Sequence
from typing import Any

from harness.judges.ragas.judge import Measure, RagasJudge
from harness.judges.ragas.reply import UnusableReplyError
from harness.metrics.evidence import passages
from harness.metrics.metric import Metric
from harness.metrics.retrieval_scoring import shows_retrieval, without_retriever
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


def score_contexts(
    metric: Metric, judge: RagasJudge, pairs: Sequence[Pair], load: Callable[[], type[Any]]
) -> list[Score]:
    """Return one score per pair from the passages alone, whatever the answer is.

    Not applicable to a cell that retrieves nothing and to an example without reference. No passage scores 0.

    Args:
        metric: gives name and worst value.
        judge: the language model.
        pairs: examples and answers.
        load: imports and returns ragas' metric of passages, question and reference.
    """
    if not any(shows_retrieval(prediction) for _, prediction in pairs):
        return [without_retriever(metric, example) for example, _ in pairs]

    def decide(example: Example, prediction: Prediction) -> Score | Measure:
        if not example.answerable or not example.references:
            return Score(example.id, metric.name, None, "not_applicable", NO_REFERENCE)
        if not prediction.passages:
            return Score(example.id, metric.name, metric.worst, note="no passage was found")
        return _of_contexts(load, example, prediction)

    return score_by_ragas(metric, judge, pairs, decide)


def _of_contexts(load: Callable[[], type[Any]], example: Example, prediction: Prediction) -> Measure:
    async def measure(llm: Any) -> float:
        result = await load()(llm=llm).ascore(
            user_input=example.text,
            reference=example.references[0],
            retrieved_contexts=[source.text for source in passages(prediction)],
        )
        return float(result.value)

    return measure
