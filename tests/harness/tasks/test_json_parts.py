"""One JSON file that holds a whole task: splits, documents, questions, wherever they stand in it."""

import json

import pytest

from harness.tasks.files.json_parts import NOTHING, documents_in, parts_of
from harness.types import SPLITS
from tests.harness.tasks.making import build_task

DOCUMENTS = [{"id": f"d{n}", "title": f"Thing {n}", "text": f"The thing {n} costs {7 * n} euro."} for n in range(30)]
ROWS = [
    {"question": f"What does the {kind} {n} cost?", "answer": f"{7 * n} euro", "evidence": f"d{n}"}
    for n, kind in enumerate(["kettle", "lamp", "drill", "pump", "fan", "clock"] * 5)
]
SPLIT = {"train": ROWS[:20], "validation": ROWS[20:24], "test": ROWS[24:]}
TEXTS = {own["id"]: own["text"] for own in DOCUMENTS}
LAYOUTS = {
    "beside": {"documents": DOCUMENTS, **SPLIT},
    "below data": {"version": "1.1", "data": SPLIT, "corpus": DOCUMENTS},
    "below splits": {"knowledge_base": DOCUMENTS, "splits": SPLIT},
    "documents below": {"data": {**SPLIT, "documents": DOCUMENTS}},
    "two below": {"dataset": {"name": "x", "splits": SPLIT}, "documents": DOCUMENTS},
    "people": {"info": {"authors": [{"name": "Jo"}, {"name": "Al"}]}, "documents": DOCUMENTS, **SPLIT},
    "texts by id": {"documents": TEXTS, **SPLIT},
    "objects by id": {"kb": {own["id"]: {"text": own["text"]} for own in DOCUMENTS}, "dataset": SPLIT},
    "columns": {"documents": DOCUMENTS, **{k: {c: [r[c] for r in v] for c in ROWS[0]} for k, v in SPLIT.items()}},
    "lists below": {"documents": DOCUMENTS, **{name: {"questions": rows} for name, rows in SPLIT.items()}},
    "by id": {"documents": DOCUMENTS, **{k: {f"{k}{n}": r for n, r in enumerate(v)} for k, v in SPLIT.items()}},
}


def build(tmp_path, content, **settings):
    path = tmp_path / "all.json"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return build_task("jsonl", dir=str(tmp_path), **settings)


