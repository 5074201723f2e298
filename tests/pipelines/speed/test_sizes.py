"""Tokens of prompts, rows and passages, against what is really written."""

import pytest

from pipelines.prompts import ContextWindow, fit
from pipelines.rag.few_shot import FewShotRetriever
from pipelines.rag.whole_base import WholeBaseRetriever
from pipelines.speed.sizes import Sizes
from tests.pipelines.arms import PROMPT, REFUSAL, DoorTask, loaded_from


@pytest.fixture
def sizes(checkpoint):
    def made(retriever=None, task=None):
        task = task or DoorTask()
        return Sizes(task, loaded_from(checkpoint), PROMPT, retriever, task.documents() if retriever else ())

    return made


def real_prompt(sizes, example, passages):
    loaded, task = sizes.loaded, sizes.task
    window = ContextWindow(loaded.count, loaded.window - task.max_new_tokens, None)
    return loaded.count(fit(PROMPT, task.instruction, example, passages, window).turns)


def test_prompts_without_passages_are_counted_exactly(sizes):
    own = sizes()
    examples = own.task.examples("test")
    assert own.prompts().sizes == tuple(real_prompt(own, example, ()) for example in examples)
    assert own.prompts().count == len(examples)


def test_prompts_with_passages_are_about_as_long_as_real_ones(sizes, hybrid, store):
    own = sizes(hybrid)
    example, passages = own.task.examples("test")[0], hybrid.as_passages(own.task.documents())[: hybrid.k]
    assert own.prompts().sizes[0] == pytest.approx(real_prompt(own, example, passages), rel=0.05)


def test_no_prompt_is_longer_than_the_window(sizes):
    class Long(DoorTask):
        def documents(self):
            return [doc.__class__(doc.id, doc.title, doc.text * 40) for doc in super().documents()]

    own = sizes(WholeBaseRetriever(None), Long())
    assert set(own.prompts().sizes) == {own.loaded.window - own.task.max_new_tokens}


def test_a_row_is_a_prompt_and_its_answer(sizes):
    own = sizes()
    chat, example = own.loaded.format, own.task.examples("train")[0]
    exact = len(chat.prompt_ids(PROMPT.turns(own.task.instruction, example.input, ()))) + len(chat.text_ids("red"))
    assert own.rows(REFUSAL, with_passages=False).sizes[0] == exact
    assert own.replies().sizes[0] == len(chat.text_ids("red"))


def test_references_that_do_not_fit_into_an_answer_are_a_remark(sizes):
    assert list(sizes(task=DoorTask(max_new_tokens=64)).long_references()) == []
    (told,) = sizes().long_references()
    assert told.startswith("6 of 12 references of the test split have up to 15 tokens of this model")
    assert told.endswith(
        "task.max_new_tokens=8 cuts such an answer off, which is a failure: set task.max_new_tokens=32"
    )


def test_a_limit_that_leaves_no_room_for_a_prompt_is_not_advised(sizes):
    own = sizes(task=DoorTask(references=("red " * 300,)))
    (told,) = own.long_references()
    assert told.startswith("12 of 12 references")
    assert f"the window of {own.loaded.window:,} tokens has no room for more" in told


def test_what_is_embedded(sizes, hybrid, minilm):
    own = sizes(hybrid)
    tokens = minilm.embed_documents([document.text for document in own.task.documents()]).tokens
    assert own.passages(minilm) == pytest.approx(sum(tokens), rel=0.1)
    questions = [example.text for example in own.task.examples("test")]
    assert own.queries(minilm) == pytest.approx(sum(minilm.embed_queries(questions).tokens), rel=0.1)


def test_which_retrievers_embed_anything(hybrid, minilm):
    assert hybrid.embedder is minilm
    assert FewShotRetriever(2, "nearest", hybrid).embedder is minilm
    assert FewShotRetriever(2, "fixed", None).embedder is None
    assert WholeBaseRetriever(None).embedder is None
