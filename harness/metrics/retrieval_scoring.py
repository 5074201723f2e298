"""Which pieces of the evidence an arm's passages hold: what recall and reciprocal rank are computed from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, Protocol

from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.metric import Kind, Metric
from harness.metrics.pieces import holds, pieces
from harness.types import Document, Example, Pair, Passage, Prediction, Score

Held = Sequence[frozenset[int]]
"""per passage, in the order of the prompt: numbers of the pieces of evidence that it holds"""

NOT_RANKED: Final = "its passages are in the order of the knowledge base"
SEARCHING: Final = frozenset({"embed", "search", "rerank"})


class PassageMetric(Metric, Protocol):
    """A metric of the passages alone, whatever the answer is.

    Not applicable: an example without gold documents, and every example of a cell that does not retrieve.
    In a cell that does, an example without passages (nothing found, or the search failed) scores 0.
    Give it all pairs of a cell, or blocks that know the others: together they show whether the cell retrieves.
    """

    kind: ClassVar[Kind] = "passages"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0
    of_documents: ClassVar[str]
    """unit where gold documents count as a whole"""
    of_places: ClassVar[str]
    """unit where it is known for some example where in a document its evidence stands"""

    def measure(self, held: Held, count: int) -> float:
        """Return the value of one ranking, whose evidence has so many pieces."""
        ...

    def measure_unranked(self, held: Held, count: int) -> float | None:
        """Return the value where the whole knowledge base is shown in its own order; None where it has none."""
        return None

    @property
    def unit(self) -> str:
        task = None if self._context is None else self._context.task
        placed = task is not None and any(example.spans for example in task.examples("test"))
        return self.of_places if placed else self.of_documents

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        searches = of_cell(pairs, shows_knowledge)
        documents = {} if self._context is None else self._context.documents
        return [
            self._score(example, prediction, documents) if searches else without_retriever(self, example)
            for example, prediction in pairs
        ]

    def _score(self, example: Example, prediction: Prediction, documents: Mapping[str, Document]) -> Score:
        wanted = pieces(example)
        if not wanted:
            return Score(example.id, self.name, None, "not_applicable", "no gold documents are known")
        held = [
            frozenset(number for number, piece in enumerate(wanted) if holds(passage, piece, documents))
            for passage in prediction.passages
        ]
        if any(passage.origin == "whole" for passage in prediction.passages):
            value = self.measure_unranked(held, len(wanted))
            return Score(example.id, self.name, value, *(("not_applicable", NOT_RANKED) if value is None else ()))
        return Score(example.id, self.name, self.measure(held, len(wanted)))


def retrieves(predictions: Iterable[Prediction]) -> bool:
    """Return whether a cell shows its model passages of a knowledge base; pairs that are examples are none."""
    shows = False
    for one in predictions:
        if any(map(is_example, one.passages)):
            return False
        shows = shows or _shows_passages(one)
    return shows


def shows_knowledge(pairs: Iterable[Pair]) -> bool:
    """Return `retrieves` of the predictions of these pairs."""
    return retrieves(prediction for _, prediction in pairs)


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
