"""Passages that hold the evidence of a query: put first for the controls, and counted where documents are long."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from harness.audits import AuditResult
from harness.metrics.pieces import holds, pieces_of
from harness.types import THE_INPUT, EvidenceSpan, Passage
from pipelines.rag.passages import Passages
from pipelines.rag.protocols import Query
from pipelines.rag.ranking import Ranking

FLAGGED: Final = 0.1
"""share of the questions with gold documents that are too long from which on numbers about retrieval say too little"""


def gold_first(passages: Passages, ranking: Ranking, spans: Sequence[EvidenceSpan]) -> tuple[list[Passage], Ranking]:
    """Part a ranking: passages that hold a span, and the rest.

    Args:
        passages: by number.
        ranking: of the passages of gold documents.
        spans: where the evidence stands; () leaves the ranking as it is.

    Returns:
        The best passage for each piece of evidence, then the others that hold one; and what holds none.
    """
    wanted = pieces_of((), spans)
    if not wanted:
        return [], ranking
    read = {number: replace(passages[number], score=score) for number, score in ranking}
    holding = {number: [piece for piece in wanted if holds(one, piece, {})] for number, one in read.items()}
    best = [next((number for number in read if piece in holding[number]), None) for piece in wanted]
    first = dict.fromkeys(
        [*(number for number in best if number is not None), *(number for number in read if holding[number])]
    )
    return [read[number] for number in first], [pair for pair in ranking if pair[0] not in first]


def before(first: Sequence[Passage], rest: Sequence[Passage], k: int) -> tuple[Passage, ...]:
    """Return the first k of both in that order, with scores that fall; of `first`, scores are raised as needed."""
    chosen = [*first, *rest][:k]
    floor = max((passage.score for passage in rest), default=0.0)
    raised: list[Passage] = []
    for passage in reversed(chosen[: len(first)]):
        floor = max(floor, passage.score)
        raised.append(replace(passage, score=floor))
    return (*reversed(raised), *chosen[len(first) :])


def audit_gold_sizes(queries: Sequence[Query], passages: Passages, k: int) -> Iterator[AuditResult]:
    """Yield whether k passages can show the gold documents; a flag where they cannot and no place in them is known."""
    named = [query for query in queries if query.evidence and query.evidence != THE_INPUT]
    sizes = {query.example_id: _unplaced(query, passages) for query in named}
    long = {name: size for name, size in sizes.items() if size > k}
    if not named:
        return
    flag = ""
    if len(long) > FLAGGED * len(named):
        first = next(iter(long))
        flag = (
            f"for {len(long):,} of {len(named):,} questions (e.g. {first!r}) a gold document is cut into more passages "
            f"(up to {max(long.values()):,}) than the {k} that are shown, and it is not known which of them holds the "
            "evidence: recall_at_k, mrr and the oracle take any of them. Give the evidence as text or offsets "
            "(task.columns.evidence), or facts (task.columns.facts)"
        )
    yield AuditResult("gold documents", len(named), "questions", flag, details={"too long": len(long)})


def _unplaced(query: Query, passages: Passages) -> int:
    """Return the number of passages of the longest gold document in which no place is known."""
    placed = {span.document_id for span in query.spans}
    return max((len(passages.ranges.get(name, ())) for name in query.evidence if name not in placed), default=0)
