"""Which documents a record keeps for its readers."""

from types import SimpleNamespace

from harness.metrics.evidence import KEPT, gold_documents
from harness.types import THE_INPUT, Document, Example


def gold(documents, *evidence):
    task = SimpleNamespace(documents=lambda: documents)
    examples = [Example(f"e{place}", "?", ("!",), named) for place, named in enumerate(evidence)]
    return gold_documents(task, examples)


def test_documents_are_kept_once_in_the_order_of_their_naming():
    documents = [Document(name, "Title", f"text of {name}") for name in ("a", "b", "c")]
    assert [one.id for one in gold(documents, ("c", "a"), ("a",), ())] == ["c", "a"]


def test_an_input_and_an_unknown_document_are_none():
    assert gold([Document("a", "", "text")], THE_INPUT, ("gone",)) == ()


def test_a_long_text_is_cut_and_says_so():
    whole, long = Document("a", "", "x" * KEPT), Document("b", "", "y" * (KEPT + 1))
    kept = gold([whole, long], ("a", "b"))
    assert kept[0] == whole
    assert kept[1].text == "y" * KEPT + "… [8,000 of 8,001 characters]"
