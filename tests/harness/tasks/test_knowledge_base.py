"""Knowledge bases as users have them: what is read, under which id and title, and what is said about the rest."""

import json
import sys

import pytest

from harness.tasks.columns import DocumentColumns
from harness.tasks.document_names import DocumentNames
from harness.tasks.knowledge.beside import lookalikes
from harness.tasks.knowledge.nested_json import nested_documents
from harness.tasks.knowledge.roles import document_roles, document_rows, evidence_column, id_columns
from harness.tasks.rows import FileRow
from harness.types import Document
from tests.harness.tasks.knowledge_files import write_docx, write_pdf
from tests.harness.tasks.making import write_lines


@pytest.fixture
def kb(folder):
    """The folder of a knowledge base beside the data, in place of its documents file."""
    (folder / "documents.jsonl").unlink()
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", [{"id": split, "input": "what?", "references": ["that"]}])
    (folder / "documents").mkdir()
    return folder / "documents"


def write(path, text, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def by_id(task):
    assert list(task.problems()) == []
    return {own.id: own for own in task.documents()}


def remark(task, word):
    found = [line for line in task.remarks() if word in line]
    assert len(found) == 1, task.remarks()
    return found[0]


def test_a_folder_is_one_document_per_file_with_its_path_as_id(kb, task):
    write(kb / "b.md", "# Kettle\n\nIt boils.\n\n## Care\n\nRinse it.")
    write(kb / "deep" / "er" / "A.TXT", "Plain # text.")
    write(kb / "deep" / "named.md", "No heading at all.")
    write(kb / ".git" / "x.md", "hidden")
    write(kb / "photo.png", "no text")
    found = by_id(task())
    assert {name: (own.title, own.text) for name, own in found.items()} == {
        "b.md": ("Kettle", "It boils.\n\n## Care\n\nRinse it."),
        "deep/er/A.TXT": ("A", "Plain # text."),
        "deep/named.md": ("named", "No heading at all."),
    }
    assert remark(task(), "knowledge base") == "knowledge base: documents/ (2 .md, 1 .txt), 3 documents"
    assert "1 files of other kinds are not read (1 .png)" in remark(task(), "other kinds")


def test_front_matter_is_metadata_and_the_heading_the_title(kb, task):
    write(kb / "a.md", "---\ntitle: Site\ndate: 2024-05-01\nSection: [Prices, Terms]\nauthor: Jo\n---\n# Kettle\nText.")
    write(kb / "b.md", "---\ntitle: Lamp\n---\nText without a heading.")
    found = by_id(task())
    assert found["a.md"].title == "Kettle"
    assert found["a.md"].metadata == (("date", "2024-05-01"), ("section", "Prices"), ("section", "Terms"))
    assert (found["b.md"].title, found["b.md"].text) == ("Lamp", "Text without a heading.")
    assert "task.document_columns.metadata=[date,section,author]" in remark(task(), "not read: author")
    everything = by_id(task(document_columns__metadata=["*"]))["a.md"].metadata
    assert ("author", "Jo") in everything


def test_front_matter_that_is_no_yaml_is_text_and_said(kb, task):
    write(kb / "a.md", "---\n: [\n---\nBody.")
    assert "Body." in by_id(task())["a.md"].text
    assert "a.md" in remark(task(), "front matter")


def test_pages_of_html_without_what_every_page_has(kb, task):
    page = (
        "<html><head><title>Kettle | Shop</title><meta name='date' content='2024-05-01'><script>x()</script></head>"
        "<body><nav>Home</nav><main><h1>The kettle</h1><p>Costs 5 &amp; more.</p><h2>Care</h2><ul><li>Rinse</li></ul>"
        "<table><tr><th>Item</th><th>Net</th></tr><tr><td>Lid</td><td>3</td></tr></table></main></body></html>"
    )
    write(kb / "kettle.html", page)
    own = by_id(task())["kettle.html"]
    assert (own.title, own.metadata) == ("The kettle", (("date", "2024-05-01"),))
    assert own.text == "Costs 5 & more.\n\n## Care\n\n- Rinse\n\n| Item | Net |\n| --- | --- |\n| Lid | 3 |"


def test_a_word_document_keeps_headings_and_tables(kb, task):
    table = [["Item", "Net"], ["Lid", "3"]]
    write_docx(kb / "a.docx", ("Title", "Manual"), "It boils.", ("heading1", "Prices"), table)
    own = by_id(task())["a.docx"]
    assert own.title == "Manual"
    assert own.text == "It boils.\n\n# Prices\n\n| Item | Net |\n| --- | --- |\n| Lid | 3 |"


def test_a_pdf_is_read_and_a_scanned_one_is_counted_and_named(kb, task):
    write_pdf(kb / "manual.pdf", "The kettle boils.", "Page two.")
    write_pdf(kb / "scan.pdf", "", "")
    write(kb / "broken.pdf", "no pdf at all")
    write(kb / "empty.md", " \n")
    found = by_id(task())
    assert {name: own.text for name, own in found.items()} == {"manual.pdf": "The kettle boils.\n\nPage two."}
    assert "files that hold no text (scanned pages?): scan.pdf (1 of 4)" in remark(task(), "scanned")
    assert "broken.pdf" in remark(task(), "cannot be read as PDF")
    assert "files that are empty: empty.md (1 of 4)" in remark(task(), "are empty")


def test_other_encodings_are_recognised_and_said(kb, task):
    text = "Die Bürste gehört zum Gerät, Größe und Zubehör müssen übereinstimmen. Kühl lagern, nicht stürzen."
    write(kb / "a.txt", text, "cp1252")
    write(kb / "b.txt", text, "utf-16")
    write(kb / "c.txt", "line\r\nline", "utf-8-sig")
    found = by_id(task())
    assert [found[name].text for name in ("a.txt", "b.txt", "c.txt")] == [text, text, "line\nline"]
    assert "a.txt" in remark(task(), "not UTF-8")


def test_a_missing_reader_is_named_with_the_extra_that_brings_it(kb, task, monkeypatch):
    write_pdf(kb / "a.pdf", "Text.")
    monkeypatch.setitem(sys.modules, "pypdf", None)
    [problem] = task().problems()
    assert "a.pdf cannot be read without pypdf; run: pip install 'cutlery[documents]'" in problem


def test_a_single_file_is_split_at_its_highest_repeated_headings(kb, folder, task):
    kb.rmdir()
    lid = "## Lid\nOf steel.\n### Size\nSmall.\n"
    write(folder / "documents.md", f"# Manual\nIntro.\n{lid}## Cord\nLong.\n```\n## no heading\n```\n## Lid\nAgain.\n")
    found = by_id(task())
    assert {name: (own.title, own.text) for name, own in found.items()} == {
        "documents.md#manual": ("Manual", "Intro."),
        "documents.md#lid": ("Lid", "Of steel.\n### Size\nSmall."),
        "documents.md#cord": ("Cord", "Long.\n```\n## no heading\n```"),
        "documents.md#lid-2": ("Lid", "Again."),
    }
    assert found["documents.md#cord"].metadata == (("section", "Manual"),)


def test_a_single_text_file_is_one_document(kb, folder, task):
    kb.rmdir()
    write(folder / "documents.txt", "# One\nline\n# Two\nline")
    assert list(by_id(task())) == ["documents.txt"]


NESTED = {
    "shipping": {"s1": {"title": "Cost", "body": "5 euro."}, "s2": {"title": "Time", "body": "Two days."}},
    "returns": [[{"question": "How long?", "answer": "30 days."}], [{"id": "r9", "answer": "Free."}]],
    "hours": {"monday": "Nine to five.", "sunday": "Closed."},
}


def test_nested_json_is_flattened_and_said(kb, folder, task):
    kb.rmdir()
    write(folder / "documents.json", json.dumps(NESTED))
    found = by_id(task())
    assert {name: (own.title, own.text) for name, own in found.items()} == {
        "shipping/s1": ("Cost", "5 euro."),
        "shipping/s2": ("Time", "Two days."),
        "returns/1/1": ("How long?", "30 days."),
        "r9": ("1", "Free."),
        "hours/monday": ("monday", "Nine to five."),
        "hours/sunday": ("sunday", "Closed."),
    }
    assert found["shipping/s1"].metadata == (("section", "shipping"),)
    said = "documents.json: 6 documents found inside nested JSON (text: body, answer); evidence that names 'shipping' "
    assert remark(task(), "nested") == f"{said}means any of its parts"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"D-0": "one", "D-1": "two"}, {"D-0": "one", "D-1": "two"}),
        ({"title": "a", "text": "one", "authors": [{"name": "X"}]}, {"documents": "one"}),
        (
            {"description": "Our FAQ", "A": {"in": [{"q": "who?", "a": "me"}]}, "B": [{"q": "x?", "a": "y"}]},
            {"documents": "Our FAQ", "A/in/1": "me", "B/1": "y"},
        ),
        ({"title": "All", "text": {"a": {"body": "one"}}}, {"text/a": "one"}),
    ],
)
def test_keys_at_the_top_are_no_documents_by_their_names(tmp_path, content, found):
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    nested = nested_documents(path, DocumentColumns((), ("title",), ("text",)))
    assert {row.values["id"]: row.values["text"] for row in nested.rows} == found


