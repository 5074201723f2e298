"""Ceiling and floor of retrieval: the gold evidence, and passages drawn at random.

Both read the same passages as the retriever that they wrap, so that only the choice differs.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from harness.errors import ArmError
from harness.store.store import Store
from harness.types import THE_INPUT, Document, Passage, Span
from pipelines.rag.passages import Passages
from pipelines.rag.retriever import PassageRetriever
from pipelines.rag.search import Query, Retrieved, Searcher


@dataclass(frozen=True)
class OracleRetriever:
    """Gives the passages of the gold evidence, the best of them for the query first.

    Args:
        retriever: cuts the documents and orders their passages.
    """

    KEY: ClassVar[str] = "pipelines.rag.controls.OracleRetriever"
    VERSION: ClassVar[int] = 1

    retriever: PassageRetriever

    @property
    def k(self) -> int:
        """How many passages come back at most."""
        return self.retriever.k

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> "OracleSearcher":
        """Prepare the wrapped retriever."""
        return OracleSearcher(self.retriever.prepare(documents, store, seed))


class OracleSearcher:
    """Satisfies Searcher.

    Args:
        searcher: where the passages come from.
    """

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self.build_spans = searcher.build_spans
        self.facts = searcher.facts

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return the gold passages; none where the evidence is unknown. Takes no time that would count.

        Raises:
            ArmError: the evidence is the input itself.
        """
        if any(query.evidence == THE_INPUT for query in queries):
            raise ArmError("the evidence is the input itself, which every arm is shown already; leave oracle out")
        found = self._searcher.best_of(queries, [query.evidence for query in queries])
        return [Retrieved(passages, ()) for passages in found]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Ask the wrapped searcher."""
        return self._searcher.best_of(queries, documents)


@dataclass(frozen=True)
class RandomRetriever:
    """Gives passages drawn by (seed, example id), never from the gold documents.

    Args:
        retriever: cuts the documents and says how many are drawn.
    """

    KEY: ClassVar[str] = "pipelines.rag.controls.RandomRetriever"
    VERSION: ClassVar[int] = 1

    retriever: PassageRetriever

    @property
    def k(self) -> int:
        """How many passages come back at most."""
        return self.retriever.k

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> "RandomSearcher":
        """Cut the documents; nothing is embedded or indexed."""
        artifact = self.retriever.make_passages(documents, store)
        span = Span("index", artifact.seconds)
        facts = {"passages": {"key": artifact.key, **artifact.facts}}
        return RandomSearcher(Passages.open(artifact.path), self.k, seed, (span,), facts)


@dataclass
class RandomSearcher:
    """Satisfies Searcher."""

    passages: Passages
    """what is drawn from"""
    k: int
    """how many are drawn"""
    seed: int
    """another seed draws others"""
    build_spans: Sequence[Span] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return k passages per query, or as many as there are."""
        return [Retrieved(self._drawn(query), ()) for query in queries]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Return the first k passages of the documents in their own order: nothing here can rank."""
        return [
            tuple(self.passages[number] for number in self.passages.numbers(set(names) - query.exclude)[: self.k])
            for query, names in zip(queries, documents, strict=True)
        ]

    def _drawn(self, query: Query) -> tuple[Passage, ...]:
        banned = set(self.passages.numbers({*query.evidence, *query.exclude}))
        total = len(self.passages)
        name = hashlib.sha256(f"{self.seed}\n{query.example_id}".encode()).digest()
        generator = np.random.default_rng(int.from_bytes(name[:8]))
        drawn = generator.choice(total, size=min(total, self.k + len(banned)), replace=False).tolist()
        return tuple(self.passages[number] for number in drawn if number not in banned)[: self.k]
