"""Texts whose end embedder or reranker did not read: counted, and flagged where it matters."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.audits import AuditResult
from pipelines.rag.embedding import Embedding
from pipelines.rag.passages import evenly, indexed_text
from pipelines.rag.protocols import Query, Retrieved
from pipelines.rag.rerank import CrossEncoderRerank

QUERIES_CUT: Final = 0.02
"""share of cut queries above which they are flagged"""
PAIRS_CUT: Final = 0.02
"""share of cut pairs above which they are flagged"""
RANKED: Final = 1000
"""queries whose pairs are counted"""


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


def audit_cut_pairs(
    queries: Sequence[Query], retrieved: Sequence[Retrieved], rerank: CrossEncoderRerank
) -> AuditResult:
    """Flag queries that are, with a passage, longer than what the reranker reads, when they are more than a few.

    Args:
        queries: what was searched for; of many a sample.
        retrieved: what came back for each: other candidates that were read are not kept.
        rerank: which read both together, and put what it read into order.
    """
    chosen = evenly(len(queries), RANKED)
    pairs = [(queries[at].text, indexed_text(passage)) for at in chosen for passage in retrieved[at].passages]
    cut = rerank.cut_pairs(pairs)
    flag = (
        f"{cut} of {len(pairs)} pairs of query and passage ({cut / len(pairs):.1%}) are longer than the "
        f"{rerank.max_tokens} tokens that the reranker reads: what stands behind counts for no place in the ranking; "
        "raise retriever.rerank.max_tokens as far as its checkpoint goes, or lower retriever.chunking.max_tokens"
        if cut > PAIRS_CUT * len(pairs)
        else ""
    )
    details = {"cut": cut, "max_tokens": rerank.max_tokens}
    return AuditResult("cut pairs", len(pairs), "pairs of query and passage", flag, details=details)
