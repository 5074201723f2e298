"""What retrievers and vector indexes take and give. A new one is a file here, its yaml and its test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from harness.audits import AuditResult
from harness.machine.measured import Span
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Document, EvidenceSpan, Origin, Passage
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Vectors
from pipelines.rag.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to search for."""

    example_id: str
    """the example that asks"""
    text: str
    """what is searched for"""
    evidence: tuple[str, ...] = ()
    """gold document ids; read by the controls alone"""
    exclude: frozenset[str] = frozenset()
    """documents that must not come back (a training example's own exemplar)"""
    spans: tuple[EvidenceSpan, ...] = ()
    """where in the gold documents the evidence stands; read by `best_of` alone"""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came back for one query."""

    passages: tuple[Passage, ...]
    """best first, at most k; may be empty"""
    spans: tuple[Span, ...]
    """embed, search, rerank; seconds are those of the whole batch of queries"""


class Searcher(Protocol):
    """A searchable knowledge base."""

    @property
    def same_for_all(self) -> bool:
        """Whether every query gets the same passages by design."""
        ...

    @property
    def build_spans(self) -> Sequence[Span]:
        """One-off work (stage index)."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """For the record: passages, dimensions, bytes, embedder, keys."""
        ...

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return one Retrieved per query, in order."""
        ...

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Return, per query, the passages cut from the given documents, best first, at most k.

        First of all are those that hold a span of the query, one for each piece of evidence.
        """
        ...

    def audit(self) -> Sequence[AuditResult]:
        """Check that its parts belong together and that it finds what it holds, before the first query.

        Raises:
            ArmError: it does not; the message names the part or the ranking.
        """
        ...

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        """Check what is said to have come back for these queries, in their order; a sample is searched for again.

        Raises:
            ArmError: it cannot have come from this searcher.
        """
        ...

    def gpu_bytes(self) -> int:
        """Return the size of its models on a GPU."""
        ...


@runtime_checkable
class Retriever(Protocol):
    """Configuration of a retriever (a frozen dataclass with a `KEY`); nothing is loaded before `prepare`."""

    @property
    def k(self) -> int:
        """The most passages per query."""
        ...

    @property
    def is_control(self) -> bool:
        """True for a bound of what retrieval can do: not a system to use, so its speed is not measured."""
        ...

    @property
    def origin(self) -> Origin:
        """What it shows: with example it is made of the training pairs, else of the task's documents."""
        ...

    @property
    def draws_by_seed(self) -> bool:
        """Whether another seed retrieves other passages: then the seed is part of the keys."""
        ...

    def refuses(self, task: Task) -> str:
        """Return why it cannot serve the task, "" if it can."""
        ...

    def searched(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return those of the documents that it takes passages from."""
        ...

    def remarks(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return what a plan says of its settings and these documents, a sentence each."""
        ...

    def cautions(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return those of the remarks that a reader of the table must know, too: what was not done as it was asked."""
        ...

    def artifacts(self, documents: Sequence[Document], store: Store) -> Mapping[str, bool]:
        """Return, per kind of artifact that `prepare` needs, whether the store has it already."""
        ...

    @property
    def embedder(self) -> Embedding | None:
        """What embeds its passages and queries; None where nothing is searched for by vectors."""
        ...

    def as_passages(self, documents: Sequence[Document]) -> Sequence[Passage]:
        """Return documents as it would show them, for estimates; nothing is indexed or stored."""
        ...

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> Searcher:
        """Build or find what the search needs."""
        ...


class OpenIndex(Protocol):
    """A built index of vectors under numbers; passages are known to it by number alone."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """For the record."""
        ...

    @property
    def exact(self) -> bool:
        """Whether a search finds the very nearest; False for graphs, lists and codes, which may miss some."""
        ...

    def __len__(self) -> int:
        """How many vectors it holds."""
        ...

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Add vectors, shape (numbers, dimensions), under numbers that are not in the index."""
        ...

    def remove(self, numbers: Collection[int]) -> None:
        """Take numbers out; unknown ones are ignored.

        Raises:
            ArmError: this kind of index cannot remove.
        """
        ...

    def copy(self) -> Self:
        """Return an independent index with the same content."""
        ...

    def search(self, vectors: Vectors, n: int) -> list[Ranking]:
        """Return the at most n nearest per row of `vectors`, best first; n may exceed the size."""
        ...

    def rank(self, vector: Vectors, numbers: Sequence[int]) -> Ranking:
        """Return the given numbers by nearness to one vector, shape (dimensions,)."""
        ...

    def save(self, folder: Path) -> None:
        """Write what `VectorIndex.open` reads."""
        ...


@runtime_checkable
class VectorIndex(Protocol):
    """Configuration of an index of vectors (a frozen dataclass with a `KEY`), by inner product."""

    def build_spec(self) -> Mapping[str, Any]:
        """Return what the built index depends on, class and version included; search parameters are left out."""
        ...

    def sidecar(self) -> Mapping[str, Any]:
        """Return what is written next to the built index about how it was built."""
        ...

    def check(self, dimensions: int, rows: int) -> None:
        """Refuse settings that cannot index so many vectors, before they are embedded.

        Raises:
            ArmError: naming the setting.
        """
        ...

    def build(self, vectors: Vectors) -> OpenIndex:
        """Return the index of the vectors, shape (rows, dimensions), under the numbers 0 to rows - 1."""
        ...

    def open(self, folder: Path) -> OpenIndex:
        """Read what `OpenIndex.save` wrote, once for all arms.

        Raises:
            StoreError: it cannot be read.
        """
        ...
