"""Vectors on disk, embedded shard by shard (a killed run repeats at most one)."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np

from harness.machine.progress import progress
from pipelines.rag.encoder import Encoded, Vectors

SHARD = 1024
VECTORS = "vectors.npy"
SHARDS = "shards"
JOINED = "joined.json"
"""written once vectors.npy is whole"""

Texts = Callable[[int, int], list[str]]


class Embedded(TypedDict):
    """Facts about the vectors of a knowledge base."""

    rows: int
    dimensions: int
    tokens: int
    cut: int
    """passages whose end was cut"""


def embed_shards(folder: Path, rows: int, texts: Texts, encode: Callable[[list[str]], Encoded]) -> Embedded:
    """Write the vectors of all texts to folder/vectors.npy, shape (rows, dimensions), float32.

    Every shard is embedded by itself and moved into place when whole, so that the vectors do not depend on
    whether the work was interrupted.

    Args:
        folder: may hold what an interrupted call left.
        rows: how many texts there are.
        texts: gives texts[first:end], read only for shards that are missing.
        encode: the embedder.
    """
    if (folder / JOINED).is_file():
        return _finish(folder)
    shards = folder / SHARDS
    shards.mkdir(exist_ok=True)
    files = [shards / f"{first // SHARD:06d}.npz" for first in range(0, rows, SHARD)]
    done = sum(file.is_file() for file in files) * SHARD
    with progress("index", "embedding passages", rows, "passages", min(done, rows)) as work:
        for number, file in enumerate(files):
            if not file.is_file():
                part = texts(number * SHARD, min(rows, (number + 1) * SHARD))
                _save(file, encode(part))
                work.advance(len(part))
    _join(folder, files, rows)
    return _finish(folder)


def _save(file: Path, encoded: Encoded) -> None:
    written = file.with_suffix(".partial")
    with written.open("wb") as stream:
        np.savez(stream, vectors=encoded.vectors, tokens=sum(encoded.tokens), cut=encoded.cut)
        stream.flush()
        os.fsync(stream.fileno())
    written.rename(file)


def _join(folder: Path, files: Sequence[Path], rows: int) -> None:
    """Put the shards into one file that can be mapped, one shard in memory at a time; JOINED is written last.

    By ordinary writes: on a full disk one to mapped memory kills the process without a word.
    """
    facts = Embedded(rows=rows, dimensions=0, tokens=0, cut=0)
    with (folder / VECTORS).open("wb") as stream:
        for file in files:
            with np.load(file) as shard:
                vectors: Vectors = shard["vectors"]
                facts["tokens"] += int(shard["tokens"])
                facts["cut"] += int(shard["cut"])
            if not facts["dimensions"]:
                facts["dimensions"] = vectors.shape[1]
                layout = {"descr": "<f4", "fortran_order": False, "shape": (rows, vectors.shape[1])}
                np.lib.format.write_array_header_1_0(stream, layout)
            stream.write(np.ascontiguousarray(vectors, dtype="<f4").data)
    written = (folder / JOINED).with_suffix(".partial")
    written.write_text(json.dumps(facts), encoding="utf-8")
    written.rename(folder / JOINED)


def _finish(folder: Path) -> Embedded:
    """Remove the shards; only now, so that a killed run loses none of them."""
    shutil.rmtree(folder / SHARDS, ignore_errors=True)
    facts: Embedded = json.loads((folder / JOINED).read_text(encoding="utf-8"))
    return facts


def open_vectors(folder: Path) -> Vectors:
    """Return the vectors, mapped and not read."""
    vectors: Vectors = np.load(folder / VECTORS, mmap_mode="r")
    return vectors
