"""Lists of objects inside rows: they are examples only where they ask and answer themselves."""

import json

import pytest

from tests.harness.tasks.making import build_task

QA = [
    ("How long is the ferry to Borkum?", "About two hours by the large ship."),
    ("Where do bicycles stand on board?", "On the car deck, behind the rail."),
    ("Which pier do we leave from?", "From the outer pier of the harbour."),
    ("May dogs come along?", "Yes, on a short leash and for a ticket."),
]
SHAPES = {
    "snippets": lambda q, a: {"body": q, "snippets": [{"text": f"Found: {a}"}, {"text": "Else."}], "answer": a},
    "sources": lambda q, a: {"ask": q, "sources": [{"content": f"Found: {a}", "url": "u"}], "answer": a},
    "reviews": lambda q, a: {"reviews": [{"text": f"{q} So I asked.", "stars": 5}, {"text": "Fine."}], "summary": a},
    "turns": lambda q, a: {"id": q[:9], "turns": [{"by": "A", "text": q}, {"by": "B", "text": "Hm."}], "summary": a},
    "answers": lambda q, a: {"question": {"text": q}, "answers": [{"text": a, "tokens": [a]}, {"text": "Or so."}]},
}
OFFERED = {
    "snippets": "task.columns.input=[body]",
    "sources": "task.columns.input=[ask]",
    "reviews": "task.columns.input=[reviews.text]",
    "turns": "task.columns.input=[turns.text]",
    "answers": "task.columns.input=[question.text]",
}


def task_of(folder, rows, **settings):
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return build_task("jsonl", dir=str(folder), splits__validation=None, splits__test=None, **settings)


@pytest.mark.parametrize("shape", SHAPES)
def test_lists_beside_the_answer_of_a_row_are_not_its_rows(tmp_path, shape):
    rows = [SHAPES[shape](*pair) for pair in QA]
    problems = task_of(tmp_path, rows).problems()
    assert OFFERED[shape] in "".join(problems)
    told = OFFERED[shape].partition("[")[2].rstrip("]")
    task = task_of(tmp_path, rows, columns__input=[told], columns__id=[])
    assert not task.problems()
    assert len([own for split in task.data.splits.values() for own in split]) == len(QA)
    assert {own.references[0] for split in task.data.splits.values() for own in split} == {a for _, a in QA}


def test_texts_of_answers_are_no_questions_where_no_references_are_wanted(tmp_path):
    rows = [SHAPES["answers"](*pair) for pair in QA]
    assert "task.columns.input=[question.text]" in "".join(task_of(tmp_path, rows, columns__references=[]).problems())


def test_lists_that_ask_and_answer_by_other_names_are_rows(tmp_path):
    rows = [{"topic": q[:5], "items": [{"frage_text": q, "loesung_text": a}] * 2} for q, a in QA]
    problems = "".join(task_of(tmp_path, rows).problems())
    assert "task.columns.input=[frage_text]" in problems
    told = {"columns__input": ["frage_text"], "columns__references": ["loesung_text"]}
    assert not task_of(tmp_path, rows, **told).problems()


NOTED = [
    {
        "text": f"Invoice {n} from {firm} over {9 * n} EUR",
        "entities": [{"label": "firm", "text": firm}, {"label": "money", "text": f"{9 * n} EUR"}] if n else [],
    }
    for n, firm in enumerate(["Mixer Ltd", "Kettle and Sons", "Lamp Works", "Drill Ltd", "Fan Ltd", "Pump Ltd"])
]
REMARKS = [{**row, "entities": [{"text": f"Remark {n} is vague", "label": "style"}] * 2} for n, row in enumerate(NOTED)]
KEYS = "task.columns.input=[text] task.columns.references="


def every(task):
    assert not task.problems()
    return [own for split in task.data.splits.values() for own in split]


@pytest.mark.parametrize("rows", [NOTED, REMARKS], ids=["entities", "remarks"])
def test_notes_on_a_text_are_no_rows_that_hide_it(tmp_path, rows):
    (problem,) = task_of(tmp_path, rows).problems()
    assert "the rows have text, and so have the objects in their entities" in problem
    assert f"set {KEYS}[entities] " in problem
    assert f"{KEYS}[entities.label] " in problem
    told = {"columns__input": ["text"], "columns__id": []}
    found = every(task_of(tmp_path, rows, **told, columns__references=["entities"]))
    lists = {row["text"]: row["entities"] for row in rows}
    assert {own.input: json.loads(own.references[0]) for own in found} == lists
    found = every(task_of(tmp_path, rows, **told, columns__references=["entities.label"]))
    assert {own.input: list(own.references) for own in found} == {
        asked: [note["label"] for note in notes] for asked, notes in lists.items()
    }


@pytest.mark.parametrize(
    "shape",
    [
        lambda q, a: {"text": f"The harbour. {a}", "questions": [{"text": q, "answer": a}] * 2},
        lambda q, a: {"text": f"The harbour. {a}", "items": [{"text": q, "answer": a}] * 2},
        lambda q, a: {"question": f"The harbour. {a}", "items": [{"question": q.rstrip("?"), "answer": a}] * 2},
    ],
    ids=["name of the list", "questions", "name of the field"],
)
def test_lists_that_ask_are_rows_and_the_text_around_them_is_named(tmp_path, shape):
    task = task_of(tmp_path, [shape(*pair) for pair in QA])
    assert {(own.input.rstrip("?"), own.references) for own in every(task)} == {(q.rstrip("?"), (a,)) for q, a in QA}
    outer = next(iter(shape(*QA[0])))
    assert f"not read: outer_{outer}" in "".join(task.remarks())


def test_a_field_of_the_row_around_that_its_items_have_too_plays_no_role(tmp_path):
    rows = [
        {"id": n, "title": q, "items": [{"id": f"{n}a", "title": "T", "q": q, "a": a}]} for n, (q, a) in enumerate(QA)
    ]
    task = task_of(tmp_path, rows)
    assert {own.id for own in every(task)} == {"0a", "1a", "2a", "3a"}
    assert "not read: title, outer_id, outer_title" in "".join(task.remarks())
