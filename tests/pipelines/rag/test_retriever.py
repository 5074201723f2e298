import logging
from dataclasses import replace

import pytest

from harness.errors import ArmError, StoreError
from harness.store import metadata
from harness.store.spec import specification
from harness.types import Document
from pipelines.rag import embedding, passages, vectors
from pipelines.rag.chunking import Chunking
from pipelines.rag.encoder import Encoder
from pipelines.rag.faiss_index import FaissIndex
from pipelines.rag.protocols import Query


def ask(searcher, text, **more):
    [found] = searcher.search([Query("e", text, **more)])
    return [passage.document_id for passage in found.passages]


@pytest.fixture
def dense(hybrid):
    return replace(hybrid, lexical=None)


@pytest.fixture
def bm25(hybrid):
    return replace(hybrid, index=None)


@pytest.fixture(params=["hybrid", "dense", "bm25"])
def each(request):
    return request.getfixturevalue(request.param)


def test_the_right_passage_comes_first(each, documents, store):
    searcher = each.prepare(documents, store, 0)
    assert ask(searcher, "What is the capital of France?")[0] == "paris"
    assert ask(searcher, "what does error E4711 mean")[0] == "code"


def test_meaning_is_found_without_a_shared_word(dense, bm25, documents, store):
    query = "feline napping"
    assert ask(dense.prepare(documents, store, 0), query)[0] == "cat"
    assert ask(bm25.prepare(documents, store, 0), query) == []


def test_passages_carry_offsets_title_and_falling_scores(each, store):
    text = "First sentence about oil. " * 10 + "The capital of France is Paris. " + "More about rain. " * 10
    searcher = each.prepare([Document("long", "Almanac", text), Document("x", "", "cat")], store, 0)
    [found] = searcher.search([Query("e", "capital of France")])
    assert "Paris" in found.passages[0].text
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    for passage in found.passages:
        assert passage.document_id != "long" or text[passage.start : passage.end] == passage.text
    assert found.passages[0].title == "Almanac"


def test_the_title_is_searched_too(each, store):
    documents = [Document("a", "Giraffe", "It eats leaves."), Document("b", "Piano", "It has keys.")]
    assert ask(each.prepare(documents, store, 0), "giraffe")[0] == "a"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_query_finds_nothing(each, documents, store, text):
    assert ask(each.prepare(documents, store, 0), text) == []


def test_unknown_words(hybrid, bm25, documents, store):
    assert len(ask(hybrid.prepare(documents, store, 0), "zzyzx qwrtp")) == 3
    assert ask(bm25.prepare(documents, store, 0), "zzyzx qwrtp") == []


def test_k_above_the_corpus_size_gives_all_once(hybrid, documents, store):
    found = ask(replace(hybrid, k=500, candidates=500).prepare(documents, store, 0), "the capital")
    assert sorted(found) == sorted(document.id for document in documents)


@pytest.mark.parametrize("texts", [[], ["", "  "]])
def test_an_empty_knowledge_base_is_refused(each, store, texts):
    documents = [Document(str(number), "title", text) for number, text in enumerate(texts)]
    with pytest.raises(ArmError, match=rf"knowledge base is empty \({len(texts)} documents"):
        each.prepare(documents, store, 0)


def test_documents_without_text_are_counted_and_never_come_back(hybrid, documents, store):
    searcher = hybrid.prepare([*documents, Document("blank", "capital of France", " ")], store, 0)
    assert searcher.facts["passages"]["documents_without_text"] == 1
    assert "blank" not in ask(searcher, "capital of France")


def test_equal_texts_are_all_found_in_the_order_of_the_documents(each, store):
    twins = [Document(name, "", "the same text") for name in ("b", "a", "c")]
    assert ask(each.prepare(twins, store, 0), "same text") == ["b", "a", "c"]


def test_excluded_documents_stay_out_and_others_move_up(each, documents, store):
    searcher = replace(each, k=2, candidates=2).prepare(documents, store, 0)
    found = ask(searcher, "the capital", exclude=frozenset({"paris", "unknown"}))
    assert "paris" not in found
    assert found[0] == "berlin"
    assert len(found) == 2


def test_a_batch_finds_what_single_queries_find(each, documents, store):
    searcher = each.prepare(documents, store, 0)
    queries = [
        Query("1", "capital of Germany", exclude=frozenset({"berlin"})),
        Query("2", ""),
        Query("3", "oil for the engine"),
    ]
    together = [[passage.document_id for passage in one.passages] for one in searcher.search(queries)]
    apart = [[passage.document_id for passage in searcher.search([query])[0].passages] for query in queries]
    assert together == apart
    assert searcher.search([]) == []


