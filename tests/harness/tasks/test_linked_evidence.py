"""Gold documents as wikis, vector stores and knowledge sources name them, and folders as programs leave them."""

import json

import pytest

from harness.cli.looking import looked_at
from harness.types import SPLITS
from tests.harness.tasks.making import write_lines
from tests.harness.tasks.whole_tasks import HARBOUR

TITLES = ("Depth", "Quays", "Lock", "Pilots", "Berths", "Water")


def evidence(folder):
    task, _ = looked_at(folder, [])
    every = [own for split in SPLITS for own in task.data.splits[split]]
    return task, {own.text: own for own in every}


def write_pages(folder, name=lambda title: title):
    for title, (_, answer) in zip(TITLES, HARBOUR, strict=True):
        path = folder / f"{name(title)}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {title}\n\nOf this the harbour book says: {answer}.\n")


def write_questions(folder, **column):
    ((name, value),) = column.items()
    rows = [{"question": q, "answer": a, name: value(n, TITLES[n])} for n, (q, a) in enumerate(HARBOUR)]
    write_lines(folder / "questions.jsonl", rows)


@pytest.mark.parametrize("link", ["[[{}]]", "[[{}|the page]]", "[page](vault/{}.md)", "<vault/{}.md>"])
def test_links_name_their_pages(tmp_path, link):
    write_pages(tmp_path / "vault")
    write_questions(tmp_path, note=lambda n, title: link.format(title))
    _, found = evidence(tmp_path)
    assert found[HARBOUR[2][0]].evidence == ("Lock.md",)


def test_an_anchor_is_the_place_of_its_section(tmp_path):
    (tmp_path / "docs").mkdir()
    sections = "".join(f"## The {title} of Emden\n\n{a}\n\n" for title, (_, a) in zip(TITLES, HARBOUR, strict=True))
    (tmp_path / "docs" / "book.md").write_text(f"# Book\n\n{sections}")
    (tmp_path / "docs" / "other.md").write_text("# Other\n\nNothing.\n")
    write_questions(tmp_path, source=lambda n, title: f"docs/book.md#the-{title.lower()}-of-emden")
    task, found = evidence(tmp_path)
    (span,) = found[HARBOUR[2][0]].spans
    text = next(own.text for own in task.data.documents if own.id == span.document_id)
    assert text[span.start : span.end] == "## The Lock of Emden\n\nat six in the morning\n\n"
    assert "6 found by the heading behind #" in "\n".join(task.remarks())
    write_questions(tmp_path, source=lambda n, title: "docs/book.md#nowhere")
    _, found = evidence(tmp_path)
    assert (found[HARBOUR[2][0]].evidence, found[HARBOUR[2][0]].spans) == (("book.md",), ())


def test_a_table_that_lists_the_pages_beside_it_is_no_page(tmp_path):
    write_pages(tmp_path / "export", lambda title: f"Harbour 1a2b/{title} 3c4d")
    (tmp_path / "export" / "Harbour 1a2b.csv").write_text("Name,Owner\n" + "".join(f"{one},Ann\n" for one in TITLES))
    write_questions(tmp_path, page=lambda n, title: title)
    task, found = evidence(tmp_path)
    assert len(task.data.documents) == len(TITLES)
    assert len(found[HARBOUR[0][0]].evidence) == 1
    assert "a table that lists the pages in the folder of its name: Harbour 1a2b.csv" in "\n".join(task.remarks())


def test_what_programs_installed_is_no_knowledge(tmp_path):
    write_pages(tmp_path / "docs")
    write_pages(tmp_path / "docs" / "node_modules" / "pad")
    write_questions(tmp_path, page=lambda n, title: title)
    task, _ = evidence(tmp_path)
    assert len(task.data.documents) == len(TITLES)
    assert "docs: not read, as programs put it there: node_modules/" in "\n".join(task.remarks())


def test_lists_side_by_side_are_documents(tmp_path):
    store = {
        "ids": [f"c{n}" for n in range(6)],
        "embeddings": None,
        "documents": [f"The harbour book says: {a}." for _, a in HARBOUR],
        "metadatas": [{"page": n} for n in range(6)],
    }
    (tmp_path / "kb.json").write_text(json.dumps(store))
    write_questions(tmp_path, gold_ids=lambda n, title: [f"c{n}"])
    task, found = evidence(tmp_path)
    assert found[HARBOUR[5][0]].evidence == ("c5",)
    assert next(own.text for own in task.data.documents if own.id == "c5") == "The harbour book says: beside the crane."


