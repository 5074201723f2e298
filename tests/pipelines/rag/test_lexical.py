import numpy as np
import pytest

from pipelines.rag import lexical
from pipelines.rag.lexical import Bm25, open_lexical
from pipelines.rag.ranking import highest

BM25 = Bm25(k1=1.5, b=0.75)
TEXTS = ["the pump is blocked E4711", "the cat sleeps", "一 漢字 テスト", "a 5 C", "the cat sleeps"]


@pytest.fixture(scope="module")
def index():
    return BM25.build(TEXTS)


def test_rare_words_find_their_passage(index):
    assert index.search("what is e4711", 3)[0][0] == 0


def test_single_characters_and_stop_words_count(index):
    assert [number for number, _ in index.search("5", 3)] == [3]
    assert {number for number, _ in index.search("the", 5)} == {0, 1, 4}


def test_chinese_is_found_by_character(index):
    assert [number for number, _ in index.search("漢語", 3)] == [2]


@pytest.mark.parametrize("query", ["", "zebra quux", "😀"])
def test_unknown_words_find_nothing_rather_than_anything(index, query):
    assert index.search(query, 3) == []


def test_more_than_there_is(index):
    assert len(index.search("the cat", 1000)) == 3


def test_equal_scores_are_ordered_by_number_also_at_the_cut(index):
    assert [number for number, _ in index.search("cat", 2)] == [1, 4]
    assert [number for number, _ in index.search("cat", 1)] == [1]


def test_skipped_passages_stay_out(index):
    assert [number for number, _ in index.search("cat", 5, skip=[1])] == [4]


def test_saved_and_opened_it_scores_the_same(index, tmp_path):
    index.save(tmp_path)
    assert np.array_equal(open_lexical(tmp_path).scores("the pump cat"), index.scores("the pump cat"))


def test_texts_without_any_word_can_be_indexed(tmp_path):
    empty = BM25.build(["!!!", "…"])
    empty.save(tmp_path)
    assert open_lexical(tmp_path).search("word", 3) == []
    assert empty.search("", 3) == []


def test_highest_by_hand():
    scores = np.array([0.0, 2.0, 1.0, 2.0, -1.0, 1.0], dtype=np.float32)
    assert highest(scores, 3) == [(1, 2.0), (3, 2.0), (2, 1.0)]
    assert highest(scores, 99) == [(1, 2.0), (3, 2.0), (2, 1.0), (5, 1.0)]
    assert highest(np.zeros(3, dtype=np.float32), 2) == []


def test_bad_values_are_named():
    assert BM25.problems() == []
    assert "k1" in Bm25(0.0, 0.5).problems()[0]
    assert "b:" in Bm25(1.0, 1.5).problems()[0]


def test_an_audit_reads_each_passage_once(monkeypatch):
    """A passage of 7,000 words, read again for each of them, took three minutes."""
    texts = {number: " ".join(f"w{number}x{place}" for place in range(50)) for number in range(4)}
    index = Bm25(1.5, 0.75).build(texts.values())
    asked = []
    read = lexical.words
    monkeypatch.setattr(lexical, "words", lambda text: asked.append(text) or read(text))
    assert Bm25(1.5, 0.75).problem_of(index, texts) == ""
    assert sorted(asked) == sorted(texts.values())
