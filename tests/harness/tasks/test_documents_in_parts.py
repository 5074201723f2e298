"""Documents with sections: evidence that names the whole counts for all its parts, however the parts are written."""

import json

import pytest

from harness.tasks.columns import DocumentColumns
from harness.tasks.knowledge.nested_json import nested_documents
from harness.types import EvidenceSpan
from tests.harness.tasks.making import rows_of, write_lines

SECTIONS = [("Warranty", "It lasts three long years."), ("Care", "Keep it dry and clean always.")]
WHOLE = [{"id": f"m{n}", "title": f"Kettle {n}"} for n in range(3)]


def parts(number, **more):
    return [{"heading": name, "text": f"{text} {number}", **more} for name, text in SECTIONS]


def flat(**more):
    return [
        {"doc_id": own["id"], "title": own["title"], "section": name, "text": f"{text} {n}", **more}
        for n, own in enumerate(WHOLE)
        for name, text in SECTIONS
    ]


LAYOUTS = {
    "list.json": [{**own, "sections": parts(n)} for n, own in enumerate(WHOLE)],
    "lines.jsonl": [{**own, "sections": parts(n)} for n, own in enumerate(WHOLE)],
    "lines of texts.jsonl": [{**own, "paragraphs": [one["text"] for one in parts(n)]} for n, own in enumerate(WHOLE)],
    "lines with ids.jsonl": [{**own, "sections": parts(n, id="s")[:1]} for n, own in enumerate(WHOLE)],
    "text.jsonl": [{**own, "text": parts(n)} for n, own in enumerate(WHOLE)],
    "own text.json": [{**own, "text": "An overview of it.", "sections": parts(n)} for n, own in enumerate(WHOLE)],
    "keys.json": {own["id"]: {"title": own["title"], "sections": dict(SECTIONS)} for own in WHOLE},
    "deep.json": {"kb": [{**own, "chapters": [{"name": "I", "sections": parts(n)}]} for n, own in enumerate(WHOLE)]},
    "rows.jsonl": [{"id": row["doc_id"], **row} for row in flat()],
    "numbered rows.jsonl": [{"id": f"c{n}", **row} for n, row in enumerate(flat())],
    "tree.jsonl": [
        *({**own, "text": "An overview."} for own in WHOLE),
        *({"id": f"c{n}", "parent_id": row["doc_id"], "text": row["text"]} for n, row in enumerate(flat())),
    ],
}


def write(folder, name, content):
    (folder / "documents.jsonl").unlink()
    if name.endswith("jsonl"):
        write_lines(folder / "documents.jsonl", content)
    else:
        (folder / "documents.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_id_of_the_whole_means_any_of_its_parts(folder, task, name):
    write(folder, name, LAYOUTS[name])
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence="m1"))
    built = task()
    assert built.problems() == []
    evidence = built.examples("test")[0].evidence
    texts = {own.id: own.text for own in built.documents()}
    told = [text for text in texts.values() if "three long years" in text or "dry and clean" in text]
    assert len(told) == len(LAYOUTS[name]) or len(told) == 6
    mine = [text for name in evidence if "overview" not in (text := texts[name])]
    assert len(mine) == len(told) / 3
    assert len(set(built.examples("test")[0].spans)) in (0, len(evidence))
    assert len({span.piece for span in built.examples("test")[0].spans}) <= 1
    assert any("part" in line for line in built.remarks())


def test_a_title_and_an_id_in_another_spelling_name_the_whole(folder, task):
    write(folder, "x.json", [{**own, "id": n, "sections": parts(n)} for n, own in enumerate(WHOLE)])
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence=["kettle 1"]))
    assert task().examples("test")[0].evidence == ("1/sections/1", "1/sections/2")
    write_lines(folder / "test.jsonl", rows_of("test", 3, evidence="001"))
    assert task().examples("test")[0].evidence == ("1/sections/1", "1/sections/2")
    assert "'001' is '1'" in "\n".join(task().remarks()) or "'001' has 2" in "\n".join(task().remarks())


def test_sections_keep_what_they_stand_in(tmp_path):
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(LAYOUTS["list.json"]))
    first = nested_documents(path, DocumentColumns(("id",), ("title",), ("text",))).rows[0]
    assert (first.values["title"], first.values["section"]) == ("Warranty", "Kettle 0")
    assert first.parents == ("m0", "Kettle 0")


def test_texts_and_facts_are_found_in_the_part_that_has_them(folder, task):
    long = [{**own, "sections": [*parts(n), {"heading": "More", "text": "no " * 300}]} for n, own in enumerate(WHOLE)]
    write(folder, "x.json", long)
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence="m1"))
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=[{"document": "m1", "text": "lasts three long"}]))
    assert task().examples("test")[0].spans == (EvidenceSpan("m1/sections/1", 3, 19),)
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence="m1", facts=["dry and clean"]))
    assert [span.document_id for span in task().examples("test")[0].spans] == ["m1/sections/2"]
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=[{"document": "m1", "start": 0, "end": 9}]))
    assert "gives offsets in 3 documents of one name" in task().problems()[0]


def test_a_single_file_of_text_is_named_as_a_whole(folder, task):
    (folder / "documents.jsonl").unlink()
    text = "# All\n\nFirst of all.\n\n## Lid\n\nOf steel.\n\n## Cord\n\nLong.\n"
    (folder / "manual.md").write_text(text)
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence="manual.md"))
    built = task(documents_file="manual.md")
    assert built.examples("test")[0].evidence == ("manual.md#all", "manual.md#lid", "manual.md#cord")
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence="manual.md#lid"))
    assert task(documents_file="manual.md").examples("test")[0].evidence == ("manual.md#lid",)


def test_the_same_id_twice_is_a_mistake_where_most_differ(folder, task):
    rows = [{"id": f"d{n}", "text": f"text {n}"} for n in range(9)]
    write_lines(folder / "documents.jsonl", [*rows, {"id": "d1", "text": "another"}])
    assert "document id 'd1' is already used" in "".join(task().problems())
    chunks = [{"id": own["id"], "chunk": 0, "text": own["text"]} for own in rows]
    write_lines(folder / "documents.jsonl", [*chunks, {"id": "d1", "chunk": 1, "text": "another"}])
    assert task().problems() == []
    assert [own.id for own in task().documents()][-1] == "d1/2"


def test_questions_and_people_beside_a_text_are_no_parts(folder, task):
    rows = [
        {"id": f"d{n}", "text": f"x {n}", "qas": [{"question": "what?", "answer": "a"}], "by": [{"name": "Jo"}]}
        for n in (1, 2)
    ]
    write_lines(folder / "documents.jsonl", rows)
    assert [own.id for own in task().documents()] == ["d1", "d2"]


@pytest.mark.parametrize("name", ["documents.json", "documents.jsonl"])
def test_what_is_nested_beyond_all_reason_is_no_document(folder, task, name):
    (folder / "documents.jsonl").unlink()
    deep = '{"id": "d1", "text": "x", "sections": ' + "[" * 700 + "]" * 700 + "}"
    (folder / name).write_text(deep + "\n" if name.endswith("l") else f"[{deep}]")
    assert [own.id for own in task().documents()] == ["d1"] or task().problems()
