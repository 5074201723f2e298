"""Few-shot: which training pairs are shown, how, and that no example sees itself."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.store.spec import digest
from harness.tasks.data import pairs
from harness.types import Document, Example
from pipelines.qlora.formatting import query_for
from pipelines.rag.few_shot import FewShotRetriever
from pipelines.rag.lexical import Bm25
from pipelines.rag.protocols import Query

TOWNS = ("Oslo", "Bern", "Rome", "Cairo", "Lima", "Quito", "Delhi", "Perth")
TRAIN = [Example(f"t{number}", f"Where is {town}?", (f"In {town}land.",), ()) for number, town in enumerate(TOWNS)]
PAIRS = pairs(TRAIN)


@pytest.fixture
def by_words(hybrid):
    return replace(hybrid, embedding=None, index=None, lexical=Bm25(k1=1.5, b=0.75))


def shown(searcher, *examples):
    return [[one.document_id for one in found.passages] for found in searcher.search([*map(query_for, examples)])]


def test_the_nearest_pairs_are_shown_whole_as_examples(by_words, store):
    ready = FewShotRetriever(2, "nearest", by_words).prepare(PAIRS, store, 0)
    [found] = ready.search([query_for(Example("q", "Is Rome large?", ("Yes.",), ("d1",)))])
    first = found.passages[0]
    assert (first.document_id, first.text) == ("pair:t2", "Input: Where is Rome?\n\nAnswer: In Romeland.")
    assert {one.origin for one in found.passages} == {"example"}
    assert not ready.same_for_all


@pytest.mark.parametrize("choose", ["nearest", "fixed"])
def test_an_example_never_sees_itself(by_words, store, choose):
    ready = FewShotRetriever(3, choose, by_words).prepare(PAIRS, store, 0)
    found = shown(ready, *TRAIN)
    assert all(f"pair:{one.id}" not in ids for one, ids in zip(TRAIN, found, strict=True))
    assert choose == "nearest" or {len(ids) for ids in found} == {3}


def test_fixed_pairs_are_drawn_by_the_seed_and_are_the_same_for_all_questions(store):
    def drawn(seed):
        ready = FewShotRetriever(3, "fixed", None).prepare(PAIRS, store, seed)
        assert ready.same_for_all
        return shown(ready, *(Example(f"q{number}", "?", ("!",), ()) for number in range(4)))

    first = drawn(0)
    assert len({tuple(ids) for ids in first}) == 1
    assert first == drawn(0)
    assert len({tuple(drawn(seed)[0]) for seed in range(5)}) > 1
    assert FewShotRetriever(3, "fixed", None).draws_by_seed


def test_fewer_pairs_than_k_are_all_shown(by_words, store):
    assert len(shown(FewShotRetriever(9, "fixed", None).prepare(PAIRS[:2], store, 0), TRAIN[5])[0]) == 2


def test_filters_of_documents_do_not_count_for_pairs_and_too_few_pairs_are_said(by_words, store):
    retriever = FewShotRetriever(5, "nearest", replace(by_words, allow={"section": "HR"}, newest_first="date"))
    pairs = [Document(f"p{n}", "", "the kettle", example_id=f"e{n}") for n in range(2)]
    [found] = retriever.prepare(pairs, store, 0).search([Query("e", "kettle")])
    assert len(found.passages) == 2
    assert retriever.remarks(pairs) == ["few-shot: k is 5, and there are 2 training pairs: no more are shown"]
    assert retriever.cautions(pairs) == retriever.remarks(pairs)


def test_keys_depend_on_what_counts_alone(hybrid):
    nearest = FewShotRetriever(2, "nearest", hybrid)
    assert digest(nearest) == digest(replace(nearest, retriever=replace(hybrid, k=1)))
    assert digest(nearest) != digest(replace(nearest, k=3))
    assert digest(replace(nearest, choose="fixed")) == digest(FewShotRetriever(2, "fixed", None))


def test_settings_and_tasks_that_cannot_be():
    assert "k: got 0" in FewShotRetriever(0, "fixed", None).problems()[0]
    assert "retriever: null" in FewShotRetriever(1, "nearest", None).problems()[0]
    bare = SimpleNamespace(examples=lambda split: [Example("t", "?", (), (), answerable=False)])
    assert "leave few_shot out" in FewShotRetriever(1, "fixed", None).refuses(bare)
