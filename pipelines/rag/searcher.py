"""A searchable knowledge base: queries in, passages and timed stages out. Builds nothing."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Final

from harness.audits import AuditResult, clocked
from harness.machine.measured import Span, Stage
from harness.types import Document, Passage
from pipelines.rag.chunking import Cut
from pipelines.rag.cut_texts import audit_cut_pairs, audit_cut_passages, audit_cut_queries
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Vectors
from pipelines.rag.gold import audit_gold_sizes, before, gold_first
from pipelines.rag.lexical import Bm25, LexicalIndex
from pipelines.rag.metadata_values import Order, orders
from pipelines.rag.own_texts import EXACT, Leniency, OnceEmbedded, audit_own_texts, check_excluded, check_fusion, find
from pipelines.rag.part_audit import SAMPLE, Parts
from pipelines.rag.passages import Passages, evenly, indexed_text
from pipelines.rag.protocols import OpenIndex, Query, Retrieved
from pipelines.rag.ranking import Ranking, fuse, newest_first, ordered
from pipelines.rag.rerank import CrossEncoderRerank
from pipelines.rag.shown import SEARCHED_AGAIN, audit_retrieved

BY_VECTORS, BY_WORDS, FUSED, RERANKED = "by vectors", "by words", "fused", "reranked"
"""names of the rankings in what audits say"""
EXPENSIVE: Final = 5
"""passages and queries that a cross-encoder reads for an audit"""
APPROXIMATE: Final = Leniency(0.5, "This index is approximate: raise index.nprobe or index.ef_search, or take Flat")
PREFIXED: Final = Leniency(
    0.5, "Queries are embedded with another prefix than documents; check embedding.query_prefix against the model card"
)
"""an asymmetric embedder places a text read as a query apart from the same text read as a document"""
RERANKER: Final = Leniency(
    0.0, "The reranker (rerank.path) puts others before a passage's own text: take another, or rerank: null"
)
_PASSED: Final[dict[Any, Sequence[AuditResult]]] = {}
"""settings and folders of a searcher -> what its audit found: arms of one process share them"""


@dataclass
class PassageSearcher:
    """Dense, lexical or fused search over one set of passages. Satisfies Searcher.

    A query without text finds nothing. One of unknown words finds nothing by words, and by vectors what
    the embedder places near.
    """

    same_for_all: ClassVar[bool] = False

    passages: Passages
    """the knowledge base"""
    k: int
    """how many come back"""
    candidates: int
    """how many each ranking gives to the fusion"""
    rrf_k: int
    """see fuse"""
    embedding: Embedding | None
    """loaded at the first search; None without `dense`"""
    dense: OpenIndex | None
    """nearest vectors"""
    lexical: LexicalIndex | None
    """shared words"""
    lexical_settings: Bm25 | None
    """to build `lexical` again after an edit"""
    rerank: CrossEncoderRerank | None
    """reorders the best candidates"""
    cutter: Callable[[], Cut]
    """returns the function that cuts later documents"""
    build_spans: Sequence[Span] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Parts | None = None
    """what it was put together from; None after an edit"""
    newest_first: str | None = None
    """metadata by which passages of one title are ordered"""

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return at most k passages per query, best first."""
        if self.rerank is not None:
            self.rerank.load()  # outside every stage
        if self.newest_first is not None:
            _ = self._ages  # so is this
        clock = _Clock(len(queries))
        vectors, tokens = self._embedded(queries, clock)
        rankings = self.rank(queries, vectors)
        if self.rerank is not None:
            clock.stop("search")
        best = self._best(queries, rankings)
        clock.stop("search" if self.rerank is None else "rerank")
        return [
            Retrieved(passages, clock.spans(count, self._device)) for passages, count in zip(best, tokens, strict=True)
        ]

    def rank(self, queries: Sequence[Query], vectors: Vectors | None) -> list[Ranking]:
        """Return the fused candidates per query: search and fusion without embedding and reranking.

        Args:
            queries: what is searched for.
            vectors: shape (queries, dimensions); None if there is no dense index.
        """
        skips = [self.passages.numbers(query.exclude) for query in queries]
        rankings: list[list[Ranking]] = [[] for _ in queries]
        if self.dense is not None and vectors is not None:
            # excluded passages may be among the nearest: as many more are fetched
            wanted = self.candidates + max((len(skip) for skip in skips), default=0)
            for row, near in enumerate(self.dense.search(vectors, wanted)):
                skip = set(skips[row])
                kept = [pair for pair in near if pair[0] not in skip][: self.candidates] if skip else near
                rankings[row].append(kept[: self.candidates])
        if self.lexical is not None:
            for row, query in enumerate(queries):
                rankings[row].append(self.lexical.search(query.text, self.candidates, skips[row]))
        return [self._fused(each) if query.text.strip() else [] for query, each in zip(queries, rankings, strict=True)]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        """Return, per query, the passages cut from the given documents, best first, at most k.

        Ranked as search ranks, among those passages alone. Documents that are unknown or without text
        have none; excluded ones stay out; passages that share nothing with the query come last. Before all others
        come those that hold a span of the query.
        """
        vectors, _ = self._embedded(queries, _Clock(len(queries)))
        rankings = []
        for row, (query, names) in enumerate(zip(queries, documents, strict=True)):
            numbers = self.passages.numbers(set(names) - query.exclude)
            rankings.append(self._ranked_among(query, None if vectors is None else vectors[row], numbers))
        leading = [gold_first(self.passages, each, query.spans) for query, each in zip(queries, rankings, strict=True)]
        others = self._best(queries, [rest for _, rest in leading])
        return [before(first, rest, self.k) for (first, _), rest in zip(leading, others, strict=True)]

    def edited(self, add: Sequence[Document] = (), remove: Collection[str] = ()) -> "PassageSearcher":
        """Return a searcher over the edited knowledge base; this one stays as it is.

        A document that is added under a known id replaces the old one. The new searcher's
        build_spans hold the time of this edit alone.

        Raises:
            ArmError: the vector index cannot remove (HNSW), and a document is removed or changed.
        """
        begun = time.perf_counter()
        cut = self.cutter()
        pieces = {document.id: cut(document) for document in add}
        gone = {*remove, *pieces}
        passages = self.passages.edited(gone, pieces)
        dense = None if self.dense is None else self.dense.copy()
        if dense is not None and self.embedding is not None:
            dense.remove(self.passages.numbers(gone))
            numbers = passages.numbers(pieces)
            if numbers:
                dense.add(numbers, self.embedding.embed_documents([indexed_text(passages[n]) for n in numbers]).vectors)
        # BM25 weights depend on the whole collection: it is built again (seconds per 100,000 passages)
        settings = self.lexical_settings
        lexical = None if settings is None else settings.build(passages.indexed_texts())
        span = Span("index", time.perf_counter() - begun, device=self._device)
        return replace(self, passages=passages, dense=dense, lexical=lexical, build_spans=(span,), parts=None)

    def audit(self) -> Sequence[AuditResult]:
        """Check parts, rankings and cut passages; once for all arms of a process that search alike.

        Raises:
            ArmError: passages are not found by their own text.
            StoreError: a part is another index's.
        """
        parts = self.parts
        if parts is None:  # edited: its parts are nowhere in the store
            return ()
        reranker = None if self.rerank is None else self.rerank.content_key()  # settings compare no path
        known = (parts.settings, reranker, *parts.folders.values())
        if known in _PASSED:
            return [replace(result, seconds=0.0) for result in _PASSED[known]]
        if self.dense is not None and self.embedding is not None:
            self.embedding.load()  # the first search needs it too: no cost of the audit
        results: list[AuditResult] = []
        with clocked(results) as found:
            found.append(parts.audit())
        with clocked(results) as found:
            found += self._audit_own_texts()
        if "embeddings" in self.facts:
            results.append(audit_cut_passages(self.facts["embeddings"], self.embedding))
        _PASSED[known] = results
        return results

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        results: list[AuditResult] = []
        with clocked(results) as found:
            again = SEARCHED_AGAIN if self.rerank is None else EXPENSIVE
            whole = self.dense is not None and self.dense.exact and self.rerank is None
            live = sum(len(numbers) for numbers in self.passages.ranges.values())
            bounds = range(min(self.k, live) if whole else 0, self.k + 1)
            found.append(audit_retrieved(self, queries, retrieved, bounds, again))
        with clocked(results) as found:
            found += audit_gold_sizes(queries, self.passages, self.k)
        if self.dense is not None and self.embedding is not None:
            with clocked(results) as found:
                found.append(audit_cut_queries(queries, self.embedding))
        if self.rerank is not None:
            with clocked(results) as found:
                found.append(audit_cut_pairs(queries, retrieved, self.rerank))
        return results

    def _audit_own_texts(self) -> Sequence[AuditResult]:
        """Search by each ranking alone, by all, and once more with the own document excluded."""
        own = [self.passages[number] for number in evenly(len(self.passages), SAMPLE)]
        once: Any = None if self.embedding is None else OnceEmbedded(self.embedding)
        whole = replace(self, embedding=once, rerank=None, newest_first=None, k=2 * self.candidates)
        single = {BY_VECTORS: replace(whole, lexical=None), BY_WORDS: replace(whole, dense=None)}
        single = {name: one for name, one in single.items() if one.dense is not None or one.lexical is not None}
        found = find(single, own)
        if len(single) > 1:
            fused = find({FUSED: whole}, own)
            check_fusion(found, fused[FUSED], self.rrf_k)
            found = {**found, **fused}
        check_excluded(own, find({"with exclusions": whole}, own, exclude=True))
        results = [audit_own_texts(own, found, dict.fromkeys((BY_VECTORS, FUSED), self._leniency()))]
        if self.rerank is not None:
            few = own[:: SAMPLE // EXPENSIVE]
            read = replace(self, k=EXPENSIVE, newest_first=None, rerank=replace(self.rerank, candidates=EXPENSIVE))
            results.append(audit_own_texts(few, find({RERANKED: read}, few), {RERANKED: RERANKER}))
        return results

    def _leniency(self) -> Leniency:
        """Return what rankings by vectors may miss; words are exact."""
        if self.dense is not None and not self.dense.exact:
            return APPROXIMATE
        embedding = self.embedding
        same = embedding is None or embedding.query_prefix == embedding.document_prefix
        return EXACT if same else PREFIXED

    def gpu_bytes(self) -> int:
        size = 0 if self.rerank is None else self.rerank.gpu_bytes()
        if self.embedding is not None and self._device.startswith("cuda"):
            size += self.embedding.load().bytes
        return size

    @property
    def _device(self) -> str:
        return "cpu" if self.embedding is None or self.dense is None else self.embedding.device_used()

    def _embedded(self, queries: Sequence[Query], clock: "_Clock") -> tuple[Vectors | None, Sequence[int]]:
        if self.dense is None or self.embedding is None or not queries:
            return None, [0] * len(queries)
        embedding = self.embedding
        embedding.load()
        clock.restart()
        encoded = embedding.embed_queries([query.text for query in queries])
        clock.stop("embed")
        return encoded.vectors, encoded.tokens

    def _fused(self, rankings: Sequence[Ranking]) -> Ranking:
        return rankings[0] if len(rankings) == 1 else fuse(rankings, self.rrf_k)

    def _ranked_among(self, query: Query, vector: Vectors | None, numbers: list[int]) -> Ranking:
        rankings = []
        if query.text.strip():
            if self.dense is not None and vector is not None:
                rankings.append(self.dense.rank(vector, numbers))
            if self.lexical is not None:
                scores = self.lexical.scores(query.text)
                rankings.append(ordered((number, float(scores[number])) for number in numbers if scores[number] > 0))
        ranked = self._fused(rankings) if rankings else []
        known = {number for number, _ in ranked}
        return ranked + [(number, 0.0) for number in numbers if number not in known]

    def _best(self, queries: Sequence[Query], rankings: Sequence[Ranking]) -> list[tuple[Passage, ...]]:
        if self.rerank is None:
            return [tuple(self._scored(pair) for pair in ranking[: self.k]) for ranking in map(self._by_age, rankings)]
        return self._reranked(self.rerank, queries, rankings)

    def _reranked(
        self, rerank: CrossEncoderRerank, queries: Sequence[Query], rankings: Sequence[Ranking]
    ) -> list[tuple[Passage, ...]]:
        read = [[number for number, _ in ranking[: max(rerank.candidates, self.k)]] for ranking in rankings]
        texts = {number: indexed_text(self.passages[number]) for number in {n for row in read for n in row}}
        pairs = [(query.text, texts[n]) for query, row in zip(queries, read, strict=True) for n in row]
        scores = iter(rerank.scores(pairs))
        best = [self._by_age(ordered([(number, next(scores)) for number in row]))[: self.k] for row in read]
        return [tuple(self._scored(pair) for pair in ranking) for ranking in best]

    def _by_age(self, ranking: Ranking) -> Ranking:
        if self.newest_first is None:
            return ranking
        key, passages = self.newest_first, {number: self.passages[number] for number, _ in ranking}
        titles = {number: passage.title for number, passage in passages.items() if passage.title}
        values = {number: dict(passage.metadata).get(key, "") for number, passage in passages.items()}
        return newest_first(ranking, titles, {number: self._ages.get(value, ()) for number, value in values.items()})

    @cached_property
    def _ages(self) -> Mapping[str, Order]:
        """What the values of all passages compare by: which of several ways it is depends on all of them."""
        key = self.newest_first
        return orders({value for passage in self.passages for name, value in passage.metadata if name == key})[0]

    def _scored(self, pair: tuple[int, float]) -> Passage:
        number, score = pair
        return replace(self.passages[number], score=score)


class _Clock:
    """Times the consecutive stages of one batch."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._stages: list[tuple[Stage, float]] = []
        self._begun = time.perf_counter()

    def restart(self) -> None:
        """Start the next stage now: loading a model belongs to none."""
        self._begun = time.perf_counter()

    def stop(self, stage: Stage) -> None:
        """End a stage; the next begins."""
        now = time.perf_counter()
        self._stages.append((stage, now - self._begun))
        self._begun = now

    def spans(self, tokens: int, device: str) -> tuple[Span, ...]:
        """Return the stages as one query's spans; its tokens were read by embed, on that device."""
        return tuple(
            Span(
                stage,
                seconds,
                tokens_in=tokens if stage == "embed" else 0,
                device="cpu" if stage == "search" else device,
                batch_size=self._batch_size,
            )
            for stage, seconds in self._stages
        )
