"""Retrieval: what is shown is not what a sound search would have found."""

from tests.mutations.mutation import (
    ADAPTER,
    EMBEDDINGS,
    EXEMPLARS,
    INDEX,
    LEXICAL,
    PASSAGES,
    RETRIEVAL,
    Mutation,
    edited,
)

WHAT = "retrieval"

MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "numbers-shifted", WHAT, "Each passage found is replaced by its neighbour in the file",
        "pipelines/rag/searcher.py", "replace(self.passages[number], score=score)",
        "replace(self.passages[max(0, number - 1)], score=score)", RETRIEVAL,
    ),
    edited(
        "bm25-backwards", WHAT, "The word index numbers the passages from the last to the first",
        "pipelines/rag/retriever.py", "lexical.build(passages.indexed_texts())",
        "lexical.build(list(passages.indexed_texts())[::-1])", LEXICAL,
    ),
    edited(
        "vectors-backwards", WHAT, "The vector index gives each block of vectors the numbers of the block in reverse",
        "pipelines/rag/faiss_index.py", "index.add(range(first, first + len(block)), block)",
        "index.add(range(first, first + len(block)), block[::-1])", INDEX,
    ),
    edited(
        "queries-by-id", WHAT, "Queries are embedded by the question's id instead of its text",
        "pipelines/rag/searcher.py", "embedding.embed_queries([query.text for query in queries])",
        "embedding.embed_queries([query.example_id for query in queries])", RETRIEVAL,
    ),
    edited(
        "documents-cut-for-embedding", WHAT, "Documents are embedded by their first 20 characters",
        "pipelines/rag/embedding.py", "[self.document_prefix + text for text in texts]",
        "[(self.document_prefix + text)[:20] for text in texts]", EMBEDDINGS,
    ),
    edited(
        "vectors-not-normalised", WHAT, "Vectors of documents and queries are not brought to length 1",
        "pipelines/rag/encoder.py", "torch.nn.functional.normalize(pooled.float(), dim=1).cpu().numpy()",
        "(pooled.float() * pooled.float().abs().sum(dim=1, keepdim=True) ** 2).cpu().numpy()", EMBEDDINGS,
    ),
    edited(
        "worst-first", WHAT, "Rankings are sorted from the worst to the best",
        "pipelines/rag/ranking.py", "key=lambda pair: (-pair[1], pair[0])", "key=lambda pair: (pair[1], pair[0])",
        RETRIEVAL,
    ),
    edited(
        "fusion-prefers-low-ranks", WHAT, "The fusion of the two rankings adds ranks instead of their reciprocals",
        "pipelines/rag/ranking.py", "+= 1 / (rrf_k + rank)", "+= rrf_k + rank", RETRIEVAL,
    ),
    edited(
        "one-passage", WHAT, "One passage is shown, whatever k says",
        "pipelines/rag/searcher.py", "for pair in ranking[: self.k])", "for pair in ranking[:1])", RETRIEVAL,
    ),
    edited(
        "passages-half", WHAT, "The second half of every passage is lost when documents are cut",
        "pipelines/rag/chunking.py", "_passage(document, start, start + len(text))",
        "_passage(document, start, start + len(text) // 2)", PASSAGES,
    ),
    edited(
        "passages-lower-case", WHAT, "Passages lose their capital letters when documents are cut",
        "pipelines/rag/chunking.py", "text=document.text[start:end]", "text=document.text[start:end].lower()",
        PASSAGES,
    ),
    edited(
        "offsets-by-one", WHAT, "Passages begin one character late, in text and offsets alike",
        "pipelines/rag/chunking.py", "_passage(document, start, start + len(text))",
        "_passage(document, start + 1, start + len(text))", PASSAGES,
    ),
    edited(
        "every-passage-twice", WHAT, "Every document is cut twice, so that passages come in pairs",
        "pipelines/rag/chunking.py", "for start, text in pieces]", "for start, text in [*pieces, *pieces]]", PASSAGES,
    ),
    edited(
        "own-exemplar-shown", WHAT, "In training, an example is shown its own answer as a passage",
        "pipelines/qlora/formatting.py", 'frozenset({f"pair:{example.id}"})', "frozenset()",
        ("retrieval", *ADAPTER), experiment=EXEMPLARS,
    ),
    edited(
        "oracle-of-another-question", WHAT, "The oracle shows the gold evidence of the next question",
        "pipelines/rag/controls.py", "best_of(queries, [query.evidence for query in queries])",
        "best_of(queries, [query.evidence for query in [*queries[1:], queries[0]]])", RETRIEVAL,
    ),
    edited(
        "random-shows-gold", WHAT, "The random control puts the gold documents among its passages",
        "pipelines/rag/controls.py", "return tuple(self.passages[number] for number in drawn if number not in banned)",
        "return tuple(self.passages[number] for number in [*sorted(banned), *drawn])", RETRIEVAL,
    ),
)  # fmt: skip