NAMED = [{"doc_id": n, "url": f"http://x/{n}", "nr": "a", "body": f"text {n}"} for n in range(9)]


@pytest.mark.parametrize(
    ("documents", "examples", "column"),
    [
        (["d1", "d2"], {"gold": ["d1", "d2", "d1"], "n": [1, 2, 3]}, "gold"),
        (["1", "2"], {"days": [1, 2, 1], "doc_id": ["1.0", "2.0", None]}, "doc_id"),
        (["1", "2"], {"days": [1, 2, 1]}, None),
        (["fern.md", "b/ivy.md"], {"file": ["docs/fern.md", "ivy.md", "fern.md"]}, "file"),
        (["Fern guide", "Ivy guide"], {"source_title": ["fern guide", "IVY GUIDE", ""]}, "source_title"),
        (["d0", "d1"], {"gold_docs": ["d0 d1", "d1 d0", "d1"]}, "gold_docs"),
    ],
)
def test_the_column_that_names_documents_is_found_as_the_loader_finds_them(documents, examples, column):
    names = DocumentNames([Document(name, "", "text") for name in documents])
    rows = [
        FileRow("p:1", 1, dict(zip(examples, cells, strict=True))) for cells in zip(*examples.values(), strict=True)
    ]
    assert evidence_column(rows, names, ()) == column


