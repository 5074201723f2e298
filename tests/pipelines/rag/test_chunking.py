from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.types import Document
from pipelines.rag.chunking import Chunking, plain_tokenizer


@pytest.fixture(scope="module")
def tokenizer_file(minilm):
    return minilm.tokenizer_file()


def document(text, **more):
    return Document("d", more.pop("title", ""), text, **more)


@pytest.fixture(scope="module")
def cut(tokenizer_file):
    return Chunking(16, 4).cutter(tokenizer_file)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200), times=st.sampled_from([1, 10]))
def test_offsets_are_exact_on_any_unicode_text(text, times, cut):
    text = (text + " ") * times
    for passage in cut(document(text)):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text


def test_offsets_count_characters_not_bytes(tokenizer_file):
    text = "Ü😀漢字 é\u0301 Привет. " * 40
    found = Chunking(16, 0).cutter(tokenizer_file)(document(text))
    assert len(found) > 5
    assert all(text[passage.start : passage.end] == passage.text for passage in found)
    assert "".join("".join(passage.text.split()) for passage in found) == "".join(text.split())


def test_no_passage_exceeds_the_limit_although_the_tokenizer_file_truncates(tokenizer_file):
    counter = plain_tokenizer(tokenizer_file)
    text = " ".join(f"word{number} goes here." for number in range(2000))
    found = Chunking(200, 0).cutter(tokenizer_file)(document(text))
    lengths = [len(counter.encode(passage.text, add_special_tokens=False).ids) for passage in found]
    assert len(found) > 40
    assert max(lengths) <= 200
    assert max(lengths) > 150


def test_neighbours_overlap_when_asked(tokenizer_file):
    text = " ".join(f"w{number}" for number in range(300))
    apart = Chunking(32, 0).cutter(tokenizer_file)(document(text))
    shared = Chunking(32, 10).cutter(tokenizer_file)(document(text))
    assert all(a.end <= b.start for a, b in pairwise(apart))
    assert all(a.end > b.start for a, b in pairwise(shared))


def test_an_exemplar_is_never_split(tokenizer_file):
    text = "  " + "A long exemplar. " * 200
    [passage] = Chunking(16, 0).cutter(tokenizer_file)(document(text, example_id="train-1"))
    assert (passage.text, passage.start, passage.end) == (text, 0, len(text))


@pytest.mark.parametrize("text", ["", " \n\t", "\u2003\u00a0"])
def test_a_document_without_text_has_no_passage(tokenizer_file, text):
    assert Chunking(16, 0).cutter(tokenizer_file)(document(text, title="only a title")) == []


def test_without_a_tokenizer_words_are_counted():
    text = " ".join(f"w{number}" for number in range(100))
    found = Chunking(10, 0).cutter(None)(document(text))
    assert len(found) == 10
    assert [len(passage.text.split()) for passage in found] == [10] * 10


def test_the_title_rides_along_and_leaves_offsets_alone(tokenizer_file):
    [passage] = Chunking(16, 0).cutter(tokenizer_file)(document("Body.", title="Head"))
    assert (passage.title, passage.text, passage.start, passage.end) == ("Head", "Body.", 0, 5)


def test_bad_values_are_named():
    assert Chunking(200, 20).problems() == []
    assert "max_tokens" in Chunking(4, 0).problems()[0]
    assert "overlap_tokens" in Chunking(100, 100).problems()[0]
    assert "overlap_tokens" in Chunking(100, -1).problems()[0]
