"""Tables, headings, lists and code: what a passage keeps of what it was cut from."""

import json
from dataclasses import replace

import pytest

from harness.text.markdown import outline
from harness.types import Document, Passage
from pipelines.data_keys import content_key
from pipelines.prompts import Prompt
from pipelines.rag.chunking import Chunking
from pipelines.rag.passages import Passages, corpus_key, indexed_text, write_passages
from pipelines.rag.protocols import Query
from pipelines.rag.shown import text_problem
from pipelines.rag.structure import LONGEST, head_of

ROWS = "".join(f"| Part {n} | {n}.50 | {n + 1}.00 |\n" for n in range(200))
ABOVE = "Manual text.\n\n## Prices\n\nIn euro:\n\n| Article |  Net | Gross |\n|:--|--:|--:|\n"
PRICES = f"{ABOVE}{ROWS}\nAll prices hold for a year.\n"
HEADER = "| Article | Net | Gross |"


@pytest.fixture(scope="module")
def tokenizer_file(minilm):
    return minilm.tokenizer_file()


def cut(text, tokenizer=None, size=64, overlap=0, **more):
    return Chunking(size, overlap).cutter(tokenizer)(Document("d", "", text, **more))


def test_every_passage_with_rows_of_a_table_has_its_header(tokenizer_file):
    found = cut(PRICES, tokenizer_file)
    with_rows = [passage for passage in found if "| Part" in passage.text]
    assert len(with_rows) > 10
    for passage in with_rows:
        assert HEADER in passage.head or "|  Net |" in passage.text
        assert PRICES[passage.start : passage.end] == passage.text
    assert all(line.startswith("|") and line.endswith("|") for p in with_rows[1:-1] for line in p.text.splitlines())
    [row] = [passage for passage in with_rows if "| Part 150 |" in passage.text]
    assert indexed_text(row).startswith(f"Prices\n{HEADER}\n| Part")


def test_a_head_counts_as_tokens_of_its_passage():
    found = cut(PRICES, size=24)
    assert max(len(f"{own.head} {own.text}".replace("|", " ").split()) for own in found) <= 24


@pytest.mark.parametrize("overlap", [0, 8])
def test_nothing_is_lost_and_every_head_can_be_made_again(overlap):
    document = Document("d", "", PRICES + "\n# Care\n\n- Rinse it.\n- Dry it.\n\n```\nx = 1\n```\n" * 3)
    found = Chunking(24, overlap).cutter(None)(document)
    covered = 0
    for passage in found:
        assert text_problem(passage, document) == ""
        assert not document.text[covered : passage.start].strip()
        covered = passage.end
    assert not document.text[covered:].strip()


def test_the_audit_of_shown_passages_notices_another_head_and_other_metadata():
    document = Document("d", "", PRICES, metadata=(("date", "2024"),))
    own = Chunking(24, 0).cutter(None)(document)[-3]
    assert "head" in text_problem(own, Document("d", "", PRICES.replace("Net", "NET"), metadata=document.metadata))
    assert "metadata" in text_problem(own, Document("d", "", PRICES, metadata=(("date", "2025"),)))


def test_the_headings_above_a_passage_are_its_head():
    text = "# Kettle\n\n" + "Boils water. " * 8 + "\n\n## Care\n\n" + "Rinse it well. " * 12 + "\n\n# Lamp\n\nShines."
    document = Document("d", "Kettle", text)
    heads = {own.text.split()[0]: own.head for own in Chunking(16, 0).cutter(None)(document)}
    assert heads["Rinse"] == "Care"  # the title is shown anyway
    assert heads["#"] == ""
    assert head_of(document, text.index("Shines")) == "Lamp"


def test_a_header_longer_than_its_rows_may_be_is_left_out():
    wide = (
        "| " + " | ".join(f"column number {n}" for n in range(60)) + " |\n" + "|--" * 60 + "|\n" + "| 1 " * 60 + "|\n"
    )
    assert len(wide) > LONGEST
    text = f"# Sizes\n\nText.\n\n{wide}"
    assert head_of(Document("d", "", text), text.rindex("| 1 | 1 |")) == "Sizes"