def test_columns_of_documents_by_name_and_by_value(folder):
    write_lines(folder / "kb/a.jsonl", NAMED[:5])
    write_lines(folder / "kb/b.jsonl", NAMED[5:])
    rows = document_rows(folder / "kb")
    assert document_roles(rows) == {"id": ["doc_id"], "title": [], "text": ["body"]}
    assert id_columns(rows) == ["doc_id", "url", "body"]
    assert [path.name for path in lookalikes(folder, ())] == ["documents.jsonl", "kb"]


def test_a_flat_json_list_is_read_as_rows(folder, task):
    (folder / "documents.jsonl").unlink()
    write(folder / "documents.json", json.dumps([{"id": f"d{n}", "title": "T", "text": f"x{n}"} for n in (1, 2)]))
    assert list(by_id(task())) == ["d1", "d2"]


def test_rows_and_texts_in_one_folder(kb, task):
    write_lines(kb / "faq.jsonl", [{"id": "q1", "title": "Q", "text": "A"}])
    write(kb / "a.md", "Text.")
    assert list(by_id(task())) == ["a.md", "q1"]


def test_metadata_of_rows_is_kept_and_what_is_not_read_is_named(folder, task):
    rows = [
        {"id": f"d{n}", "title": "T", "text": "x", "date": f"202{n}-01-01", "url": "u", "year": 2020 + n}
        for n in (1, 2)
    ]
    write_lines(folder / "documents.jsonl", rows)
    assert by_id(task())["d1"].metadata == (("date", "2021-01-01"),)
    assert "task.document_columns.metadata=[date,section,url,year]" in remark(task(), "not read: url, year")
    mapped = task(document_columns__metadata=["year", "url"])
    assert by_id(mapped)["d2"].metadata == (("year", "2022"), ("url", "u"))
    assert by_id(task(document_columns__metadata=[]))["d1"].metadata == ()


def test_an_object_as_metadata_is_refused_with_what_to_do(folder, task):
    write_lines(folder / "documents.jsonl", [{"id": f"d{n}", "text": "x", "date": {"day": "1"}} for n in (1, 2)])
    assert "documents.jsonl:1: date is an object" in task().problems()[0]
    assert by_id(task(document_columns__metadata=["date.day"]))["d1"].metadata == (("date.day", "1"),)


@pytest.mark.parametrize("name", ["knowlege", "nowledge.jsonl", "knowledge.md", "knowledges/"])
def test_a_knowledge_base_that_was_named_must_be_there(folder, task, name):
    write_lines(folder / "knowledge.jsonl", [{"id": "k", "text": "t"}])
    [problem] = [line for line in task(documents_file=name).problems() if "documents_file" in line]
    assert "no such file exists for documents" in problem
    assert "did you mean knowledge.jsonl?" in problem


def test_a_kind_that_cannot_be_read_and_several_that_fit(folder, task):
    write(folder / "kb.xml", "<a/>")
    assert "documents cannot be read from a .xml file; want .jsonl" in task(documents_file="kb.xml").problems()[0]
    write(folder / "documents" / "a.md", "Text.")
    assert "documents.jsonl, documents/ all fit 'documents'" in task().problems()[0]
    assert not [line for line in task(documents_file="documents/").problems() if "fit" in line]