def test_spans_tell_stages_seconds_and_batch(hybrid, bm25, documents, store):
    found = hybrid.prepare(documents, store, 0).search([Query("1", "a cat"), Query("2", "the long capital of France")])
    assert [[span.stage for span in one.spans] for one in found] == [["embed", "search"]] * 2
    assert all(span.batch_size == 2 and span.seconds > 0 for one in found for span in one.spans)
    assert found[0].spans[0].tokens_in == 4 < found[1].spans[0].tokens_in
    [lexical] = bm25.prepare(documents, store, 0).search([Query("1", "a cat")])
    assert [span.stage for span in lexical.spans] == ["search"]


def test_best_of_ranks_the_passages_of_given_documents_alone(each, documents, store):
    searcher = each.prepare(documents, store, 0)
    query = Query("e", "capital of Germany")
    [best, none, kept] = searcher.best_of(
        [query, query, Query("e", "capital of Germany", exclude=frozenset({"berlin"}))],
        [["rain", "berlin", "chess", "paris", "cat"], ["unknown"], {"berlin", "paris"}],
    )
    assert [passage.document_id for passage in best[:2]] == ["berlin", "paris"]
    assert len(best) == 3
    assert none == ()
    assert [passage.document_id for passage in kept] == ["paris"]


def test_best_of_gives_the_documents_even_when_nothing_is_shared(each, documents, store):
    searcher = each.prepare(documents, store, 0)
    for text in ("zzyzx", ""):
        [found] = searcher.best_of([Query("e", text)], [["cat", "rain"]])
        assert {passage.document_id for passage in found} == {"cat", "rain"}


def test_search_follows_an_edit(hybrid, dense, bm25, documents, store):
    for retriever in (hybrid, dense, bm25):
        before = retriever.prepare(documents, store, 0)
        after = before.edited(
            add=[
                Document("paris", "", "Lyon was made the capital of France."),
                Document("moon", "", "The moon has no air."),
            ],
            remove=["berlin"],
        )
        assert ask(after, "air on the moon")[0] == "moon"
        [found] = after.search([Query("e", "capital of France")])
        assert found.passages[0].text.startswith("Lyon")
        assert [passage.document_id for passage in found.passages].count("paris") == 1
        assert "berlin" not in ask(after, "Berlin capital of Germany")
        assert [span.stage for span in after.build_spans] == ["index"]
        assert ask(before, "Berlin capital of Germany")[0] == "berlin"
        again = after.edited(add=[Document("moon", "", "Cheese.")])
        assert ask(again, "cheese")[0] == "moon"


def test_a_graph_index_takes_additions_and_refuses_changes(hybrid, documents, store):
    searcher = replace(hybrid, index=FaissIndex("HNSW32,Flat", 1, 64)).prepare(documents, store, 0)
    assert ask(searcher.edited(add=[Document("moon", "", "The moon has no air.")]), "air on the moon")[0] == "moon"
    with pytest.raises(ArmError, match="cannot remove or change"):
        searcher.edited(remove=["cat"])


def test_everything_is_built_once_and_nothing_loads_when_found(each, documents, store, monkeypatch):
    first = each.prepare(documents, store, 0)
    assert not all(each.artifacts(documents[:3], store).values())

    def never(*args):
        raise AssertionError("the embedder was loaded")

    monkeypatch.setattr(embedding, "load_encoder", never)
    second = each.prepare(documents, store, 5)
    assert second.build_spans == first.build_spans
    assert second.build_spans[0].seconds > 0
    assert all(each.artifacts(documents, store).values())


@pytest.mark.parametrize(
    ("change", "remade"),
    [
        ({"k": 2}, set()),
        ({"candidates": 20}, set()),
        ({"rrf_k": 10}, set()),
        ({"index": FaissIndex("IDMap2,Flat", 99, 99)}, set()),
        ({"index": FaissIndex("HNSW32,Flat", 16, 64)}, {"index"}),
        ({"chunking": Chunking(16, 0)}, {"passages", "embeddings", "index", "lexical"}),
    ],
)
def test_only_what_is_downstream_is_made_again(hybrid, documents, store, change, remade):
    hybrid.prepare(documents, store, 0)
    changed = replace(hybrid, **change).artifacts(documents, store)
    assert {kind for kind, there in changed.items() if not there} == remade


def test_a_corpus_is_hashed_once_for_all_parts_and_arms(hybrid, dense, bm25, documents, store, monkeypatch):
    hashed = []
    monkeypatch.setattr(passages, "has_structure", lambda document: bool(hashed.append(document.id)))
    for each in (hybrid, dense, bm25):
        each.artifacts(documents, store)
        each.prepare(list(documents), store, 0)
    assert hashed == [document.id for document in documents]
    changed = [*documents[:-1], replace(documents[-1], text="Snow falls.")]
    hybrid.artifacts(changed, store)
    assert len(hashed) == 2 * len(documents)


