from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from harness.store.spec import digest, specification
from harness.types import THE_INPUT, Document, EvidenceSpan, Example
from pipelines.rag import embedding
from pipelines.rag.controls import OracleRetriever, RandomRetriever
from pipelines.rag.protocols import Query
from pipelines.rag.retrieval import retrieve


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


PAGE = "The weather report. " * 15
MANUAL = Document(
    "long", "", f"{PAGE}The code of the safe is 1234. {PAGE}The door is green. {PAGE}The roof is flat. {PAGE}"
)


def span(words, piece=None):
    start = MANUAL.text.index(words)
    return EvidenceSpan("long", start, start + len(words), piece)


def test_the_oracle_shows_the_passages_of_the_places_first(hybrid, store):
    """The question is like another passage; each place has its own before one that holds a place again."""
    documents = [MANUAL, Document("b", "", "The door is green.")]
    searcher = OracleRetriever(hybrid).prepare(documents, store, 0)
    query = Query("1", "the code of the safe", ("long",), spans=(span("The door is green."), span("The roof is flat.")))
    [found] = searcher.search([query])
    assert ["green" in found.passages[0].text, "flat" in found.passages[1].text] == [True, True]
    assert "1234" in found.passages[2].text
    assert searcher.audit_retrieved([query], [found])[0].flag == ""
    [alone] = RandomRetriever(hybrid).prepare(documents, store, 0).best_of([query], [["long"]])
    assert ["green" in alone[0].text, "flat" in alone[1].text, len(alone)] == [True, True, 3]


def test_a_reranker_does_not_hide_the_places(hybrid, store):
    class Backwards:
        candidates = 1

        def load(self):
            pass

        def scores(self, pairs):
            return [float("weather" in text and "safe" not in text) for _, text in pairs]

    searcher = replace(hybrid.prepare([MANUAL], store, 0), rerank=Backwards())
    [found] = searcher.best_of([Query("1", "x", ("long",), spans=(span("The code of the safe is 1234."),))], [["long"]])
    assert "1234" in found[0].text
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_gold_documents_of_more_passages_than_are_shown_are_flagged(hybrid, store):
    searcher = hybrid.prepare([MANUAL, Document("b", "", "else")], store, 0)

    def flag(*queries):
        return {one.name: one.flag for one in searcher.audit_retrieved(queries, searcher.search(queries))}

    whole = Query("1", "code", ("long",))
    assert flag(whole)["gold documents"].startswith("for 1 of 1 questions (e.g. '1') a gold document is cut into more")
    assert flag(replace(whole, spans=(span("1234"),)), Query("2", "x", ("b",)))["gold documents"] == ""
    assert "gold documents" not in flag(Query("1", "code"))


def test_a_query_without_places_keeps_its_key(hybrid, documents, store):
    searcher, asked = hybrid.prepare(documents, store, 0), Query("1", "cat", ("cat",))
    of_old = digest([{"example_id": "1", "text": "cat", "evidence": ("cat",), "exclude": []}])
    for query, found in ((asked, True), (replace(asked, spans=(EvidenceSpan("cat", 0, 3),)), False)):
        retrieve(searcher, [query], {"of": found}, store)
        assert store.has("retrieval", {"of": found, "queries": of_old}) is found


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
