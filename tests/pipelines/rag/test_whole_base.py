"""Long context: the documents in their order, as many as fit, and a share that says so."""

from types import SimpleNamespace

import pytest

from harness.types import Document
from pipelines.rag.protocols import Query
from pipelines.rag.whole_base import WholeBaseRetriever

DOCUMENTS = [Document(f"d{number}", f"Title {number}", "word " * 10) for number in range(7)]
EMPTY = Document("empty", "Nothing", " ")


def prepared(documents=DOCUMENTS):
    return WholeBaseRetriever(None).prepare(documents, None, 0)


def ids(passages):
    return [one.document_id for one in passages]


def test_every_question_gets_all_documents_in_their_order():
    base = prepared([*DOCUMENTS[::-1], EMPTY])
    found = base.search([Query("1", "word"), Query("2", "")])
    assert [ids(one.passages) for one in found] == [[f"d{number}" for number in range(6, -1, -1)]] * 2
    assert {one.origin for one in found[0].passages} == {"whole"}
    assert base.facts["in_prompt"] == {"documents": 7, "of": 7, "share": 1.0}
    assert base.facts["same_for_all"]


@pytest.mark.parametrize("room", range(9))
def test_as_many_of_the_first_documents_as_fit_are_kept(room):
    asked = []

    def fits(passages):
        asked.append(len(passages))
        return len(passages) <= room

    base = prepared().within(fits)
    assert ids(base.passages) == [f"d{number}" for number in range(min(room, 7))]
    assert base.facts["in_prompt"]["share"] == pytest.approx(min(room, 7) / 7)
    assert max(asked) <= max(1, 2 * room)  # a knowledge base far beyond the window is not read


def test_a_document_that_no_prompt_has_room_for_hides_no_other():
    sizes = [9, 1, 1, 9, 1]
    documents = [Document(f"d{number}", "", "word " * size) for number, size in enumerate(sizes)]
    base = prepared(documents).within(lambda shown: sum(len(one.text.split()) for one in shown) <= 3)
    assert ids(base.passages) == ["d1", "d2", "d4"]
    assert base.facts["in_prompt"]["too_long"] == ["d0", "d3"]


def test_what_retrieval_may_not_search_is_not_shown():
    documents = [Document(f"d{n}", "", "word", metadata=(("section", "HR" if n < 2 else "IT"),)) for n in range(5)]
    retriever = WholeBaseRetriever(None, {"section": "HR"})
    assert ids(retriever.prepare(documents, None, 0).passages) == ["d0", "d1"]
    assert retriever.remarks(documents) == ["retriever.allow leaves 2 of 5 documents"]
    assert "no document has metadata 'dept'" in WholeBaseRetriever(None, {"dept": "x"}).refuses(
        SimpleNamespace(documents=lambda: documents)
    )


def test_a_training_example_does_not_see_its_own_pair():
    [found] = prepared().search([Query("1", "word", exclude=frozenset({"d2"}))])
    assert "d2" not in ids(found.passages)
    assert len(found.passages) == 6


def test_a_task_without_text_is_refused_and_so_are_settings_that_cannot_be():
    refuses = WholeBaseRetriever(None).refuses
    assert "leave long_context out" in refuses(SimpleNamespace(documents=lambda: [EMPTY]))
    assert refuses(SimpleNamespace(documents=lambda: DOCUMENTS)) == ""
    assert "max_tokens: got 0" in WholeBaseRetriever(0).problems()[0]
