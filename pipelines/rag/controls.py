"""Ceiling and floor of retrieval: the gold evidence, and passages drawn at random.

Both cut the same passages as the retriever they wrap, so that only the choice differs.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from harness.audits import AuditResult, clocked
from harness.errors import ArmError
from harness.machine.measured import Span
from harness.store.store import Artifact, Store
from harness.tasks.task import Task
from harness.types import THE_INPUT, Document, Origin, Passage
from pipelines.rag.embedding import Embedding
from pipelines.rag.filtering import allowed
from pipelines.rag.gold import before, gold_first
from pipelines.rag.part_audit import Parts
from pipelines.rag.passages import Passages
from pipelines.rag.protocols import Query, Retrieved, Retriever, Searcher
from pipelines.rag.shown import audit_retrieved

INPUT_IS_EVIDENCE = "the evidence is the input itself, which every arm is shown already; leave oracle out"

FORBIDDEN = (
    "retriever.allow leaves out the gold documents, so that oracle has nothing to show there and this is no ceiling; "
    "loosen the filter, or take these questions out"
)
UNKNOWN = (
    "no gold document has text to show, so that this is no ceiling; check that the ids in task.columns.evidence are "
    "those of the documents"
)


@dataclass(frozen=True)
class ControlRetriever:
    """What both take from the retriever that they wrap."""

    is_control: ClassVar[bool] = True
    origin: ClassVar[Origin] = "search"

    retriever: Retriever

    @property
    def k(self) -> int:
        return self.retriever.k

    def refuses(self, task: Task) -> str:
        return self.retriever.refuses(task)

    def searched(self, documents: Sequence[Document]) -> Sequence[Document]:
        return self.retriever.searched(documents)

    def remarks(self, documents: Sequence[Document]) -> Sequence[str]:
        return self.retriever.remarks(documents)

    def cautions(self, documents: Sequence[Document]) -> Sequence[str]:
        return self.retriever.cautions(documents)

    @property
    def embedder(self) -> Embedding | None:
        return self.retriever.embedder

    def as_passages(self, documents: Sequence[Document]) -> Sequence[Passage]:
        return self.retriever.as_passages(documents)

    def artifacts(self, documents: Sequence[Document], store: Store) -> Mapping[str, bool]:
        return self.retriever.artifacts(documents, store)


@dataclass(frozen=True)
class OracleRetriever(ControlRetriever):
    """Gives the passages of the gold evidence: those of its places, where they are known, then the best for the query.

    Args:
        retriever: cuts the documents and orders their passages.
    """

    KEY: ClassVar[str] = "pipelines.rag.controls.OracleRetriever"
    VERSION: ClassVar[int] = 1
    draws_by_seed: ClassVar[bool] = False

    def refuses(self, task: Task) -> str:
        """Return why the gold evidence cannot be shown."""
        evidence = {example.evidence for example in task.examples("test")}
        if THE_INPUT in evidence:
            return INPUT_IS_EVIDENCE
        if evidence <= {()}:
            return "no test example names its gold documents (task.columns.evidence); leave oracle out"
        return super().refuses(task)

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> "OracleSearcher":
        kept = {own.id for own in allowed(documents, getattr(self.retriever, "allow", None))}
        left_out = frozenset(own.id for own in documents if own.id not in kept)
        return OracleSearcher(self.retriever.prepare(documents, store, seed), self.k, left_out)


class OracleSearcher:
    """Satisfies Searcher.

    Args:
        searcher: where the passages come from.
        k: the most of them.
        left_out: documents that the retriever's filter forbids.
    """

    same_for_all = False

    def __init__(self, searcher: Searcher, k: int, left_out: frozenset[str] = frozenset()) -> None:
        self._searcher = searcher
        self._k = k
        self._left_out = left_out
        self.build_spans = searcher.build_spans
        self.facts = searcher.facts

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return the gold passages, none where the evidence is unknown. Their search is not timed.

        Raises:
            ArmError: the evidence is the input itself.
        """
        if any(query.evidence == THE_INPUT for query in queries):
            raise ArmError(INPUT_IS_EVIDENCE)
        gold = self._searcher.best_of(queries, [query.evidence for query in queries])
        return [Retrieved(passages, ()) for passages in gold]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        return self._searcher.best_of(queries, documents)

    def audit(self) -> Sequence[AuditResult]:
        return self._searcher.audit()

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        """Hold them against the evidence too: what is not gold is no ceiling.

        Raises:
            ArmError: a passage is of no gold document.
        """
        for query, found in zip(queries, retrieved, strict=True):
            stray = [passage.document_id for passage in found.passages if passage.document_id not in query.evidence]
            if stray:
                raise ArmError(f"oracle: {query.example_id!r} got document {stray[0]!r}, not one of {query.evidence}")
        flag = self._of_bare(queries, retrieved)
        results: list[AuditResult] = []
        with clocked(results) as audits:
            audits.append(replace(audit_retrieved(self, queries, retrieved, range(self._k + 1)), flag=flag))
        return results

    def _of_bare(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> str:
        """Return a flag on the questions whose gold documents are known and have nothing to show."""
        pairs = zip(queries, retrieved, strict=True)
        bare = [query for query, found in pairs if query.evidence and not found.passages]
        forbidden = [query for query in bare if not self._left_out.isdisjoint(query.evidence)]
        unknown = [query for query in bare if query not in forbidden]
        return "; ".join(
            f"for {len(some)} of {len(queries)} questions (e.g. {some[0].example_id!r}) {why}"
            for some, why in ((forbidden, FORBIDDEN), (unknown, UNKNOWN))
            if some
        )

    def gpu_bytes(self) -> int:
        return self._searcher.gpu_bytes()


@runtime_checkable
class CuttingRetriever(Retriever, Protocol):
    """A retriever whose passages can be had without an index."""

    def make_passages(self, documents: Sequence[Document], store: Store) -> Artifact:
        """Cut the documents into a folder that `Passages.open` reads, or find them cut."""
        ...


@dataclass(frozen=True)
class RandomRetriever(ControlRetriever):
    """Gives passages drawn by (seed, example id), never from the gold documents.

    Args:
        retriever: cuts the documents and says how many are drawn.
    """

    KEY: ClassVar[str] = "pipelines.rag.controls.RandomRetriever"
    VERSION: ClassVar[int] = 1
    draws_by_seed: ClassVar[bool] = True

    retriever: CuttingRetriever

    @property
    def embedder(self) -> None:
        """Return None: drawing needs no vectors."""

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> "RandomSearcher":
        """Cut the documents. Nothing is embedded or indexed."""
        artifact = self.retriever.make_passages(documents, store)
        span = Span("index", artifact.seconds)
        facts = {"passages": {"key": artifact.key, **artifact.facts}}
        passages = Passages.open(artifact.path)
        parts = Parts(documents, passages, {"passages": artifact.path})
        return RandomSearcher(passages, self.k, seed, (span,), facts, parts)


@dataclass
class RandomSearcher:
    """Satisfies Searcher."""

    same_for_all: ClassVar[bool] = False

    passages: Passages
    """all that can be drawn"""
    k: int
    """how many are drawn"""
    seed: int
    """of the draw"""
    build_spans: Sequence[Span] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Parts | None = None
    """of the retriever that cut the passages"""

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return k passages per query, or as many as there are."""
        return [Retrieved(self._drawn(query), ()) for query in queries]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Return the first k passages of the documents: those that hold a span, then in their own order."""
        rows = []
        for query, names in zip(queries, documents, strict=True):
            ranking = [(number, 0.0) for number in self.passages.numbers(set(names) - query.exclude)]
            first, rest = gold_first(self.passages, ranking, query.spans)
            rows.append(before(first, [self.passages[number] for number, _ in rest[: self.k]], self.k))
        return rows

    def audit(self) -> Sequence[AuditResult]:
        results: list[AuditResult] = []
        if self.parts is not None:
            with clocked(results) as audits:
                audits.append(self.parts.audit())
        return results

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        """Hold them against the evidence too: what is gold is no floor.

        Raises:
            ArmError: a passage is of a gold document.
        """
        for query, found in zip(queries, retrieved, strict=True):
            gold = [passage.document_id for passage in found.passages if passage.document_id in query.evidence]
            if gold:
                raise ArmError(f"random: {query.example_id!r} got its own gold document {gold[0]!r}")
        results: list[AuditResult] = []
        with clocked(results) as audits:
            audits.append(audit_retrieved(self, queries, retrieved, range(self.k + 1)))
        return results

    def gpu_bytes(self) -> int:
        """Return 0: drawing needs no model."""
        return 0

    def _drawn(self, query: Query) -> tuple[Passage, ...]:
        banned = set(self.passages.numbers({*query.evidence, *query.exclude}))
        total = len(self.passages)
        name = hashlib.sha256(f"{self.seed}\n{query.example_id}".encode()).digest()
        generator = np.random.default_rng(int.from_bytes(name[:8]))
        drawn = generator.choice(total, size=min(total, self.k + len(banned)), replace=False).tolist()
        return tuple(self.passages[number] for number in drawn if number not in banned)[: self.k]
