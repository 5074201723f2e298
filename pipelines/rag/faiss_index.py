"""Nearest vectors by inner product, through FAISS: exact, graph and inverted-list indexes."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from harness.errors import ArmError, StoreError
from pipelines.rag.encoder import Vectors
from pipelines.rag.ranking import Ranking, ordered

FILE = "index.faiss"
BLOCK = 16384
"""rows handed to FAISS at a time, so that mapped vectors are never all in memory twice"""
ROWS_PER_LIST = 39
"""FAISS wants at least so many training rows per inverted list (faiss/Clustering.h, min_points_per_centroid)"""


def _suits(name: str, value: int | None, kind: str, factory: str) -> list[str]:
    if kind in factory:
        return [] if value is not None and value >= 1 else [f"{name}: got {value}, use 1 or more with {factory!r}"]
    return [] if value is None else [f"{name}: got {value}, but only {kind} reads it; use null with {factory!r}"]


@dataclass(frozen=True)
class FaissIndex:
    """Which FAISS index is built and how thoroughly it is searched.

    Args:
        factory: text for faiss.index_factory. With fewer rows than 39 per list, an IVF index gets fewer
            lists (the number used is recorded).
        nprobe: lists searched per query, with an IVF factory; None with others, where it would change
            only the keys of what was retrieved.
        ef_search: how wide the graph is searched, with an HNSW factory; None with others.
    """

    KEY: ClassVar[str] = "pipelines.rag.index.VectorIndex"
    VERSION: ClassVar[int] = 1

    factory: str
    nprobe: int | None
    ef_search: int | None

    def problems(self) -> Sequence[str]:
        problems = []
        if not self.factory:
            problems.append('factory: empty; "IDMap2,Flat" is exact')
        if "IDMap" in self.factory and "IVF" in self.factory:
            # IDMap shifts its table on removal as Flat does; IVF does not shift, so ids would go astray
            problems.append(f"factory: got {self.factory!r}; IVF keeps ids itself, leave IDMap out")
        problems += _suits("nprobe", self.nprobe, "IVF", self.factory)
        problems += _suits("ef_search", self.ef_search, "HNSW", self.factory)
        return problems

    def build_spec(self) -> Mapping[str, Any]:
        return {"class": self.KEY, "version": self.VERSION, **self.sidecar()}

    def sidecar(self) -> Mapping[str, Any]:
        return {"factory": self.factory}

    def factory_for(self, rows: int) -> str:
        """Return the factory text with no more inverted lists than the rows can train."""
        most = max(1, rows // ROWS_PER_LIST)
        return re.sub(r"IVF(\d+)", lambda match: f"IVF{min(int(match[1]), most)}", self.factory, count=1)

    def empty(self, dimensions: int, rows: int) -> "OpenFaissIndex":
        """Return an untrained index for about so many rows.

        Raises:
            ArmError: FAISS does not know the factory text.
        """
        import faiss

        factory = self.factory_for(rows)
        try:
            engine = faiss.index_factory(dimensions, factory, faiss.METRIC_INNER_PRODUCT)
        except (RuntimeError, AssertionError) as error:
            raise ArmError(
                f"index.factory: FAISS refuses {factory!r} for {dimensions} dimensions ({_reason(error)}); "
                'use "IDMap2,Flat", "HNSW32,Flat" or "IVF1024,SQ8"'
            ) from error
        if not factory.startswith("IDMap") and "IVF" not in factory:
            engine = faiss.IndexIDMap2(engine)
        return OpenFaissIndex(engine, self)

    def check(self, dimensions: int, rows: int) -> None:
        """Let FAISS read the factory text.

        Raises:
            ArmError: FAISS does not know it.
        """
        self.empty(dimensions, rows)

    def build(self, vectors: Vectors) -> "OpenFaissIndex":
        index = self.empty(vectors.shape[1], len(vectors))
        with _one_thread():
            index.train(vectors)
            for first in range(0, len(vectors), BLOCK):
                block = vectors[first : first + BLOCK]
                index.add(range(first, first + len(block)), block)
        return index

    def open(self, folder: Path) -> "OpenFaissIndex":
        return _read(folder / FILE, self)


class OpenFaissIndex:
    """A FAISS index with ids.

    Args:
        engine: a faiss index that takes ids.
        how: its configuration.
    """

    def __init__(self, engine: Any, how: FaissIndex) -> None:
        import faiss

        self._engine = engine
        self._how = how
        self._lists = faiss.try_extract_index_ivf(engine)
        if self._lists is not None:
            if how.nprobe is not None:
                self._lists.nprobe = how.nprobe
            # IVF can only give a vector back by number through a table
            self._lists.set_direct_map_type(faiss.DirectMap.Hashtable)  # type: ignore[attr-defined]
        graph = faiss.downcast_index(engine.index) if hasattr(engine, "index") else engine
        if hasattr(graph, "hnsw") and how.ef_search is not None:
            graph.hnsw.efSearch = how.ef_search

    def __len__(self) -> int:
        return int(self._engine.ntotal)

    @property
    def exact(self) -> bool:
        return re.fullmatch(r"(IDMap2?,)?Flat", self._how.factory) is not None

    @property
    def facts(self) -> Mapping[str, Any]:
        """For the record: the number of inverted lists, None for an index without."""
        return {"lists": None if self._lists is None else int(self._lists.nlist)}

    def train(self, vectors: Vectors) -> None:
        """Learn lists and codes; nothing for exact and graph indexes.

        Raises:
            ArmError: too few rows for the codes that the factory asks for.
        """
        if self._engine.is_trained:
            return
        try:
            self._engine.train(np.ascontiguousarray(vectors))
        except RuntimeError as error:
            raise ArmError(
                f"index.factory: {self._how.factory!r} cannot be trained on {len(vectors)} passages "
                f'({_reason(error)}); use "IDMap2,Flat"'
            ) from error

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        self._engine.add_with_ids(np.ascontiguousarray(vectors), np.asarray(numbers, dtype=np.int64))

    def remove(self, numbers: Collection[int]) -> None:
        if not numbers:
            return
        try:
            self._engine.remove_ids(np.asarray(sorted(numbers), dtype=np.int64))
        except RuntimeError as error:
            raise ArmError(
                f"index.factory: a {self._how.factory!r} index cannot remove or change passages; "
                'use "IDMap2,Flat" or an IVF index, or build it anew'
            ) from error

    def copy(self) -> "OpenFaissIndex":
        import faiss

        return OpenFaissIndex(faiss.clone_index(self._engine), self._how)

    def search(self, vectors: Vectors, n: int) -> list[Ranking]:
        """Return the at most n nearest per row, best first; approximate indexes may find fewer.

        Args:
            vectors: shape (queries, dimensions).
            n: may exceed the number of vectors.
        """
        n = min(n, len(self))
        if not n or not len(vectors):
            return [[] for _ in vectors]
        scores, numbers = self._engine.search(np.ascontiguousarray(vectors), n)
        return [
            ordered(pair for pair in zip(row.tolist(), score.tolist(), strict=True) if pair[0] >= 0)
            for row, score in zip(numbers, scores, strict=True)
        ]

    def rank(self, vector: Vectors, numbers: Sequence[int]) -> Ranking:
        stored = np.stack([self._engine.reconstruct(int(number)) for number in numbers]) if numbers else np.empty(0)
        return ordered(zip(numbers, (stored @ vector).tolist(), strict=True)) if numbers else []

    def save(self, folder: Path) -> None:
        import faiss

        with (folder / FILE).open("wb") as stream:  # FAISS's own does not say that the end of a file found no room
            faiss.write_index(self._engine, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]


@lru_cache(maxsize=2)
def _read(file: Path, how: FaissIndex) -> OpenFaissIndex:
    """Read an index once for all arms: its folder is named by its content and never changed."""
    import faiss

    try:
        return OpenFaissIndex(faiss.read_index(str(file)), how)
    except RuntimeError as error:
        raise StoreError(f"{file}: FAISS cannot read it ({_reason(error)}); delete {file.parent}") from error


@contextmanager
def _one_thread() -> Iterator[None]:
    """Build on one thread: the graph that several threads build differs from run to run."""
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _reason(error: BaseException) -> str:
    """FAISS's message without the C++ signature that it begins with."""
    text = re.sub(r"^Error in .*? at \S+:\d+: ", "", str(error).strip(), flags=re.DOTALL)
    return " ".join(text.split()) or type(error).__name__
