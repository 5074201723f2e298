from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from harness.store.spec import specification
from harness.types import THE_INPUT, Document, Example
from pipelines.rag import embedding
from pipelines.rag.controls import OracleRetriever, RandomRetriever
from pipelines.rag.protocols import Query


def ids(found):
    return [[passage.document_id for passage in one.passages] for one in found]


def test_the_oracle_gives_gold_passages_and_nothing_else(hybrid, documents, store):
    searcher = OracleRetriever(hybrid).prepare(documents, store, 0)
    found = searcher.search(
        [Query("1", "who moves diagonally?", ("chess",)), Query("2", "capital of Germany", ("cat", "berlin"))]
    )
    assert ids(found) == [["chess"], ["berlin", "cat"]]
    assert searcher.build_spans[0].stage == "index"


def test_the_oracle_gives_at_most_k_of_a_long_document(hybrid, store):
    text = "The weather report. " * 40 + "The code of the safe is 1234. " + "The weather report. " * 40
    searcher = OracleRetriever(hybrid).prepare([Document("long", "", text), Document("b", "", "else")], store, 0)
    [found] = searcher.search([Query("1", "code of the safe", ("long",))])
    assert len(found.passages) == 3 == OracleRetriever(hybrid).k
    assert "1234" in found.passages[0].text


def test_unknown_evidence_gives_no_passage(hybrid, documents, store):
    searcher = OracleRetriever(hybrid).prepare(documents, store, 0)
    assert ids(searcher.search([Query("1", "cat", ())])) == [[]]


def test_the_oracle_refuses_evidence_that_is_the_input(hybrid, documents, store):
    searcher = OracleRetriever(hybrid).prepare(documents, store, 0)
    with pytest.raises(ArmError, match="the evidence is the input itself, which every arm is shown already"):
        searcher.search([Query("1", "cat", THE_INPUT)])


def test_the_oracle_refuses_a_task_without_gold_documents(hybrid):
    def task(*evidence):
        return SimpleNamespace(examples=lambda split: [Example(str(e), "x", ("y",), e) for e in evidence])

    oracle = OracleRetriever(hybrid)
    assert "every arm is shown already" in oracle.refuses(task(("cat",), THE_INPUT))
    assert "names its gold documents" in oracle.refuses(task((), ()))
    assert oracle.refuses(task(("cat",), ())) == ""
    assert RandomRetriever(hybrid).refuses(task(())) == hybrid.refuses(task(())) == ""


def test_random_depends_on_seed_and_example_alone(hybrid, documents, store):
    queries = [Query(str(number), "capital of France") for number in range(20)]
    first = RandomRetriever(hybrid).prepare(documents, store, 0)
    assert ids(first.search(queries)) == ids(first.search(queries))
    assert ids(first.search(queries[::-1])) == ids(first.search(queries))[::-1]
    assert ids(RandomRetriever(hybrid).prepare(documents, store, 1).search(queries)) != ids(first.search(queries))
    drawn = ids(first.search(queries))
    assert all(len(set(each)) == 3 for each in drawn)
    assert len({name for each in drawn for name in each}) == len(documents)


def test_random_never_draws_gold_or_excluded(hybrid, documents, store):
    searcher = RandomRetriever(hybrid).prepare(documents, store, 0)
    names = {document.id for document in documents}
    for number in range(50):
        query = Query(str(number), "x", ("cat", "paris"), frozenset({"rain"}))
        assert len(set(ids(searcher.search([query]))[0]) & (names - {"cat", "paris", "rain"})) == 3


def test_random_from_fewer_than_k(hybrid, documents, store):
    searcher = RandomRetriever(hybrid).prepare(documents[:3], store, 0)
    assert sorted(ids(searcher.search([Query("1", "x", ("cat",))]))[0]) == ["berlin", "paris"]
    [found] = searcher.best_of([Query("1", "x")], [["cat", "berlin"]])
    assert [passage.document_id for passage in found] == ["cat", "berlin"]


def test_random_embeds_and_indexes_nothing_and_shares_the_passages(hybrid, documents, store, monkeypatch):
    monkeypatch.setattr(embedding, "load_encoder", lambda *args: pytest.fail("loaded"))
    key = RandomRetriever(hybrid).prepare(documents, store, 0).facts["passages"]["key"]
    assert sorted(path.name for path in store.root.iterdir()) == ["passages"]
    monkeypatch.undo()
    assert hybrid.prepare(documents, store, 0).facts["passages"]["key"] == key


def test_controls_are_known_by_what_they_wrap(hybrid):
    kinds = [specification(hybrid), specification(OracleRetriever(hybrid)), specification(RandomRetriever(hybrid))]
    assert len({str(kind) for kind in kinds}) == 3