def test_provenance_inside_of_answers_names_documents(tmp_path):
    source = [
        {"_id": str(70 + n), "wikipedia_title": title, "text": [f"{title}\n", f"{a}, says the book.\n"]}
        for n, (title, (_, a)) in enumerate(zip(TITLES, HARBOUR, strict=True))
    ]
    write_lines(tmp_path / "harbour_knowledgesource.jsonl", source)
    rows = [
        {
            "id": f"q{n}",
            "input": q,
            "output": [{"answer": a, "provenance": [{"wikipedia_id": str(70 + n)}]}, {"answer": "?"}],
        }
        for n, (q, a) in enumerate(HARBOUR)
    ]
    write_lines(tmp_path / "harbour-train-kilt.jsonl", rows)
    _, found = evidence(tmp_path)
    assert found[HARBOUR[3][0]].evidence == ("73",)


def test_of_two_tables_the_one_with_texts_is_the_knowledge_base(tmp_path):
    write_lines(
        tmp_path / "collection.jsonl",
        [{"id": f"d{n}", "contents": f"The book says: {a}."} for n, (_, a) in enumerate(HARBOUR)],
    )
    write_questions(tmp_path, docid=lambda n, title: f"d{n}")
    _, found = evidence(tmp_path)
    assert found[HARBOUR[4][0]].evidence == ("d4",)


def test_printed_lists_of_contexts_are_their_texts(tmp_path):
    lines = "".join(f'"{q}","{a}","[\'The harbour book says: {a}.\']"\n' for q, a in HARBOUR)
    (tmp_path / "rows.csv").write_text(f"user_input,reference,reference_contexts\n{lines}")
    task, _ = evidence(tmp_path)
    assert "The harbour book says: 9 metres." in {own.text for own in task.data.documents}


def test_texts_among_which_none_is_said_to_answer_are_documents_and_no_evidence(tmp_path):
    texts = [f"The harbour book says: {a}." for _, a in HARBOUR]
    rows = [{"question": q, "response": a, "documents": [texts[n], texts[n - 1]]} for n, (q, a) in enumerate(HARBOUR)]
    write_lines(tmp_path / "rows.jsonl", rows)
    task, found = evidence(tmp_path)
    assert {own.text for own in task.data.documents} == set(texts)
    assert found[HARBOUR[0][0]].evidence == ()


def test_columns_of_one_name_are_numbered_and_questions_are_not(tmp_path):
    lines = "".join(f"Ann: ok,{q},{a},Bob: done\n" for q, a in HARBOUR)
    (tmp_path / "rows.csv").write_text(f"Comment,question,answer,Comment\n{lines}")
    task, _ = evidence(tmp_path)
    assert "columns of one name are numbered: Comment 2" in "\n".join(task.remarks())


@pytest.mark.parametrize("sign", ["||", "::", "|~|", ";;"])
def test_delimiters_of_several_signs(tmp_path, sign):
    lines = "".join(f'{n}{sign}"{q}"{sign}"{a}{sign} or so"\n' for n, (q, a) in enumerate(HARBOUR))
    (tmp_path / "rows.csv").write_text(f"nr{sign}question{sign}answer\n{lines}")
    task, found = evidence(tmp_path)
    assert found[HARBOUR[0][0]].references == (f"9 metres{sign} or so",)
    assert f"delimiter {sign!r}" in "\n".join(task.remarks())


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("rows.txt", b'{"question": "q"}\n{"question": "r"}\n', "rows.txt holds rows: call it rows.jsonl"),
        ("rows.txt", "question\tanswer\nq\ta\nr\tb\n".encode("utf-16"), "rows.txt holds rows: call it rows.tsv"),
        ("rows.txt", b'Question,Answer\n"q, or r",a\ns,t\n', "rows.txt holds rows: call it rows.csv"),
        ("rows.txt", b"Well,\nsaid he,\nso be it,\n", "texts such as rows.txt are a knowledge base"),
        ("rows.feather", b"ARROW1", "pandas.read_feather("),
        ("rows.db", b"SQLite format 3", "sqlite3 -csv -header rows.db"),
        ("rows.pkl", b"\x80\x04", "runs code when it is opened"),
        ("FAQ.md", b"# FAQ\n", "texts such as FAQ.md are a knowledge base, and hold no examples"),
    ],
)
def test_what_to_do_with_files_of_other_kinds(tmp_path, name, content, cure):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Exception, match="no such file exists") as refused:
        looked_at(tmp_path, [])
    assert cure in str(refused.value)
