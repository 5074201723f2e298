"""Short ways to write a pair."""

import pytest

from harness.types import Example, Passage, Prediction


@pytest.fixture
def pair():
    def make(answer, *references, finish="stop", error="", **example):
        made = Example(id="x", input="?", references=references, **{"evidence": (), **example})
        return made, Prediction("x", answer, (), (), finish, error)

    return make


@pytest.fixture
def retrieved():
    def make(found, gold, spans=(), finish="stop"):
        passages = tuple(Passage(document_id, "text", 0, 4, 1.0) for document_id in found)
        return Example("x", "?", ("r",), tuple(gold)), Prediction("x", "a", passages, tuple(spans), finish)

    return make