def sizes(task):
    assert task.problems() == []
    return tuple(len(task.examples(split)) for split in SPLITS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_splits_and_documents_of_one_file(tmp_path, name):
    task = build(tmp_path, LAYOUTS[name])
    assert sizes(task) == (20, 4, 6)
    assert [own.text for own in task.documents()] == [own["text"] for own in DOCUMENTS]
    assert {own.id: own.evidence for own in task.examples("test")} == {
        own.id: (f"d{n}",) for n, own in zip(range(24, 30), task.examples("test"), strict=True)
    }
    assert any("is its knowledge base" in line for line in task.remarks())
    assert task.content_key() != build(tmp_path, {**LAYOUTS[name], "train": ROWS[:19]}).content_key()


@pytest.mark.parametrize(
    ("content", "wanted", "words"),
    [
        ({"data": {"train": ROWS[:20], "test": ROWS[20:]}}, (16, 4, 10), "'data.train', 'data.test' of one JSON"),
        ({"data": {"test": ROWS}}, (0, 0, 30), "'data.test' of one JSON object is a split"),
        ({"test": ROWS}, (0, 0, 30), "'test' of one JSON object is a split"),
        ({"train": ROWS}, (19, 5, 6), "the rows are the list 'train' of one JSON object"),
        ({"documents": DOCUMENTS, "questions": ROWS}, (19, 5, 6), "the rows are the list 'questions'"),
        ({"documents": DOCUMENTS, "test": ROWS}, (0, 0, 30), "'test' of one JSON object is a split"),
        ({str(n): row for n, row in enumerate(ROWS)}, (19, 5, 6), "turned into rows"),
    ],
    ids=range(7),
)
def test_other_objects(tmp_path, content, wanted, words):
    rows = json.loads(json.dumps(content).replace('"evidence"', '"unread"')) if "documents" not in content else content
    task = build(tmp_path, rows)
    assert sizes(task) == wanted
    assert any(words in line for line in task.remarks()), task.remarks()


@pytest.mark.parametrize("gold", [lambda n: [f"d{n}"], lambda n: {f"d{n}": 1, "d0": 0}])
def test_queries_and_relevant_documents(tmp_path, gold):
    content = {
        "corpus": TEXTS,
        "queries": {f"q{n}": row["question"] for n, row in enumerate(ROWS)},
        "relevant_docs": {f"q{n}": gold(n) for n in range(1, 30)} | {"q0": ["d0"]},
        "mode": "text",
    }
    task = build(tmp_path, content, columns__references=[])
    assert sum(sizes(task)) == 30
    assert all(own.evidence == (f"d{own.id[1:]}",) for split in SPLITS for own in task.examples(split))
    answered = build(tmp_path, {**content, "answers": {f"q{n}": row["answer"] for n, row in enumerate(ROWS)}})
    assert sum(sizes(answered)) == 30
    assert answered.examples("test")[0].references[0].endswith("euro")


def test_rows_name_their_lines_and_documents_theirs(tmp_path):
    content = {"data": SPLIT, "documents": [*DOCUMENTS, {"id": "x", "text": 5}]}
    content["data"]["test"][0] = {"question": 4, "answer": "a"}
    first, second = build(tmp_path, content).problems()
    lines = (tmp_path / "all.json").read_text().splitlines()
    assert '"question": 4' in lines[int(second.split(":")[1].split()[0])]
    assert '"text": 5' in lines[int(first.split(":")[1]) + 1]


def test_lists_that_are_not_told_apart_are_refused_with_the_names_that_would_do(tmp_path):
    (problem,) = build(tmp_path, {"faq": ROWS[:9], "examples": ROWS[9:]}).problems()
    assert "want one list of rows, or lists called train, validation, test and documents, got faq, examples" in problem


def test_documents_of_a_file_are_named_where_others_are_read(tmp_path):
    (tmp_path / "documents.jsonl").write_text("".join(json.dumps(own) + "\n" for own in DOCUMENTS))
    task = build(tmp_path, LAYOUTS["beside"])
    assert any(
        "not read: the documents 'documents' in all.json, as documents.jsonl is" in line for line in task.remarks()
    )
    (tmp_path / "documents.jsonl").unlink()
    task = build(tmp_path, LAYOUTS["beside"], documents_file=None, columns__evidence=[])
    assert any("as documents_file is null" in line for line in task.remarks())


def test_a_row_and_a_knowledge_base_are_no_whole_task(tmp_path):
    assert parts_of({"question": "q", "documents": DOCUMENTS, "train": ROWS}) == NOTHING
    assert parts_of({"documents": DOCUMENTS, "articles": DOCUMENTS}) == NOTHING
    path = tmp_path / "kb.json"
    path.write_text(json.dumps({"documents": DOCUMENTS}))
    assert documents_in(path) == ()


QUAYS = {"What does a berth cost?": "40 euros a night", "Who pilots large ships?": "the harbour pilots"}
LOCKS = {"When does the lock open?": "at six", "How deep is the lock?": "9 metres", "Who works there?": "two keepers"}


@pytest.mark.parametrize(
    ("content", "slices"),
    [
        ({"quays": QUAYS, "locks": LOCKS}, ["quays", "locks"]),
        ({"faq": {"quays": QUAYS, "locks": LOCKS}}, ["quays", "locks"]),
        ({"sea": {"quays": QUAYS}, "land": {"locks": LOCKS}}, ["sea / quays", "land / locks"]),
        ({"faq": QUAYS | LOCKS}, [""]),
    ],
    ids=["categories", "around all", "in categories", "one alone"],
)
def test_questions_below_categories(tmp_path, content, slices):
    task = build(tmp_path, content, validation_share=0)
    rows = [own for split in ("train", "test") for own in task.examples(split)]
    assert {own.input: own.references for own in rows} == {asked: (own,) for asked, own in (QUAYS | LOCKS).items()}
    assert {own.slice for own in rows} == set(slices)
    by_category = f" by category, which is the slice: {', '.join(slices)}" if slices != [""] else ""
    assert any(f"one JSON object of questions with their answers{by_category};" in line for line in task.remarks())


@pytest.mark.parametrize("beside", [{"version": "1"}, {"locks": {"deep": "9 metres", "wide": "6 metres", "old": "no"}}])
def test_objects_that_hold_other_things_than_questions_are_no_categories(tmp_path, beside):
    assert build(tmp_path, {"quays": QUAYS, **beside}).problems()


def test_splits_of_questions_below_categories_are_splits(tmp_path):
    task = build(tmp_path, {"train": {"quays": QUAYS, "locks": LOCKS}, "test": {"quays": QUAYS, "cranes": LOCKS}})
    assert "'train', 'test' of one JSON object are the splits" in "".join(task.remarks())
