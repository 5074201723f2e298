"""What every retriever takes and gives: queries in, passages and timed stages out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.store.store import Store
from harness.types import Document, Passage, Span


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to search for."""

    example_id: str
    """the example that asks"""
    text: str
    """what is searched for"""
    evidence: tuple[str, ...] = ()
    """gold document ids; read by the oracle alone"""
    exclude: frozenset[str] = frozenset()
    """documents that must not come back (a training example's own exemplar)"""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came back for one query."""

    passages: tuple[Passage, ...]
    """best first, at most k; may be empty"""
    spans: tuple[Span, ...]
    """embed, search, rerank; seconds are those of the whole batch of queries"""


class Searcher(Protocol):
    """A searchable knowledge base."""

    build_spans: Sequence[Span]
    """one-off work (stage index)"""
    facts: Mapping[str, Any]
    """for the record: passages, dimensions, bytes, embedder, keys"""

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return one Retrieved per query, in order."""
        ...

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Return, per query, the passages cut from the given documents, best first, at most k."""
        ...


class Retriever(Protocol):
    """Configuration of a retriever; nothing is loaded before `prepare`."""

    @property
    def k(self) -> int: ...
    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> Searcher:
        """Build or find what the search needs."""
        ...
