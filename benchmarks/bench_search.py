"""Vector search at 10,000, 100,000 and (with --million) 1,000,000 documents: exact, inverted lists, graph.

    python -m benchmarks.bench_search [--million] [--write]

Vectors are drawn, since embedding a million documents would take a day here: 24 common directions in 384 dimensions,
documents in topics of about 50, some noise, unit length. Inverted lists live by topics: on vectors without any they
find .60 of the ten nearest of 100,000, the graph .98. Each index is built (on one thread, as the harness builds it: a
graph of several threads differs from run to run) and searched in a process of its own, one query at a time. Recall@10
is the share of the ten exact nearest that are found. --write puts the table into docs/SCALE.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.pages import write_section
from harness.cli.config import ROOT
from harness.machine.environment import machine
from pipelines.rag.encoder import Vectors
from pipelines.rag.faiss_index import FaissIndex

SIZES: Final = (10_000, 100_000)
MILLION: Final = 1_000_000
DIMENSIONS: Final = 384
LATENT: Final = 24
PER_TOPIC: Final = 50
"""documents"""
WITHIN: Final = np.float32(0.5)
"""spread within a topic, of that between topics"""
NOISE: Final = np.float32(0.25)
QUERIES: Final = 300
NEAREST: Final = 10
BLOCK: Final = 50_000
INDEXES: Final = {  # as in conf/retriever/dense.yaml, ivf.yaml and hnsw.yaml
    "exact": FaissIndex("IDMap2,Flat", None, None),
    "inverted lists, 8 bits": FaissIndex("IVF1024,SQ8", 16, None),
    "graph": FaissIndex("HNSW32,Flat", None, 64),
}
MOST_GRAPH: Final = 100_000
"""documents up to which the graph is built: one thread takes half an hour for a million"""
BARS: Final = {("exact", 10_000): 1.0, ("inverted lists, 8 bits", 100_000): 0.3, ("graph", 100_000): 0.3}
"""milliseconds per query, at most"""
RECALL: Final = 0.98


def drawn(count: int, of: int, seed: int) -> Vectors:
    """Return vectors of unit length, shape (count, 384), of the topics that `of` documents have."""
    common, rng = np.random.default_rng(0), np.random.default_rng(seed)
    directions = common.standard_normal((LATENT, DIMENSIONS), dtype=np.float32) / np.float32(DIMENSIONS**0.5)
    topics = common.standard_normal((of // PER_TOPIC, LATENT), dtype=np.float32)
    places = topics[rng.integers(len(topics), size=count)]
    made = (places + WITHIN * rng.standard_normal((count, LATENT), dtype=np.float32)) @ directions
    made += (
        NOISE * rng.standard_normal((count, DIMENSIONS), dtype=np.float32) * np.float32((LATENT / DIMENSIONS) ** 0.5)
    )
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def write_vectors(path: Path, count: int) -> None:
    """Write the documents' vectors block by block."""
    file = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, DIMENSIONS))
    for start in range(0, count, BLOCK):
        end = min(start + BLOCK, count)
        file[start:end] = drawn(end - start, count, 1000 + start)
    file.flush()


def measure(vectors: Path, name: str, truth: Path) -> dict[str, Any]:
    """Build and search one index; return seconds, megabytes, milliseconds per query and recall.

    The exact index writes what it finds to `truth`, which the others are compared with.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    before, began = _held(), time.perf_counter()
    index = INDEXES[name].build(np.load(vectors, mmap_mode="r"))
    built, held = time.perf_counter() - began, _held() - before
    took, found = [], []
    for query in drawn(QUERIES, len(index), 1):
        began = time.perf_counter()
        found.append([number for number, _ in index.search(query[None], NEAREST)[0]])
        took.append(1000 * (time.perf_counter() - began))
    if name == "exact":
        truth.write_text(json.dumps(found), encoding="utf-8")
    right = json.loads(truth.read_text(encoding="utf-8"))
    recall = np.mean([len({*a} & {*b}) / NEAREST for a, b in zip(found, right, strict=True)])
    p50, p95 = np.percentile(took[QUERIES // 10 :], [50, 95])
    return {"build": built, "held": held, "p50": p50, "p95": p95, "recall": float(recall)}


def _held() -> float:
    """Return the megabytes of this process, mapped files left out."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def _all_of(count: int, folder: Path) -> list[tuple[str, int, dict[str, Any]]]:
    vectors, truth = folder / "vectors.npy", folder / "truth.json"
    write_vectors(vectors, count)
    rows = []
    for name in INDEXES:
        if name == "graph" and count > MOST_GRAPH:
            continue
        command = [sys.executable, "-m", "benchmarks.bench_search", "--one", name, str(vectors), str(truth)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append((name, count, json.loads(done.stdout)))
        print(_line(*rows[-1]), flush=True)
    return rows


def _line(name: str, count: int, one: dict[str, Any]) -> str:
    figures = f"{one['build']:.1f} s | {one['held']:,.0f} MB | {one['p50']:.2f} ms | {one['p95']:.2f} ms"
    return f"| {count:,} | {name} | {figures} | {one['recall']:.3f} |"


def _missed(rows: list[tuple[str, int, dict[str, Any]]]) -> list[str]:
    """Return what is above its bar."""
    return [
        f"{name}, {count:,} documents: {one['p50']:.2f} ms and recall {one['recall']:.3f}; at most {bar} ms, {RECALL}"
        for name, count, one in rows
        if (bar := BARS.get((name, count))) is not None and (one["p50"] > bar or one["recall"] < RECALL)
    ]


def main() -> None:
    """Print the table; fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", action="store_true", help="a million documents as well (some minutes)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/SCALE.md")
    parser.add_argument("--one", nargs=3, metavar=("INDEX", "VECTORS", "TRUTH"), help=argparse.SUPPRESS)
    given, _ = parser.parse_known_args()  # `make bench` hands every benchmark the same arguments
    if given.one:
        print(json.dumps(measure(Path(given.one[1]), given.one[0], Path(given.one[2]))))
        return
    rows = []
    for count in (*SIZES, *([MILLION] if given.million else [])):
        with tempfile.TemporaryDirectory() as folder:
            rows += _all_of(count, Path(folder))
    if given.write:
        write_section(ROOT / "docs/SCALE.md", "search", _page(rows))
    missed = _missed(rows)
    sys.exit("; ".join(missed) if missed else 0)


def _page(rows: list[tuple[str, int, dict[str, Any]]]) -> str:
    head = (
        "| documents | index | built in | in memory | p50 of a query | p95 | recall@10 |\n|---|---|---|---|---|---|---|"
    )
    settings = "; ".join(
        f"{name}: {how.factory}"
        + (f", nprobe {how.nprobe}" if how.nprobe else "")
        + (f", ef_search {how.ef_search}" if how.ef_search else "")
        for name, how in INDEXES.items()
    )
    where = machine()["processor"].get("name", "")
    return (
        f"By `python -m benchmarks.bench_search --million --write` on {where}, one thread. Vectors are drawn (384 "
        f"dimensions, {LATENT} directions, topics of {PER_TOPIC} documents, noise). {settings}.\n\n"
        + "\n".join([head, *(_line(*row) for row in rows)])
    )


if __name__ == "__main__":
    main()
