import pytest

from harness.errors import DataError
from harness.types import Document
from pipelines.rag.chunking import Chunking
from pipelines.rag.passages import Passages, corpus_key, indexed_text, write_passages


def cut(document):
    return Chunking(8, 0).cutter(None)(document)


@pytest.fixture
def folder(tmp_path):
    documents = [
        Document("a", "Title", "one two three four five six seven eight nine ten"),
        Document("empty", "only a title", "  "),
        Document("b", "", "twin"),
        Document("c", "", "twin", example_id="train-1"),
    ]
    facts = write_passages(tmp_path, documents, cut)
    assert facts == {"documents": 4, "documents_without_text": 1, "exemplars": 1, "passages": 4}
    return tmp_path


def test_what_was_written_is_read_back(folder):
    passages = Passages.open(folder)
    assert len(passages) == 4
    assert [passage.document_id for passage in passages] == ["a", "a", "b", "c"]
    assert passages.numbers(["a"]) == [0, 1]
    assert passages.numbers(["empty", "unknown"]) == []
    assert indexed_text(passages[1]) == "Title\nnine ten"
    assert indexed_text(passages[2]) == "twin"


def test_equal_texts_stay_apart(folder):
    passages = Passages.open(folder)
    assert passages[2].text == passages[3].text
    assert passages[2].document_id != passages[3].document_id


def test_no_document_with_text_gives_an_empty_file(tmp_path):
    write_passages(tmp_path, [Document("a", "", "")], cut)
    assert len(Passages.open(tmp_path)) == 0


def test_a_repeated_id_is_refused(tmp_path):
    with pytest.raises(DataError, match="'a' occurs twice"):
        write_passages(tmp_path, [Document("a", "", "x"), Document("a", "", "y")], cut)


def test_an_edit_makes_new_numbers_and_leaves_the_old_object_alone(folder):
    before = Passages.open(folder)
    after = before.edited({"a"}, {"a": cut(Document("a", "", "changed")), "new": cut(Document("new", "", "fresh"))})
    assert after.numbers(["a"]) == [4]
    assert after[4].text == "changed"
    assert after[after.numbers(["new"])[0]].text == "fresh"
    assert list(after.indexed_texts()) == ["", "", "twin", "twin", "changed", "fresh"]
    assert before.numbers(["a"]) == [0, 1]
    assert len(before) == 4


def test_the_corpus_key_notices_every_field_and_the_order():
    plain = [Document("a", "t", "x"), Document("b", "", "y")]
    others = [
        [Document("A", "t", "x"), Document("b", "", "y")],
        [Document("a", "T", "x"), Document("b", "", "y")],
        [Document("a", "t", "X"), Document("b", "", "y")],
        [Document("a", "t", "x", example_id="e"), Document("b", "", "y")],
        plain[::-1],
        plain[:1],
    ]
    keys = {corpus_key(each) for each in [plain, *others]}
    assert len(keys) == 7
    assert corpus_key(iter(plain)) == corpus_key(plain)
