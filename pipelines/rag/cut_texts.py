"""Texts whose end the embedder did not read: counted, and flagged where it matters."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.audits import AuditResult
from pipelines.rag.embedding import Embedding
from pipelines.rag.protocols import Query

QUERIES_CUT: Final = 0.02
"""share of cut queries above which they are flagged"""


def audit_cut_passages(facts: Mapping[str, Any], embedding: Embedding | None) -> AuditResult:
    """Flag passages that are longer than what the embedder reads.

    Args:
        facts: of the embeddings: rows, and how many of them were cut.
        embedding: which read them.
    """
    rows, cut = int(facts["rows"]), int(facts["cut"])
    limit = 0 if embedding is None else embedding.max_tokens
    flag = (
        f"{cut} of {rows} passages ({cut / rows:.1%}) are longer than the {limit} tokens that the embedder reads: "
        "nothing behind is found by vectors; take an embedding that reads more, or lower retriever.chunking.max_tokens "
        "(title and prefix count too; entries made of training examples are never split, so it does not help them)"
        if cut
        else ""
    )
    return AuditResult("cut passages", rows, "passages", flag, details={"cut": cut, "max_tokens": limit})


def audit_cut_queries(queries: Sequence[Query], embedding: Embedding) -> AuditResult:
    """Flag queries that are longer than what the embedder reads, when they are more than a few."""
    cut = embedding.cut_queries([query.text for query in queries])
    flag = (
        f"{cut} of {len(queries)} queries ({cut / len(queries):.1%}) are longer than the {embedding.max_tokens} tokens "
        "that the embedder reads: what is asked behind is not searched for by vectors; shorten the inputs, or take an "
        "embedding that reads more (retriever.embedding.max_tokens)"
        if cut > QUERIES_CUT * len(queries)
        else ""
    )
    details = {"cut": cut, "max_tokens": embedding.max_tokens}
    return AuditResult("cut queries", len(queries), "queries", flag, details=details)
