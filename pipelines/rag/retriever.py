"""Search by vectors, by words or both: its configuration, and how its artifacts are built or found.

Artifacts, each keyed by what it depends on alone: passages <- chunking and documents;
embeddings <- passages and embedder; index <- embeddings and factory; lexical <- passages and BM25.
How many passages come back, and how rankings are joined, is in none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import ArmError
from harness.machine.measured import Span
from harness.store.spec import ADDED, FORMERLY
from harness.store.store import Artifact, Make, Store
from harness.tasks.task import Task
from harness.types import Document, Origin, Passage
from pipelines.rag.chunking import Chunking, Cut
from pipelines.rag.embedding import Embedding
from pipelines.rag.filtering import allow_cautions, allow_problems, allow_remarks, allowed, refusal
from pipelines.rag.lexical import Bm25, LexicalIndex, open_lexical
from pipelines.rag.metadata_values import orders
from pipelines.rag.part_audit import Parts
from pipelines.rag.passages import Passages, corpus_key, indexed_text, write_passages
from pipelines.rag.protocols import OpenIndex, VectorIndex
from pipelines.rag.rerank import CrossEncoderRerank
from pipelines.rag.searcher import PassageSearcher
from pipelines.rag.sidecar import check_sidecar, flat, write_sidecar
from pipelines.rag.vectors import embed_shards, open_vectors

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class PassageRetriever:
    """Dense, lexical or fused search, with or without reranking. Satisfies Retriever.

    Args:
        k: passages per query.
        candidates: passages that each ranking gives to the fusion.
        chunking: how documents are cut.
        embedding: measures passages, and embeds them if there is an index; null counts words.
        index: null for no dense search.
        lexical: null for no search by words.
        rrf_k: constant of reciprocal rank fusion, 60 in the paper; smaller trusts the first places more.
        rerank: null for none.
        allow: metadata that a document must have to be searched (filtering.py); null for all documents.
        newest_first: metadata key, e.g. date: among the candidates, passages of documents that have one title (versions
            of one text) change places so that those with the greatest value come first; null leaves the order.
    """

    KEY: ClassVar[str] = "pipelines.rag.retriever.PassageRetriever"
    VERSION: ClassVar[int] = 1
    is_control: ClassVar[bool] = False
    draws_by_seed: ClassVar[bool] = False
    origin: ClassVar[Origin] = "search"

    k: int
    candidates: int
    chunking: Chunking
    embedding: Embedding | None
    index: VectorIndex | None
    lexical: Bm25 | None
    rrf_k: int = field(metadata={FORMERLY: "fusion_constant"})
    rerank: CrossEncoderRerank | None
    allow: Mapping[str, Any] | None = field(default=None, hash=False, metadata=ADDED)
    newest_first: str | None = field(default=None, metadata=ADDED)

    def problems(self) -> Sequence[str]:
        problems = []
        if self.k < 1:
            problems.append(f"k: got {self.k}, use 1 or more; leave retrieval out by choosing another arm")
        if self.candidates < self.k:
            problems.append(f"candidates: got {self.candidates}, use k ({self.k}) or more")
        if self.rrf_k < 0:
            problems.append(f"rrf_k: got {self.rrf_k}, use 0 or more (60 is usual)")
        if self.index is None and self.lexical is None:
            problems.append("index, lexical: both null, so there is nothing to search; give one of them")
        if self.index is not None and self.embedding is None:
            problems.append("embedding: null, but index needs vectors; give an embedding or set index to null")
        if self.embedding is not None and self.chunking.max_tokens > self.embedding.max_tokens:
            problems.append(
                f"chunking.max_tokens: got {self.chunking.max_tokens}, but the embedder reads "
                f"{self.embedding.max_tokens} (embedding.max_tokens)"
            )
        return problems + allow_problems(self.allow)

    def refuses(self, task: Task) -> str:
        """Return "" unless the task's documents lack the metadata that is asked for."""
        documents = task.documents() if self.allow or self.newest_first else ()
        return self._without_order(documents) or refusal(documents, self.allow)

    def _without_order(self, documents: Sequence[Document]) -> str:
        """Return why the newest documents cannot be told; "" if they can."""
        key = self.newest_first
        values = [value for document in documents for name, value in document.metadata if name == key]
        if not key or (values and not (odd := orders(values)[1])):
            return ""
        if not values:
            return f"retriever.newest_first: no document has the metadata {key!r}"
        count = len(set(values))
        return (
            f"retriever.newest_first: {key} has {count:,} values, and {odd!r} cannot be put in order with the others: "
            "use dates that mean one day alone, such as 2024-05-01, or versions of one kind, such as v1.10"
        )

    def searched(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return the documents that are allowed."""
        return allowed(documents, self.allow)

    def remarks(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return how many documents are allowed, where not all are asked for."""
        return allow_remarks(documents, self.allow)

    def cautions(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return which documents are left out since the filter cannot order their values."""
        return allow_cautions(documents, self.allow)

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> PassageSearcher:
        """Build or find what the search needs. The seed is unused: nothing is drawn at random.

        Raises:
            ArmError: there is no text to search, or the embedder cannot be loaded.
            StoreError: a stored part was built from something else.
        """
        documents = allowed(documents, self.allow)
        specs = self._specs(documents, store)
        made = {"passages": self.make_passages(documents, store)}
        passages = Passages.open(made["passages"].path)
        Parts(documents, passages, {"passages": made["passages"].path}).check_passages()  # all else is built from them
        build = _Build(specs, store, made, {"corpus": specs["passages"]["documents"], "passages": len(passages)})
        dense = self._dense(passages, build)
        lexical = self._lexical(passages, build)
        folders = {kind: artifact.path for kind, artifact in made.items()}
        vectors = open_vectors(folders["embeddings"]) if "embeddings" in folders else None
        return PassageSearcher(
            passages=passages,
            k=self.k,
            candidates=self.candidates,
            rrf_k=self.rrf_k,
            embedding=self.embedding,
            dense=dense,
            lexical=lexical,
            lexical_settings=self.lexical,
            rerank=self.rerank,
            newest_first=self.newest_first,
            cutter=self._cut,
            build_spans=(self._span(made),),
            facts=self._facts(made),
            parts=Parts(documents, passages, folders, self.embedding, vectors, dense, lexical, self.lexical, self),
        )

    @property
    def embedder(self) -> Embedding | None:
        """What embeds passages and queries; None for a search by words alone."""
        return None if self.index is None else self.embedding

    def as_passages(self, documents: Sequence[Document]) -> Sequence[Passage]:
        """Return the passages that these documents are cut into."""
        cut = self._cut()
        return [passage for document in documents for passage in cut(document)]

    def artifacts(self, documents: Sequence[Document], store: Store) -> dict[str, bool]:
        return {
            kind: store.has(kind, spec) for kind, spec in self._specs(allowed(documents, self.allow), store).items()
        }

    def make_passages(self, documents: Sequence[Document], store: Store) -> Artifact:
        """Cut the documents, or find them cut.

        Raises:
            ArmError: there is no text at all.
            DataError: two documents have one id.
        """
        documents = allowed(documents, self.allow)
        if not any(document.text.strip() for document in documents):
            raise ArmError(
                f"the knowledge base is empty ({len(documents)} documents, none with text): retrieval has nothing "
                "to search; give the task documents or leave out the arms that retrieve"
            )
        spec = self._passages_spec(documents)
        build = _Build({"passages": spec}, store, {}, {"corpus": spec["documents"]})
        return build.part("passages", lambda folder: write_passages(folder, documents, self._cut()))

    def _cut(self) -> Cut:
        return self.chunking.cutter(None if self.embedding is None else self.embedding.tokenizer_file())

    def _passages_spec(self, documents: Sequence[Document]) -> Spec:
        return {
            "chunking": self.chunking,
            "tokenizer": "words" if self.embedding is None else self.embedding.tokenizer_key(),
            "documents": corpus_key(documents),
        }

    def _specs(self, documents: Sequence[Document], store: Store) -> dict[str, Spec]:
        specs: dict[str, Spec] = {"passages": self._passages_spec(documents)}
        passages = store.key("passages", specs["passages"])
        if self.index is not None and self.embedding is not None:
            specs["embeddings"] = {"passages": passages, "embedding": self.embedding.document_spec()}
            embeddings = store.key("embeddings", specs["embeddings"])
            specs["index"] = {"embeddings": embeddings, "index": self.index.build_spec()}
        if self.lexical is not None:
            specs["lexical"] = {"passages": passages, "lexical": self.lexical}
        return specs

    def _dense(self, passages: Passages, build: "_Build") -> OpenIndex | None:
        index, embedding = self.index, self.embedding
        if index is None or embedding is None:
            return None

        def embed(folder: Path) -> Mapping[str, Any]:
            index.check(embedding.load().dimensions, len(passages))  # an error shows before hours of embedding

            def texts(first: int, end: int) -> list[str]:
                return [indexed_text(passages[number]) for number in range(first, end)]

            embedded = embed_shards(folder, len(passages), texts, embedding.embed_documents)
            return {**embedded, "device": embedding.device_named()}

        vectors = build.part("embeddings", embed)

        def indexed(folder: Path) -> Mapping[str, Any]:
            built = index.build(open_vectors(vectors.path))
            built.save(folder)
            return {**built.facts, "bytes": _bytes(folder)}

        embedder = {
            "embedder": embedding.checkpoint(),
            "dtype": embedding.dtype_used(),
            "dimensions": vectors.facts["dimensions"],
        }
        return index.open(build.part("index", indexed, {**embedder, **index.sidecar()}).path)

    def _lexical(self, passages: Passages, build: "_Build") -> LexicalIndex | None:
        lexical = self.lexical
        if lexical is None:
            return None

        def indexed(folder: Path) -> Mapping[str, Any]:
            lexical.build(passages.indexed_texts()).save(folder)
            return {"bytes": _bytes(folder)}

        return open_lexical(build.part("lexical", indexed).path)

    def _span(self, made: Mapping[str, Artifact]) -> Span:
        seconds = sum(artifact.seconds for artifact in made.values())
        tokens = int(made["embeddings"].facts["tokens"]) if "embeddings" in made else 0
        device = self.embedding.device_used() if self.embedding is not None and "embeddings" in made else "cpu"
        return Span("index", seconds, tokens_in=tokens, device=device)

    def _facts(self, made: Mapping[str, Artifact]) -> Mapping[str, Any]:
        facts: dict[str, Any] = {kind: {"key": artifact.key, **artifact.facts} for kind, artifact in made.items()}
        for kind, artifact in made.items():
            facts[kind]["seconds"] = artifact.seconds
        if self.embedding is not None and self.index is not None:
            facts["embedder"] = self.embedding.checkpoint()
            facts["dtype"] = self.embedding.dtype_used()
        return facts


@dataclass(frozen=True)
class _Build:
    """Builds or finds the parts of one retrieval index, each with a sidecar that names what it was built from."""

    specs: Mapping[str, Spec]
    """kind -> specification; those of later parts hold the keys of earlier ones"""
    store: Store
    made: dict[str, Artifact]
    """kind -> part, filled here"""
    shared: Spec
    """what every sidecar says: the hash of the corpus and, once known, how many passages it has"""

    def part(self, kind: str, make: Make, more: Spec | None = None) -> Artifact:
        """Return the part.

        Args:
            kind: of the part.
            make: fills the folder of a part that is missing.
            more: further names for its sidecar.

        Raises:
            StoreError: the stored part was built from something else.
        """
        built_from = {**self.shared, **(more or {}), "specification": self.specs[kind]}

        def whole(folder: Path) -> Mapping[str, Any]:
            facts = make(folder)
            write_sidecar(folder, kind, flat(built_from))
            return dict(facts or {})

        self.made[kind] = self.store.get_or_make(kind, self.specs[kind], whole)
        check_sidecar(self.made[kind].path, kind, flat(built_from))
        return self.made[kind]


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
