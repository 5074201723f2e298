"""Which gold documents an arm's passages hold: what recall and reciprocal rank are computed from."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from harness.metrics.metric import Metric
from harness.types import THE_INPUT, Example, Pair, Passage, Prediction, Score

Measure = Callable[[Sequence[str], frozenset[str]], float]
"""(document ids of the passages in order, gold document ids) -> value"""

NOT_RANKED: Final = "its passages are in the order of the knowledge base"
SEARCHING: Final = frozenset({"embed", "search", "rerank"})


def score_passages(
    metric: Metric, pairs: Sequence[Pair], measure: Measure, unranked: Measure | None = None
) -> list[Score]:
    """Return one score per pair from the passages alone, whatever the answer is.

    Not applicable: an example without gold documents, and every example of a cell that does not retrieve.
    In a cell that does, an example without passages (nothing found, or the search failed) scores 0.

    Args:
        metric: gives the name.
        pairs: all pairs of one cell; together they show whether the cell retrieves.
        measure: the value of one ranking.
        unranked: the value where the whole knowledge base is shown in its own order; None: it has none.
    """
    if any(passage.origin == "whole" for _, prediction in pairs for passage in prediction.passages):
        if unranked is None:
            return [Score(example.id, metric.name, None, "not_applicable", NOT_RANKED) for example, _ in pairs]
        measure = unranked
    searches = retrieves(prediction for _, prediction in pairs)
    return [
        _score(metric, example, prediction, measure) if searches else without_retriever(metric, example)
        for example, prediction in pairs
    ]


def retrieves(predictions: Iterable[Prediction]) -> bool:
    """Return whether a cell shows its model passages of a knowledge base; pairs that are examples are none."""
    given = list(predictions)
    return any(map(_shows_passages, given)) and not any(is_example(one) for each in given for one in each.passages)


def is_example(passage: Passage) -> bool:
    """Return whether a passage only shows how to answer."""
    return passage.origin == "example"


def _shows_passages(prediction: Prediction) -> bool:
    """Return whether passages were searched for, found or not."""
    searched = any(span.stage in SEARCHING for span in prediction.spans)
    return searched or bool(prediction.passages) or prediction.passages_dropped > 0


def without_retriever(metric: Metric, example: Example) -> Score:
    """Return the score of an arm that retrieves nothing, for a metric of what was retrieved."""
    return Score(example.id, metric.name, None, "not_applicable", "the arm retrieves nothing")


def _score(metric: Metric, example: Example, prediction: Prediction, measure: Measure) -> Score:
    if not example.evidence or example.evidence == THE_INPUT:
        return Score(example.id, metric.name, None, "not_applicable", "no gold documents are known")
    retrieved = [passage.document_id for passage in prediction.passages]
    return Score(example.id, metric.name, measure(retrieved, frozenset(example.evidence)))
