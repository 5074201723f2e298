"""Parts of the index of another knowledge base under the names of this one's: noticed and made again."""

import shutil
from dataclasses import replace

from pipelines.rag.protocols import Query
from pipelines.rag.retrieval import retrieve


def found(searcher, store, documents):
    queries = [Query(document.id, document.text) for document in documents]
    return [[passage.text for passage in one.passages] for one in retrieve(searcher, queries, {"of": "test"}, store)]


def test_parts_of_another_index_are_not_believed(hybrid, documents, store, caplog):
    others = [replace(document, text=document.text[::-1]) for document in documents]
    mine, other = (hybrid.prepare(each, store, 0) for each in (documents, others))
    wanted = found(mine, store, documents)
    retrieval = next(path for path in (store.root / "retrieval").iterdir() if path.is_dir())
    found(other, store, others)
    other_retrieval = next(path for path in (store.root / "retrieval").iterdir() if path.is_dir() and path != retrieval)
    folders = {kind: (store.root / kind / mine.facts[kind]["key"], store.root / kind / other.facts[kind]["key"])
               for kind in ("passages", "embeddings", "index", "lexical")}  # fmt: skip
    for kind, (own, foreign) in {**folders, "retrieval": (retrieval, other_retrieval)}.items():
        shutil.rmtree(own)
        shutil.copytree(foreign, own)
        if kind != "retrieval":
            assert not hybrid.artifacts(documents, store)[kind]
        assert found(hybrid.prepare(documents, store, 0), store, documents) == wanted
        assert f"{kind} {own.name[:8]} is damaged or not that artifact" in caplog.text