def test_the_folder_of_the_examples_is_no_knowledge_base(folder, task):
    assert "the examples lie in this folder, too" in task(documents_file=".").problems()[0]
    write(folder.parent / "elsewhere" / "a.md", "Text.")
    path = str(folder.parent / "elsewhere")
    assert "names no document" in task(documents_file=path).problems()[0]  # it is read: d1 is not in it


def test_a_folder_without_anything_to_read(kb, task):
    write(kb / "a.png", "x")
    assert "no file in it can be read; want .jsonl" in task().problems()[0]
    write(kb / "a.md", "")
    assert any("no text was found: files that are empty: a.md" in line for line in task().problems())


def test_what_looks_like_a_knowledge_base_and_is_not_read_is_named(kb, folder, task):
    kb.rmdir()
    for name in ("docs/a.md", "faq.csv", "README.md", "other.jsonl", "notes.txt", "manual.pdf"):
        write(folder / name, "x")
    line = remark(task(), "looks like")
    assert (
        "docs/ (1 .md), faq.csv, manual.pdf; to use all of them: task.documents_file=[docs/,faq.csv,manual.pdf]" in line
    )
    assert remark(task(), "the 1 training pair,") == "knowledge base: the 1 training pair, as there are no documents"
    assert not any("looks like" in line for line in task(documents_file=None).remarks())


def test_the_key_of_a_folder_follows_names_and_content_alone(kb, task):
    write(kb / "a.md", "One.")
    first = task().content_key()
    write(kb / "skip.png", "x")
    assert task().content_key() == first
    write(kb / "a.md", "Two.")
    assert task().content_key() != first


def test_the_documents_of_another_version_of_the_data_need_no_remark(folder, task):
    write_lines(folder / "documents_next.jsonl", [{"id": "d", "text": "x"}])
    assert "documents_next.jsonl" in remark(task(), "looks like a knowledge base")
    write_lines(folder / "questions_next.jsonl", [{"id": "q", "input": "what?", "references": ["x"]}])
    assert not [line for line in task().remarks() if "looks like a knowledge base" in line]


POLISH = "Żółta łódź płynie wzdłuż brzegu. Ordered from the shop in Gdynia, it leaves on the next working day."


def test_the_encoding_of_texts_is_recognised_as_that_of_tables_and_can_be_told(kb, task):
    for name in ("a.txt", "b.md"):
        write(kb / name, POLISH, "cp1250")
    write(kb / "c.md", POLISH)
    assert {own.text for own in by_id(task()).values()} == {POLISH}
    assert "read as cp1250: a.txt, b.md (2 of 3)" in remark(task(), "not UTF-8")
    told = by_id(task(encoding="cp852"))
    assert told["a.txt"].text == POLISH.encode("cp1250").decode("cp852")
    assert told["c.md"].text == POLISH


@pytest.mark.parametrize("name", ["slides.pptx", "Handbook.doc", "faq.xml", "kb.yaml", "wiki", "docs/a.adoc", "x.epub"])
def test_a_kind_that_is_not_read_is_named_with_what_to_do(kb, folder, task, name):
    kb.rmdir()
    write(folder / name, "<x/>")
    for other in ("config.yaml", "LICENSE", "photo.png", "README.adoc", "train/cover.png"):
        write(folder / other, "x")
    line = remark(task(), "looks like a knowledge base")
    assert line.startswith(f"not read, though it looks like a knowledge base: {name.partition('/')[0]}")
    assert any(word in line for word in ("save it as .docx", "export it as PDF", "convert", "write its entries"))
    assert "config" not in line
    assert "README" not in line


@pytest.mark.parametrize(
    ("name", "found"), [("cards for shops.md", True), ("card.md", False), ("notes-2024.txt", True)]
)
def test_only_whole_names_say_that_a_text_is_about_the_data(kb, folder, task, name, found):
    kb.rmdir()
    write(folder / name, "Text.")
    assert any("looks like a knowledge base" in line for line in task().remarks()) == found


def test_titles_of_other_markup_are_headings(kb, task):
    write(kb / "a.rst", "=====\nLamps\n=====\n\nAll sold.\n\nBulbs\n-----\n\nOf glass.\n\nOne line\n--\n")
    write(kb / "b.mdx", "---\ntitle: Pumps\n---\nimport Tabs from '@theme/Tabs';\n\n## Valves\n\nOf brass.")
    write(kb / "c.md", '+++\ntitle = "Clocks"\nweight = 3\n+++\nOf oak.')
    found = by_id(task())
    assert (found["a.rst"].title, found["a.rst"].text) == (
        "Lamps",
        "All sold.\n\n## Bulbs\n\nOf glass.\n\nOne line\n--",
    )
    assert (found["b.mdx"].title, found["b.mdx"].text) == ("Pumps", "## Valves\n\nOf brass.")
    assert (found["c.md"].title, found["c.md"].text) == ("Clocks", "Of oak.")


