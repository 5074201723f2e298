"""A vector index of another library needs no change elsewhere."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from pipelines.rag.protocols import Query, VectorIndex
from pipelines.rag.ranking import ordered


@dataclass(frozen=True)
class NumpyIndex:
    KEY: ClassVar[str] = "tests.NumpyIndex"

    def build_spec(self):
        return {"class": self.KEY}

    def sidecar(self):
        return {"factory": "numpy"}

    def check(self, dimensions, rows):
        assert (dimensions, rows) == (384, 8)

    def build(self, vectors):
        return OpenNumpyIndex(dict(enumerate(np.asarray(vectors))))

    def open(self, folder):
        return OpenNumpyIndex(dict(enumerate(np.load(folder / "vectors.npy"))))


class OpenNumpyIndex:
    facts: ClassVar = {"rows": 8}
    exact: ClassVar = True

    def __init__(self, vectors):
        self.vectors = vectors

    def __len__(self):
        return len(self.vectors)

    def add(self, numbers, vectors):
        self.vectors |= dict(zip(numbers, vectors, strict=True))

    def remove(self, numbers):
        self.vectors = {number: vector for number, vector in self.vectors.items() if number not in numbers}

    def copy(self):
        return OpenNumpyIndex(dict(self.vectors))

    def search(self, vectors, n):
        return [self.rank(vector, list(self.vectors))[:n] for vector in vectors]

    def rank(self, vector, numbers):
        return ordered((number, float(self.vectors[number] @ vector)) for number in numbers)

    def save(self, folder):
        np.save(folder / "vectors.npy", list(self.vectors.values()))


def test_it_finds_what_faiss_finds(hybrid, documents, store):
    dense = replace(hybrid, lexical=None)
    queries = [Query("1", "capital of France"), Query("2", "who moves diagonally?")]
    assert isinstance(NumpyIndex(), VectorIndex)
    for times_prepared in (1, 2):  # built, then opened
        searchers = [
            replace(dense, index=NumpyIndex()).prepare(documents, store, 0),
            dense.prepare(documents, store, 0),
        ]
        ids = [[[p.document_id for p in one.passages] for one in searcher.search(queries)] for searcher in searchers]
        assert ids[0] == ids[1], times_prepared
    assert searchers[0].facts["index"]["rows"] == 8
    assert [audit.flag for audit in searchers[0].audit()] == ["", "", ""]
    edited = searchers[0].edited(remove=["paris"])
    assert "paris" not in [passage.document_id for passage in edited.search(queries[:1])[0].passages]