def test_retrievers_share_what_they_have_in_common(hybrid, dense, bm25, documents, store):
    hybrid.prepare(documents, store, 0)
    assert all(dense.artifacts(documents, store).values())
    assert all(bm25.artifacts(documents, store).values())


def test_an_index_of_another_knowledge_base_is_refused(hybrid, documents, store):
    searcher = hybrid.prepare(documents, store, 0)
    key = searcher.facts["index"]["key"]
    folder = store.root / "index" / key
    entry = metadata.read(folder, "index")
    sidecar = folder / "index.json"
    sidecar.write_text(sidecar.read_text().replace('"dtype": "float32"', '"dtype": "bfloat16"'))
    metadata.write(folder, entry)
    with pytest.raises(StoreError, match="dtype 'bfloat16', this run has 'float32'"):
        hybrid.prepare(documents, store, 0)


def test_a_damaged_index_is_built_again(hybrid, documents, store, caplog):
    searcher = hybrid.prepare(documents, store, 0)
    (store.root / "index" / searcher.facts["index"]["key"] / "index.faiss").write_bytes(b"x")
    with caplog.at_level(logging.WARNING):
        assert ask(hybrid.prepare(documents, store, 0), "capital of France")[0] == "paris"
    assert "made again" in caplog.text


def test_indexing_goes_on_after_an_interruption(hybrid, documents, store, tmp_path, monkeypatch):
    from harness.store.store import Store

    monkeypatch.setattr(vectors, "SHARD", 2)
    whole = hybrid.prepare(documents, Store(tmp_path / "other"), 0)
    real, calls = Encoder.encode, []

    def dying(self, texts):
        calls.append(list(texts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, texts)

    with monkeypatch.context() as patch:
        patch.setattr(Encoder, "encode", dying)
        with pytest.raises(KeyboardInterrupt):
            hybrid.prepare(documents, store, 0)
        del calls[:]
        calls += [None] * 3  # past the deadly call
        resumed = hybrid.prepare(documents, store, 0)
    assert len(calls) - 3 == 2
    for kind, file in (("embeddings", "vectors.npy"), ("index", "index.faiss")):
        paths = [root / kind / whole.facts[kind]["key"] / file for root in (store.root, tmp_path / "other")]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert resumed.facts["embeddings"]["rows"] == len(documents)


def test_a_bad_factory_shows_before_anything_is_embedded(hybrid, documents, store, monkeypatch):
    monkeypatch.setattr(Encoder, "encode", lambda *args: pytest.fail("embedded first"))
    with pytest.raises(ArmError, match="refuses 'Flut'"):
        replace(hybrid, index=FaissIndex("Flut", 1, 1)).prepare(documents, store, 0)


def test_without_an_embedding_words_measure_passages(bm25, documents, store):
    searcher = replace(bm25, embedding=None).prepare(documents, store, 0)
    assert ask(searcher, "bishop diagonals") == ["chess"]
    assert ask(searcher.edited(remove=["chess"]), "bishop diagonals") == []


def test_passages_cut_by_the_embedder_are_counted(minilm, hybrid, store):
    exemplar = Document("long", "", "word " * 400, example_id="train-1")
    searcher = hybrid.prepare([exemplar], store, 0)
    assert searcher.facts["embeddings"]["cut"] == 1
    assert searcher.facts["passages"]["exemplars"] == 1
    [found] = searcher.search([Query("e", "word")])
    assert found.passages[0].text == exemplar.text


def test_the_specification_holds_all_that_changes_results(hybrid):
    plain = specification(hybrid)
    for change in ({"k": 5}, {"candidates": 11}, {"lexical": None}, {"rrf_k": 1}):
        assert specification(replace(hybrid, **change)) != plain
    assert specification(replace(hybrid, embedding=replace(hybrid.embedding, batch_tokens=7))) == plain


def test_bad_combinations_are_named(hybrid, minilm):
    assert hybrid.problems() == []
    assert "nothing to search" in replace(hybrid, index=None, lexical=None).problems()[0]
    assert "index needs vectors" in replace(hybrid, embedding=None).problems()[0]
    assert "candidates: got 10" in replace(hybrid, k=11).problems()[0]
    assert "k: got 0" in replace(hybrid, k=0).problems()[0]
    assert "rrf_k" in replace(hybrid, rrf_k=-1).problems()[0]
    assert "chunking.max_tokens: got 300" in replace(hybrid, chunking=Chunking(300, 0)).problems()[0]
