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
