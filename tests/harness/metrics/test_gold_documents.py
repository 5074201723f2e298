"""Which documents a record keeps for its readers."""

from harness.metrics.evidence import LONGEST_DOCUMENT, gold_documents
from harness.types import THE_INPUT, Document, Example


def gold(documents, *evidence):
    examples = [Example(f"e{place}", "?", ("!",), named) for place, named in enumerate(evidence)]
    return gold_documents({document.id: document for document in documents}, examples)


def test_documents_are_kept_once_in_the_order_of_their_naming():
    documents = [Document(name, "Title", f"text of {name}") for name in ("a", "b", "c")]
    assert [one.id for one in gold(documents, ("c", "a"), ("a",), ())] == ["c", "a"]


def test_an_input_and_an_unknown_document_are_left_out():
    assert gold([Document("a", "", "text")], THE_INPUT, ("gone",)) == ()


def test_a_long_text_is_cut_and_says_so():
    whole, long = Document("a", "", "x" * LONGEST_DOCUMENT), Document("b", "", "y" * (LONGEST_DOCUMENT + 1))
    kept = gold([whole, long], ("a", "b"))
    assert kept[0] == whole
    assert kept[1].text == "y" * LONGEST_DOCUMENT + "… [8,000 of 8,001 characters]"
