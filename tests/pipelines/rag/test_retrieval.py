"""What is retrieved for many questions is searched for in blocks, and written as it comes."""

import pytest

from harness.types import Passage
from pipelines.rag import retrieval
from pipelines.rag.protocols import Query, Retrieved
from pipelines.rag.retrieval import retrieve


class Answering:
    """Finds the passage that is called as the question is; nothing for every fifth."""

    def __init__(self):
        self.asked = []

    def search(self, queries):
        self.asked.append(len(queries))
        return [Retrieved(self._found(query), ()) for query in queries]

    def _found(self, query):
        return () if query.text.endswith(("0", "5")) else (Passage(query.text, "a text\u2028 of two lines", 0, 8, 1.0),)


@pytest.fixture
def blocks_of_four(monkeypatch):
    monkeypatch.setattr(retrieval, "BLOCK", 4)


@pytest.mark.usefixtures("blocks_of_four")
def test_questions_are_searched_for_in_blocks_and_keep_their_order(store):
    queries, searcher = [Query(f"e{at}", f"question {at}") for at in range(11)], Answering()
    found = retrieve(searcher, queries, {"retriever": "one"}, store)
    assert searcher.asked == [4, 4, 3]
    assert found == Answering().search(queries)
    assert retrieve(searcher, queries, {"retriever": "one"}, store) == found
    assert len(searcher.asked) == 3  # the second time it was in the store
