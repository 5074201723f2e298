"""Whether what was retrieved came from this searcher, and what an answer was shown is today's documents."""

from collections.abc import Sequence
from typing import Final

from harness.audits import AuditResult, clocked
from harness.errors import ArmError
from harness.tasks.knowledge.shown_text import metadata_line
from harness.types import Document, Passage, Prediction
from pipelines.rag.passages import evenly
from pipelines.rag.protocols import Query, Retrieved, Searcher
from pipelines.rag.structure import head_of

REMEDY: Final = "delete the folders passages and retrieval of the store (store=) and run again"
CHANGED: Final = "delete the folder retrieval of the store (store=), or undo what was changed in pipelines/rag"

SEARCHED_AGAIN: Final = 8
"""queries that are searched for again"""
LEAST_SAME: Final = 0.75
"""share of their passages that must come back: rounding in other batches turns round neighbours of equal score"""


def audit_retrieved(
    searcher: Searcher,
    queries: Sequence[Query],
    retrieved: Sequence[Retrieved],
    counts: range,
    sample: int = SEARCHED_AGAIN,
) -> AuditResult:
    """Check all results by what must hold for any, and search for some of the queries again.

    Args:
        searcher: which they should have come from.
        queries: what was asked.
        retrieved: what came back, per query.
        counts: how many passages a query that has a text and excludes nothing can have; one fewer per exclusion.
        sample: how many are searched for again.

    Raises:
        ArmError: naming the first query whose passages cannot be right.
    """
    if len(queries) != len(retrieved):
        raise ArmError(f"retrieval: {len(retrieved)} results are stored for {len(queries)} queries; {CHANGED}")
    for query, found in zip(queries, retrieved, strict=True):
        if problem := _rule_broken(query, found.passages, counts):
            raise ArmError(f"retrieval for {query.example_id!r}: {problem}; {CHANGED}")
    chosen = evenly(len(queries), sample)
    fresh = searcher.search([queries[number] for number in chosen])
    same = total = 0
    differing = ""
    for number, now in zip(chosen, fresh, strict=True):
        before, after = _ids(retrieved[number].passages), _ids(now.passages)
        same += len(set(before) & set(after))
        total += max(len(before), len(after))
        if set(before) != set(after) and not differing:
            differing = f"for {queries[number].example_id!r} the store has {before}, a search now finds {after}"
    if same < LEAST_SAME * total:
        raise ArmError(f"retrieval: {same} of {total} stored passages come back in a search now: {differing}; {REMEDY}")
    details = {"again": total, "same": same}
    return AuditResult("retrieved passages", len(queries), "queries", details=details)


def _rule_broken(query: Query, passages: Sequence[Passage], counts: range) -> str:
    ids = _ids(passages)
    least = (
        max(counts[0] - len(query.exclude), 0) if query.text.strip() else 0
    )  # what is excluded is a pair: one passage
    if banned := [passage.document_id for passage in passages if passage.document_id in query.exclude]:
        return f"document {banned[0]!r} came back although the search excludes it"
    if not least <= len(ids) <= counts[-1]:
        return f"{len(ids)} passages came back, not {least} to {counts[-1]}"
    if len(set(ids)) < len(ids):
        return f"a passage came back twice: {ids}"
    scores = [passage.score for passage in passages]
    return "" if scores == sorted(scores, reverse=True) else f"scores rise from one passage to the next: {scores}"


def audit_shown(
    documents: Sequence[Document], retrieved: Sequence[Retrieved], predictions: Sequence[Prediction]
) -> Sequence[AuditResult]:
    """Compare every shown passage with today's document and with what was retrieved for its example.

    Args:
        documents: the task's, today.
        retrieved: what came back, per example.
        predictions: one per example, in the same order.

    Raises:
        ArmError: naming the first passage that differs.
    """
    results: list[AuditResult] = []
    with clocked(results) as audits:
        audits.append(_compared(documents, retrieved, predictions))
    return results


def _compared(
    documents: Sequence[Document], retrieved: Sequence[Retrieved], predictions: Sequence[Prediction]
) -> AuditResult:
    known = {document.id: document for document in documents}
    for found, prediction in zip(retrieved, predictions, strict=True):
        if prediction.passages != found.passages[: len(prediction.passages)]:
            raise ArmError(
                f"answer {prediction.example_id!r} was shown other passages than were retrieved for it: "
                f"{_ids(prediction.passages)}, not {_ids(found.passages)}; {REMEDY}"
            )
        for passage in prediction.passages:
            if problem := text_problem(passage, known.get(passage.document_id)):
                raise ArmError(
                    f"answer {prediction.example_id!r} was shown a passage of another document: {problem}; {REMEDY}"
                )
    shown = sum(len(prediction.passages) for prediction in predictions)
    return AuditResult("shown passages", shown, "passages")


def text_problem(passage: Passage, document: Document | None) -> str:
    """Return how a passage differs from its place in today's document; "" when it is the same."""
    if document is None:
        return f"the knowledge base has no document {passage.document_id!r}"
    there = document.text[passage.start : passage.end]
    for kind, ours, theirs in (
        ("text", passage.text, there),
        ("title", passage.title, document.title),
        ("metadata", metadata_line(passage.metadata), metadata_line(document.metadata)),
        ("head", passage.head, head_of(document, passage.start)),
    ):
        if ours != theirs:
            where = f"document {document.id!r} [{passage.start}:{passage.end}]"
            return f"the {kind} of {where} is {_brief(ours)} there, {_brief(theirs)} in today's document"
    return ""


def _ids(passages: Sequence[Passage]) -> list[str]:
    return [f"{passage.document_id}[{passage.start}:{passage.end}]" for passage in passages]


def _brief(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
