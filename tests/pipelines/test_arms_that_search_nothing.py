"""Arms whose prompts show all the same: how much fits, what is read once, and that audits and timing agree."""

from dataclasses import replace

import pytest

from pipelines.generators import shared_prefix
from pipelines.rag.few_shot import FewShotRetriever
from pipelines.rag.whole_base import WholeBaseRetriever
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from

TASK = DoorTask()


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return loaded_from(checkpoint)


def long_context(loaded, store, max_tokens=None, task=TASK):
    prepared = arm(loaded, store, name="long_context", task=task)
    prepared.searcher = prepared.filled(WholeBaseRetriever(max_tokens).prepare(task.documents(), store, 0))
    return prepared


def cached(prediction):
    return sum(span.tokens_cached for span in prediction.spans)


def test_answers_with_a_shared_beginning_are_those_without_and_pass_their_audits(loaded, store, monkeypatch):
    prepared = long_context(loaded, store)
    examples, shared = answered(prepared)
    assert len({one.passages for one in shared}) == 1
    assert 0 < len(shared[0].passages) == prepared.searcher.facts["in_prompt"]["documents"]
    assert sum(not cached(one) for one in shared) == 1  # the one that paid for all
    assert {result.flag for result in prepared.audit_answers(examples, shared)} == {""}
    monkeypatch.setattr(loaded, "beginning", lambda prompts: ())
    monkeypatch.setattr(shared_prefix, "serves", lambda model: False)  # nor do prompts of a batch share anything
    _, whole = answered(long_context(loaded, store))
    assert not any(map(cached, whole))
    assert [one.answer_ids for one in whole] == [one.answer_ids for one in shared]


def test_requests_of_the_timing_pass_begin_where_the_last_one_did(loaded, store):
    timed = long_context(loaded, store).timed()
    timed.activate("none")
    answers = [timed.answer(one) for one in TASK.examples("test")[:3]]
    timed.activate("none")  # after another arm's turn
    answers.append(timed.answer(TASK.examples("test")[3]))
    timed.deactivate()
    assert [cached(one) > 0 for one in answers] == [False, True, True, True]


class LongDocuments(DoorTask):
    """They do not all fit."""

    def documents(self):
        return [replace(one, text=one.text * 3) for one in super().documents()]


class OneLongQuestion(LongDocuments):
    """It leaves less than half of the window."""

    def examples(self, split):
        first, *rest = super().examples(split)
        return [replace(first, input=first.input + " really?" * 40), *rest]


def test_documents_fit_beside_the_longest_question_but_for_one_that_fills_the_window(loaded, store):
    usual = long_context(loaded, store, task=LongDocuments()).searcher.facts["in_prompt"]["documents"]
    assert 3 < usual < 12
    prepared = long_context(loaded, store, task=OneLongQuestion())
    assert prepared.searcher.facts["in_prompt"]["documents"] == usual
    _, (first, *rest) = answered(prepared)
    assert first.passages_dropped > 0 == sum(one.passages_dropped for one in rest)
    assert any(map(cached, rest))


def test_max_tokens_keeps_a_prompt_short(loaded, store):
    few = long_context(loaded, store, max_tokens=200)
    _, predictions = answered(few)
    assert all(span.tokens_in <= 200 for one in predictions for span in one.spans if span.stage == "prefill")
    assert (
        few.searcher.facts["in_prompt"]["documents"]
        < long_context(loaded, store).searcher.facts["in_prompt"]["documents"]
    )


def test_fixed_pairs_are_read_once_under_their_heading(loaded, store):
    from harness.tasks.data import pairs

    prepared = arm(loaded, store, name="few_shot", task=TASK)
    prepared.prompt, prepared.documents = prepared.prompt.of_examples(), pairs(TASK.examples("train"))
    prepared.searcher = FewShotRetriever(3, "fixed", None).prepare(prepared.documents, store, 0)
    examples, predictions = answered(prepared)
    assert sum(map(bool, map(cached, predictions))) == len(predictions) - 1
    assert "Examples:\n[1] Input: What colour is door" in "".join(predictions[0].prompt)
    assert {result.flag for result in prepared.audit_answers(examples, predictions)} == {""}
