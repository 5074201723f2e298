"""A document that is deleted is in no artifact of the knowledge base that is built without it, byte for byte."""

from pathlib import Path

import numpy as np
import pytest

from harness.cli import forget
from harness.errors import ArmError
from harness.store import traces
from harness.types import Document
from pipelines.rag.faiss_index import FaissIndex
from pipelines.rag.protocols import Query
from pipelines.rag.retrieval import retrieve
from pipelines.rag.vectors import open_vectors

SECRET = Document("file-zylkowska", "Zylkowska", "Zylkowska earns 73561 crowns, paid by Квартальный ‹Übermut›.")
WORDS = ("zylkowska", "73561", "квартальный", "übermut", "\\u043a\\u0432\\u0430\\u0440\\u0442", "\\u00fcbermut")
"""of the document and of no other, as texts and as JSON writes them"""
QUESTIONS = [Query("q0", "What does Zylkowska earn, 73561 crowns?"), Query("q1", "Квартальный Übermut")]


def found_in(folder):
    """Names of the files below a folder that hold a word of the secret document."""
    needles = [word.encode() for word in WORDS]
    files = [file for file in Path(folder).rglob("*") if file.is_file()]
    held = {file: file.read_bytes() for file in files}
    return sorted(
        str(file.relative_to(folder))
        for file, data in held.items()
        if any(needle in text for text in (data, data.lower(), lowered(data)) for needle in needles)
    )  # fmt: skip


def lowered(data):
    return data.decode("utf-8", "ignore").lower().encode()


def vector_of(minilm):
    from pipelines.rag.passages import indexed_text
    from pipelines.rag.protocols import Passage

    text = indexed_text(Passage(SECRET.id, SECRET.text, 0, len(SECRET.text), 0.0, SECRET.title))
    return np.asarray(minilm.embed_documents([text]).vectors, dtype=np.float32)[0]


def folders(searcher):
    return list(searcher.parts.folders.values())


def test_the_rebuilt_knowledge_base_holds_no_byte_of_it(hybrid, documents, store):
    before = hybrid.prepare([*documents, SECRET], store, 0)
    assert found_in(before.parts.folders["passages"]) == ["documents.json", "passages.jsonl"]
    assert found_in(before.parts.folders["lexical"])
    retrieve(before, [Query("r", QUESTIONS[0].text)], {"of": "before"}, store)
    made = {kind: {folder.name for folder in (store.root / kind).iterdir()} for kind in ("passages", "index")}

    after = hybrid.prepare(documents, store, 0)
    assert not set(folders(before)) & set(folders(after))
    assert [found_in(folder) for folder in folders(after)] == [[]] * 4
    assert {kind for kind, names in made.items() if {one.name for one in (store.root / kind).iterdir()} > names} == {
        "passages", "index",
    }  # fmt: skip
    shown = [passage for one in after.search(QUESTIONS) for passage in one.passages]
    assert shown
    assert SECRET.id not in {passage.document_id for passage in shown}


def test_its_vector_is_in_no_rebuilt_index(hybrid, minilm, documents, store):
    before, after = (hybrid.prepare(each, store, 0) for each in ([*documents, SECRET], documents))
    vector = open_vectors(before.parts.folders["embeddings"])[len(documents)]
    assert np.allclose(vector, vector_of(minilm), atol=1e-5)
    for searcher, there in ((before, True), (after, False)):
        for kind in ("embeddings", "index"):
            data = b"".join(file.read_bytes() for file in searcher.parts.folders[kind].rglob("*") if file.is_file())
            assert (np.asarray(vector, dtype=np.float32).tobytes() in data) is there, kind


def test_what_is_retrieved_is_stored_by_the_documents_and_not_found_again(hybrid, documents, store):
    """The cache of retrieval is no way around a deletion: its key is that of the documents."""
    before, after = (hybrid.prepare(each, store, 0) for each in ([*documents, SECRET], documents))
    specs = [{"documents": [one.id for one in each]} for each in ([*documents, SECRET], documents)]
    shown = retrieve(before, QUESTIONS, specs[0], store)
    assert SECRET.id in {passage.document_id for one in shown for passage in one.passages}
    again = retrieve(after, QUESTIONS, specs[1], store)
    assert SECRET.id not in {passage.document_id for one in again for passage in one.passages}


def test_deleting_in_memory_leaves_no_byte_in_what_is_saved(hybrid, documents, store, tmp_path):
    before = hybrid.prepare([*documents, SECRET], store, 0)
    vector = np.asarray(open_vectors(before.parts.folders["embeddings"])[len(documents)], dtype=np.float32)
    after = before.edited(remove=[SECRET.id])
    for name, part in (("dense", after.dense), ("lexical", after.lexical)):
        (tmp_path / "saved" / name).mkdir(parents=True)
        part.save(tmp_path / "saved" / name)
    assert found_in(tmp_path / "saved") == []
    assert vector.tobytes() not in b"".join(file.read_bytes() for file in (tmp_path / "saved/dense").iterdir())
    assert all(SECRET.id != passage.document_id for one in after.search(QUESTIONS) for passage in one.passages)


def test_what_was_built_with_it_is_listed_and_removed_and_the_rest_stays(hybrid, documents, store, capsys):
    before, after = (hybrid.prepare(each, store, 0) for each in ([*documents, SECRET], documents))
    retrieve(before, QUESTIONS, {"of": "before"}, store)
    retrieve(after, [Query("r", "What is the capital of France?")], {"of": "after"}, store)
    asked = ["Zylkowska earns", "Квартальный", "--store", str(store.root)]
    assert forget.main(asked) == 0
    listed = capsys.readouterr().out
    for kind in ("passages", "embeddings", "index", "lexical", "retrieval"):
        assert listed.count(f"{kind}/") == 1, listed
    assert "5 artifacts found; --remove removes them" in listed
    assert all(folder.is_dir() for folder in folders(before))
    assert forget.main([*asked, "--remove"]) == 0
    assert not any(folder.exists() for folder in folders(before))
    assert found_in(store.root) == []
    assert all(folder.is_dir() for folder in folders(after))
    assert forget.main(asked) == 0
    assert "0 artifacts found" in capsys.readouterr().out.splitlines()[-1]
    assert hybrid.prepare(documents, store, 0).search(QUESTIONS[:1])


def test_a_text_that_stands_everywhere_is_not_looked_for(capsys):
    assert forget.main(["of", "--remove"]) == 2
    assert "too short" in capsys.readouterr().out
    assert forget.main(["Zylkowska", "--store", "no/such/store"]) == 2
    assert "no store at no/such/store" in capsys.readouterr().out


def test_a_text_across_two_pieces_of_a_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(traces, "PIECE", 8)
    (tmp_path / "passages" / "k.partial").mkdir(parents=True)
    (tmp_path / "passages" / "k.partial" / "passages.jsonl").write_bytes(b"0123456Zylkowska earns, 73561")
    (found,) = traces.traces(tmp_path, ["Zylkowska"])
    assert (found.kind, found.reason) == ("passages", "in passages.jsonl")
    assert traces.traces(tmp_path, ["Zylkowskb"]) == []


def test_an_index_that_cannot_forget_says_so(hybrid, documents, store):
    from dataclasses import replace

    graph = replace(hybrid, index=FaissIndex("HNSW32,Flat", nprobe=None, ef_search=64))
    with pytest.raises(ArmError, match="remove"):
        graph.prepare([*documents, SECRET], store, 0).edited(remove=[SECRET.id])