def test_several_files_and_folders_are_one_knowledge_base(kb, folder, task):
    kb.rmdir()
    write(folder / "guides" / "ivy.md", "Ivy.")
    write(folder / "fern.txt", "Fern.")
    write(folder / "README.md", "About.")
    write_lines(folder / "faq.jsonl", [{"id": "q1", "title": "Q", "text": "A"}])
    assert "to use all of them: task.documents_file=[faq.jsonl,fern.txt,guides/]" in remark(task(), "looks like")
    assert list(by_id(task(documents_file="."))) == ["fern.txt", "guides/ivy.md"]
    several = task(documents_file=["guides/", "faq"])
    assert list(by_id(several)) == ["q1", "guides/ivy.md"]
    assert "fern.txt" in remark(several, "looks like")
    assert several.provenance()["files"]["documents"]["file"] == "guides/, faq.jsonl"
    key = several.content_key()
    write(folder / "fern.txt", "Another.")
    assert task(documents_file=["guides/", "faq"]).content_key() == key
    write(folder / "guides" / "ivy.md", "Another.")
    assert task(documents_file=["guides/", "faq"]).content_key() != key
    assert "nix.md: no such file exists for documents" in task(documents_file=["guides", "nix.md"]).problems()[0]


def test_names_with_marks_behind_their_letters_are_the_same(kb, task, folder):
    write(kb / "Mu\u0308hle.md", "Grinds.")
    write_lines(folder / "test.jsonl", [{"id": "t", "input": "?", "references": "r", "evidence": ["m\u00fchle.md"]}])
    assert task().problems() == []
    assert task().examples("test")[0].evidence == ("Mu\u0308hle.md",)


def test_the_longest_text_is_the_text_and_no_list_of_numbers(folder):
    rows = [{"nr": n, "says": f"A lamp of glass, number {n}.", "vector": [0.1234567] * 90} for n in range(4)]
    write_lines(folder / "kb.jsonl", rows)
    assert document_roles(document_rows(folder / "kb.jsonl"))["text"] == ["says"]


def prose(name):
    return f"The {name} has a lid of brass, a long cord, and a foot that folds away."


@pytest.mark.parametrize(
    "made",
    [
        lambda name: {"pageContent": prose(name), "meta": {"path": f"{name}.htm", "title": name.title()}},
        lambda name: {"id": f"{name}.htm", "name": name.title(), "blurb": {"raw": {"value": prose(name), "as": "x y"}}},
        lambda name: {
            "docno": f"{name}.htm",
            "heading": name.title(),
            "notes": prose(name),
            "tag": {"a": "b", "c": "d"},
        },
    ],
)
def test_the_long_texts_of_nested_json_are_the_documents(kb, folder, task, made):
    kb.rmdir()
    write(folder / "documents.json", json.dumps({"version": 3, "entries": [made("fern"), made("alder")]}))
    write_lines(folder / "test.jsonl", [{"id": "t", "input": "?", "references": "r", "evidence": ["alder.htm"]}])
    assert task().problems() == []
    assert [(own.title, own.text) for own in task().documents()] == [("Fern", prose("fern")), ("Alder", prose("alder"))]
    assert task().examples("test")[0].evidence == (task().documents()[1].id,)


@pytest.mark.parametrize("name", ["documents.json", "documents.jsonl"])
def test_fields_of_html_are_read_as_pages(kb, folder, task, name):
    kb.rmdir()
    rows = [{"id": f"h{n}", "text": f"<div><h2>Lamp {n}</h2><p>Of&nbsp;glass.</p><img src='x'></div>"} for n in (1, 2)]
    write(folder / name, json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows)))
    assert by_id(task())["h1"].text.replace("\u00a0", " ") == "## Lamp 1\n\nOf glass."
    assert "the texts of 2 of 2 documents are HTML: read as pages are" in remark(task(), "documents are HTML")
    rows += [{"id": f"p{n}", "text": f"Plain, number {n}, where a < b."} for n in range(4)]
    write(folder / name, json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows)))
    assert by_id(task())["h1"].text.startswith("<div>")
    assert "2 of 6 documents are HTML, and are kept as they are written" in remark(task(), "documents are HTML")