def test_code_and_lists_stay_whole_where_they_fit():
    code = "```\n" + "\n\n".join(f"step_{n}(a, b)" for n in range(5)) + "\n```"
    items = "\n".join(f"- item {n} goes\n  over two lines" for n in range(3))
    text = "\n\n".join(["One two three. " * 7, code, "Four five six. " * 7, items])
    found = [own.text for own in cut(text, size=24)]
    assert any(code in own for own in found)
    assert any(items in own for own in found)


def test_a_hash_in_code_and_dashes_in_text_are_no_structure():
    assert outline("```\n# no\n| a |\n|---|\n```\n").headings == ()
    assert outline("a | b\nc | d\n").tables == ()
    assert head_of(Document("d", "", "Plain.\n---\nMore | text."), 8) == ""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_offsets_hold_with_any_line_end(end):
    text = f"Title ü{end}====={end}{end}| a | b |{end}|---|---|{end}| 1 | 2 |{end}"
    [table], [heading] = outline(text).tables, outline(text).headings
    assert text[table.body : table.end].strip() == "| 1 | 2 |"
    assert heading.text == "Title ü"


def test_keys_of_plain_documents_stay_and_structure_and_metadata_have_their_own(monkeypatch):
    plain, marked = [Document("d", "T", "Plain text.")], [Document("d", "T", "# A\n\nText.")]
    exemplar = [Document("d", "T", "# A\n\nText.", "e")]
    keys = [corpus_key(each) for each in (plain, marked, exemplar)]
    monkeypatch.setattr("pipelines.rag.passages.VERSION", 2)
    assert [corpus_key(each) == key for each, key in zip((plain, marked, exemplar), keys, strict=True)] == [
        True,
        False,
        True,
    ]
    assert corpus_key([Document("d", "T", "Plain text.", metadata=(("date", "2024"),))]) != corpus_key(plain)


def test_answers_depend_on_structure(monkeypatch):
    class Holder:
        def __init__(self, text):
            self._documents = [Document("d", "", text)]

        def documents(self):
            return self._documents

    def keys():
        return [content_key(Holder(text), "documents") for text in ("Plain.", "# A\n\nText.")]

    before = keys()
    monkeypatch.setattr("pipelines.rag.structure.VERSION", 2)
    assert [one == other for one, other in zip(before, keys(), strict=True)] == [True, False]


def test_metadata_and_head_are_kept_on_disk_and_plain_lines_are_as_ever(tmp_path):
    documents = [Document("a", "T", PRICES, metadata=(("date", "2024-05-01"),)), Document("b", "", "Plain.")]
    chop = Chunking(24, 0).cutter(None)
    write_passages(tmp_path, documents, chop)
    assert list(Passages.open(tmp_path)) == [own for document in documents for own in chop(document)]
    last = json.loads((tmp_path / "passages.jsonl").read_text().splitlines()[-1])
    assert last == {"document_id": "b", "text": "Plain.", "start": 0, "end": 6}


def test_the_prompt_shows_title_metadata_head_and_text_in_this_order():
    metadata = (("date", "2024"), ("tag", "a"), ("tag", "b"))
    own = Passage("d", "| Lid | 3 |", 0, 1, 1.0, "Kettle", metadata=metadata, head="Prices\n| A | B |")
    user = Prompt("P:", "I:").turns("Answer.", "Why?", [own])[-1].content
    assert user == "P:\n[1] Kettle\ndate: 2024; tag: a, b\nPrices\n| A | B |\n| Lid | 3 |\n\nI:\nWhy?"


def test_the_price_of_one_row_is_found(hybrid, store):
    documents = [Document("prices", "Prices", PRICES), Document("other", "Terms", "Net 30 days.")]
    words = replace(hybrid, index=None)
    [found] = words.prepare(documents, store, 0).search([Query("e", "What is the Net of Part 150?")])
    assert "| Part 150 |" in found.passages[0].text
    assert HEADER in found.passages[0].head
