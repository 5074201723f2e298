"""Whether the parts of a retrieval index belong together, by their content: whatever their names and metadata say.

A sample of passages, evenly spaced, is made anew and compared with what the store holds: cut out of today's
documents, embedded, looked up in the index by number, counted word by word.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.audits import AuditResult
from harness.errors import ArmError, StoreError
from harness.types import Document
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Vectors
from pipelines.rag.lexical import Bm25, LexicalIndex
from pipelines.rag.passages import Passages, evenly, indexed_text
from pipelines.rag.protocols import OpenIndex
from pipelines.rag.shown import text_problem

SAMPLE: Final = 25
"""passages and documents that are compared"""
EMBEDDED: Final = 8
"""passages that are embedded again"""
SHORT: Final = (40, 12)
"""characters of two texts that any embedder reads whole, in any script; of two lengths, so that one is padded"""
LEAST_COSINE: Final[Mapping[str, float]] = {"float32": 0.9999, "bfloat16": 0.999}
"""Between a stored vector and a fresh one. Other batches and processors round otherwise: 0.99996 was the lowest of
300 in bfloat16 on one processor."""
LEAST_FIRST: Final = 0.9
"""share of sampled numbers under which the index must hold the vector of that passage: coarse codes confuse twins"""
LEAST_COMPRESSED: Final = 0.5
"""the same for an index that keeps codes of the vectors"""


@dataclass(frozen=True)
class Parts:
    """What one searcher was put together from."""

    documents: Sequence[Document]
    """the knowledge base today"""
    passages: Passages
    """cut from it"""
    folders: Mapping[str, Path]
    """kind of artifact -> where it lies"""
    embedding: Embedding | None = None
    """of passages and queries"""
    vectors: Vectors | None = None
    """one per passage; None without dense search"""
    dense: OpenIndex | None = None
    """built from the vectors"""
    lexical: LexicalIndex | None = None
    """built from the passages"""
    bm25: Bm25 | None = None
    """how"""
    settings: Hashable = None
    """of the retriever: with the folders, all that its rankings depend on"""

    def audit(self) -> AuditResult:
        """Compare all parts.

        Raises:
            StoreError: naming the part that belongs to another whole, and the folder to delete.
            ArmError: the embedder puts queries elsewhere than it says.
        """
        numbers = evenly(len(self.passages), SAMPLE)
        self.check_passages()
        self._check_counts()
        if self.vectors is not None and self.embedding is not None:
            self._check_vectors(self.embedding, self.vectors, evenly(len(self.passages), EMBEDDED))
            self._check_index(self.vectors, numbers)
        if self.lexical is not None and self.bm25 is not None:
            texts = {number: indexed_text(self.passages[number]) for number in numbers}
            if problem := self.bm25.problem_of(self.lexical, texts):
                raise self._foreign("lexical", problem)
        flag = self.embedding.prefix_problem() if self.vectors is not None and self.embedding is not None else ""
        return AuditResult("index parts", len(numbers), "passages", flag, details={"parts": sorted(self.folders)})

    def _foreign(self, kind: str, what: str) -> StoreError:
        folder = self.folders[kind]
        return StoreError(
            f"{kind} {folder.name[:8]}: {what}. Its files were made from something else, or by code or libraries that "
            f"have changed since; delete {folder} and run again, and it is built anew"
        )

    def _check_counts(self) -> None:
        parts: dict[str, Any] = {"embeddings": self.vectors, "index": self.dense, "lexical": self.lexical}
        for kind, part in parts.items():
            if part is not None and len(part) != len(self.passages):
                raise self._foreign(kind, f"it holds {len(part)} passages, the knowledge base has {len(self.passages)}")

    def check_passages(self) -> None:
        """Compare the passages alone with today's documents.

        Raises:
            StoreError: they were cut from others, or leave text out.
        """
        ids, cut = [document.id for document in self.documents], list(self.passages.ranges)
        if ids != cut:
            other = next((pair for pair in zip(ids, cut, strict=False) if pair[0] != pair[1]), (len(ids), len(cut)))
            what = f"they were cut from other documents (first difference: {other[1]!r}, now {other[0]!r})"
            raise self._foreign("passages", what)
        for number in evenly(len(ids), SAMPLE):
            if problem := self._cutting_problem(self.documents[number]):
                raise self._foreign("passages", problem)

    def _cutting_problem(self, document: Document) -> str:
        """Return what of the document's text is in none of its passages, or in one of them and not in the document."""
        covered = 0
        for number in self.passages.ranges[document.id]:
            passage = self.passages[number]
            if problem := text_problem(passage, document):
                return problem
            if missing := document.text[covered : passage.start].strip():
                return f"document {document.id!r} has {missing[:60]!r} in none of its passages"
            covered = max(covered, passage.end)
        missing = document.text[covered:].strip()
        return f"document {document.id!r} has {missing[:60]!r} in none of its passages" if missing else ""

    def _check_vectors(self, embedding: Embedding, vectors: Vectors, numbers: Sequence[int]) -> None:
        texts = [indexed_text(self.passages[number]) for number in numbers]
        encoder, least = embedding.load(), LEAST_COSINE[embedding.dtype_used()]
        encode, short = encoder.encode, [text[:end] for text, end in zip(texts, SHORT, strict=False)]
        if _first_far(encode(short).vectors, encoder.reference(short), least) is not None:
            raise ArmError(
                f"embedding: {embedding.path} gives other vectors than sentence-transformers itself gives with it: "
                "pooling, padding or normalisation differ (pipelines/rag/encoder.py)"
            )
        fresh = encode([embedding.document_prefix + text for text in texts]).vectors
        stored = np.asarray(vectors[numbers])
        if fresh.shape != stored.shape:
            raise self._foreign(
                "embeddings", f"they have {stored.shape[1]} dimensions, the embedder's have {fresh.shape[1]}"
            )
        at = _first_far(fresh, stored, least)
        if at is not None:
            like = _cosine(fresh[at], stored[at])
            raise self._foreign(
                "embeddings",
                f"the vector of passage {numbers[at]} ({texts[at][:60]!r}) has a cosine of {like:.4f} to the one that "
                f"the embedder gives now (rounding leaves {least})",
            )
        query, expected = embedding.embed_queries(short), encode([embedding.query_prefix + text for text in short])
        if _first_far(query.vectors, expected.vectors, least) is not None:
            raise ArmError("embedding: queries are not embedded as query_prefix and text (pipelines/rag/embedding.py)")

    def _check_index(self, vectors: Vectors, numbers: Sequence[int]) -> None:
        """Look for each sampled vector among the sampled numbers; compressed ones may be taken for one another."""
        if self.dense is None:
            return
        wrong = [number for number in numbers if not self._holds(vectors, number, numbers)]
        if len(numbers) - len(wrong) < (LEAST_FIRST if self.dense.exact else LEAST_COMPRESSED) * len(numbers):
            raise self._foreign(
                "index",
                f"under {len(wrong)} of {len(numbers)} sampled numbers (first: {wrong[0]}) it does not hold "
                "the vector of that passage",
            )

    def _holds(self, vectors: Vectors, number: int, numbers: Sequence[int]) -> bool:
        assert self.dense is not None
        best, score = self.dense.rank(np.asarray(vectors[number]), numbers)[0]
        same = best == number or bool(np.allclose(vectors[best], vectors[number], atol=1e-3))
        return same and (not self.dense.exact or abs(score - 1.0) < 1e-2)


def _first_far(ours: Vectors, theirs: Vectors, least: float) -> int | None:
    """Return the first row that differs; None: all are alike."""
    return next((at for at in range(len(ours)) if not _cosine(ours[at], theirs[at]) >= least), None)


def _cosine(one: Vectors, other: Vectors) -> float:
    """Return the inner product, which is the cosine of unit vectors; 0 where one of them has another length."""
    unit = all(abs(float(vector @ vector) - 1.0) < 1e-2 for vector in (one, other))
    return float(one @ other) if unit else 0.0
