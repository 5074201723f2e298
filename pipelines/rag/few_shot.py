"""Few-shot: training pairs as examples in the prompt, beside no knowledge base.

The pairs are those that an adapter would be trained on, each written as an exemplar is (`harness.tasks.data.pairs`) and
shown whole. They show how to answer and are no evidence: nothing is measured of their retrieval.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from harness.audits import AuditResult
from harness.machine.measured import Span
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Document, Origin, Passage
from pipelines.rag.chunking import whole
from pipelines.rag.embedding import Embedding
from pipelines.rag.protocols import Query, Retrieved, Searcher
from pipelines.rag.retriever import PassageRetriever


@dataclass(frozen=True)
class FewShotRetriever:
    """Chooses k training pairs. Satisfies Retriever.

    Args:
        k: pairs per prompt.
        choose: nearest: those whose text is nearest to the question; fixed: the same for all questions, drawn by the
            seed of the run.
        retriever: finds the nearest; its own k does not count. null will do for fixed.
    """

    KEY: ClassVar[str] = "pipelines.rag.few_shot.FewShotRetriever"
    VERSION: ClassVar[int] = 1
    is_control: ClassVar[bool] = False
    origin: ClassVar[Origin] = "example"

    k: int
    choose: Literal["nearest", "fixed"]
    retriever: PassageRetriever | None

    @property
    def draws_by_seed(self) -> bool:
        return self.choose == "fixed"

    def problems(self) -> Sequence[str]:
        problems = []
        if self.k < 1:
            problems.append(f"k: got {self.k}, use 1 or more; arm=base shows no pair")
        if self.choose == "nearest" and self.retriever is None:
            problems.append("retriever: null, but choose is nearest; give a retriever, or set choose to fixed")
        return problems

    def resolved(self) -> Self:
        """Return it with what counts of the inner retriever: keys depend on nothing else."""
        return replace(self, retriever=self._nearest() if self.choose == "nearest" else None)

    def refuses(self, task: Task) -> str:
        """Return why there are no pairs to show."""
        if any(example.references for example in task.examples("train")):
            return ""
        return "no training example has a reference, so that there is no pair to show; leave few_shot out"

    def searched(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return all pairs."""
        return documents

    def remarks(self, documents: Sequence[Document]) -> Sequence[str]:
        """Say where there are fewer pairs than are to be shown."""
        return self.cautions(documents)

    def cautions(self, documents: Sequence[Document]) -> Sequence[str]:
        there = len(documents)
        text = f"few-shot: k is {self.k}, and there are {there:,} training pairs: no more are shown"
        return [text] if there < self.k else []

    @property
    def embedder(self) -> Embedding | None:
        """What finds the nearest pairs; None where the same pairs are shown to all."""
        return self._nearest().embedder if self.choose == "nearest" else None

    def as_passages(self, documents: Sequence[Document]) -> Sequence[Passage]:
        """Return the pairs whole."""
        return [_example(whole(document)) for document in documents]

    def artifacts(self, documents: Sequence[Document], store: Store) -> Mapping[str, bool]:
        return self._nearest().artifacts(documents, store) if self.choose == "nearest" else {}

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> Searcher:
        """Index the pairs, or draw some of them.

        Args:
            documents: the training pairs.
            store: keeps the index.
            seed: of the draw.
        """
        if self.choose == "nearest":
            return NearestPairs(self._nearest().prepare(documents, store, seed))
        # one more than is shown, in the place of a pair that is the question itself
        drawn = random.Random(f"few-shot/{seed}").sample(list(documents), min(self.k + 1, len(documents)))
        return FixedPairs(tuple(_example(whole(document)) for document in drawn), self.k)

    def _nearest(self) -> PassageRetriever:
        assert self.retriever is not None  # see `problems`
        retriever = replace(self.retriever, k=self.k, candidates=max(self.k, self.retriever.candidates))
        return replace(retriever, allow=None, newest_first=None)  # of documents: pairs have no metadata


def _example(passage: Passage) -> Passage:
    return replace(passage, origin="example")


@dataclass
class NearestPairs:
    """The pairs whose text is nearest to the question. Satisfies Searcher.

    Args:
        searcher: over the pairs.
    """

    same_for_all: ClassVar[bool] = False

    searcher: Searcher

    @property
    def build_spans(self) -> Sequence[Span]:
        return self.searcher.build_spans

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.searcher.facts

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        return [
            replace(found, passages=tuple(map(_example, found.passages))) for found in self.searcher.search(queries)
        ]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        return [tuple(map(_example, best)) for best in self.searcher.best_of(queries, documents)]

    def audit(self) -> Sequence[AuditResult]:
        return self.searcher.audit()

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        return self.searcher.audit_retrieved(queries, retrieved)

    def gpu_bytes(self) -> int:
        return self.searcher.gpu_bytes()


@dataclass
class FixedPairs:
    """The same pairs for every question. Satisfies Searcher."""

    same_for_all: ClassVar[bool] = True

    pairs: tuple[Passage, ...]
    """in the order in which they were drawn"""
    k: int
    """how many are shown"""
    build_spans: Sequence[Span] = ()
    facts: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        shown = len(self.pairs[: self.k])
        counts = {"documents": shown, "exemplars": shown, "passages": shown}
        self.facts = {"passages": counts, "same_for_all": True}

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return the pairs without the question's own."""
        return [
            Retrieved(tuple(one for one in self.pairs if one.document_id not in query.exclude)[: self.k], ())
            for query in queries
        ]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        pairs = zip(self.search(queries), documents, strict=True)
        return [tuple(one for one in found.passages if one.document_id in names) for found, names in pairs]

    def audit(self) -> Sequence[AuditResult]:
        """Return (): nothing was built."""
        return ()

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        """Return (): nothing was searched for."""
        return ()

    def gpu_bytes(self) -> int:
        """Return 0: drawing needs no model."""
        return 0
