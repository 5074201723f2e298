"""Objects in print in the cells of tables, as tracing programs export them: opened where they ask, else answers."""

import csv
import io
import json

import pytest

from harness.tasks.split_names import split_called
from tests.harness.tasks.whole_tasks import HARBOUR, answers, right, said, task_of


def table(folder, rows, **settings):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return task_of(folder, text.getvalue(), "rows.csv", **settings)


def langsmith(written, **more):
    return [
        {"id": f"u{n}", "inputs": written({"question": q}), "outputs": written({"answer": a}), "metadata": "{}", **more}
        for n, (q, a) in enumerate(HARBOUR)
    ]


SHAPES = {
    "inputs and outputs": langsmith(json.dumps),
    "repr": langsmith(repr),
    "input and expectedOutput": [
        {"input": json.dumps({"query": q}), "expectedOutput": json.dumps({"answer": a}), "status": "ACTIVE"}
        for q, a in HARBOUR
    ],
    "a plain answer": [{"input": json.dumps({"query": q}), "expected_output": a} for q, a in HARBOUR],
    "turns": [
        {"inputs": json.dumps({"messages": [{"role": "user", "content": q}]}), "outputs": json.dumps({"answer": a})}
        for q, a in HARBOUR
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_objects_that_ask_and_answer_are_opened(tmp_path, shape):
    task = table(tmp_path, SHAPES[shape])
    assert answers(task) == right()
    opened = [name for name, cell in SHAPES[shape][0].items() if cell.startswith("{") and name != "metadata"]
    assert f"the cells of {', '.join(opened)} hold objects, which are opened" in said(task)


def test_the_same_in_json_lines(tmp_path):
    assert answers(task_of(tmp_path, langsmith(json.dumps))) == right()


@pytest.mark.parametrize("told", [{}, {"columns__input": ["question"]}])
def test_an_answer_in_json_beside_a_plain_question_stays_json(tmp_path, told):
    rows = [{"question": q, "answer": json.dumps({"answer": a, "sure": True})} for q, a in HARBOUR]
    task = table(tmp_path, rows, **told)
    assert answers(task) == {q: (row["answer"],) for (q, _), row in zip(HARBOUR, rows, strict=True)}
    assert "references are JSON" in said(task)


def test_an_object_without_a_question_is_what_is_asked(tmp_path):
    rows = [{"input": json.dumps({"topic": q, "words": 9}), "output": a} for q, a in HARBOUR]
    assert answers(table(tmp_path, rows)) == {row["input"]: (row["output"],) for row in rows}


def test_an_answer_of_several_fields_beside_a_question_in_an_object_is_json(tmp_path):
    rows = [{"input": json.dumps({"question": q}), "output": json.dumps({"name": a, "sure": 1})} for q, a in HARBOUR]
    assert answers(table(tmp_path, rows)) == {q: (row["output"],) for (q, _), row in zip(HARBOUR, rows, strict=True)}


def test_an_answer_in_an_object_stays_as_it_is_written(tmp_path):
    rows = [
        {"prompt": json.dumps({"text": q, "id": n}), "completion": f'{{"total":{n}.50, "answer of": "{n}"}}'}
        for n, (q, _) in enumerate(HARBOUR)
    ]
    assert answers(table(tmp_path, rows)) == {
        q: (row["completion"],) for (q, _), row in zip(HARBOUR, rows, strict=True)
    }


def test_objects_with_numbers_for_names_are_texts(tmp_path):
    rows = [{"question": q, "answer": repr({1: a, 2: "x"})} for q, a in HARBOUR]
    assert answers(table(tmp_path, rows)) == {row["question"]: (row["answer"],) for row in rows}


def test_lists_of_sources_beside_an_answer_are_not_the_answer(tmp_path):
    rows = [{"question": q, "answer": a, "references": [{"title": "Guide", "url": "x"}]} for q, a in HARBOUR]
    assert "[{" not in json.dumps([own.references for own in task_of(tmp_path, rows).data.splits.get("train", [])])


def test_a_list_of_texts_with_their_places_is_a_list_of_answers(tmp_path):
    rows = [{"question": q, "answers": [{"text": a, "answer_start": 3}]} for q, a in HARBOUR]
    task = task_of(tmp_path, rows, columns__references=["answers"])
    found = task.problems() or answers(task)
    assert found == right() or any("answers" in line for line in found)


@pytest.mark.parametrize(
    ("told", "asked", "answered"),
    [
        ({"columns__input": ["input.question"]}, lambda row: json.loads(row["input"])["question"], "plain"),
        ({"columns__input": ["input.hint"]}, lambda row: json.loads(row["input"])["hint"], "plain"),
        ({"columns__references": ["output"]}, lambda row: json.loads(row["input"])["question"], "json"),
        ({"format": "columns", "columns__references": ["output"]}, lambda row: row["input"], "json"),
    ],
    ids=["a dot", "another dot", "whole answer", "as they are"],
)
def test_keys_reach_into_objects_and_name_whole_ones(tmp_path, told, asked, answered):
    rows = [
        {
            "id": n,
            "input": json.dumps({"question": q, "hint": f"Hint {n} on this."}),
            "output": json.dumps({"answer": a}),
        }
        for n, (q, a) in enumerate(HARBOUR)
    ]
    task = table(tmp_path, rows, **told)
    wanted = {"plain": lambda row: json.loads(row["output"])["answer"], "json": lambda row: row["output"]}[answered]
    assert answers(task) == {asked(row): (wanted(row),) for row in rows}


def test_a_dot_reaches_into_an_answer_beside_a_plain_question(tmp_path):
    rows = [{"question": q, "answer": json.dumps({"value": a, "source": "x"})} for q, a in HARBOUR]
    assert answers(table(tmp_path, rows, columns__references=["answer.value"])) == right()


def test_where_no_field_has_a_name_for_it_those_inside_are_named(tmp_path):
    rows = [{"case": json.dumps({"frage_text": q, "loesung_text": a})} for q, a in HARBOUR]
    problems = "\n".join(table(tmp_path, rows).problems())
    assert "task.columns.input=[case.frage_text]" in problems
    assert "task.columns.references=[case.loesung_text]" in problems
    told = {"columns__input": ["case.frage_text"], "columns__references": ["case.loesung_text"], "columns__id": []}
    assert answers(table(tmp_path, rows, **told)) == right()


def test_a_column_of_which_some_cells_hold_other_things_is_not_opened(tmp_path):
    rows = [{"input": json.dumps({"question": q}) if n else q, "output": a} for n, (q, a) in enumerate(HARBOUR)]
    assert answers(table(tmp_path, rows)) == {row["input"]: (row["output"],) for row in rows}


def test_lists_with_the_name_of_a_split_say_which_split_a_row_is_of(tmp_path):
    rows = langsmith(json.dumps)
    rows = [{**row, "splits": json.dumps(["test" if n > 3 else "train"])} for n, row in enumerate(rows)]
    task = table(tmp_path, rows, validation_share=0)
    assert answers(task) == right()
    assert "the column splits says which split a row is of: train 4, test 2 rows" in said(task)


def test_names_of_splits_are_never_offered_as_answers(tmp_path):
    rows = [{"question": q, "part": json.dumps(["test" if n > 3 else "train"])} for n, (q, _) in enumerate(HARBOUR)]
    problems = "\n".join(table(tmp_path, rows).problems())
    assert "no column is called 'references'" in problems
    assert "part]" not in problems
    assert "such as part" not in problems


@pytest.mark.parametrize(
    ("value", "split"),
    [('["train"]', "train"), (["dev"], "validation"), ("['Test']", "test"), ('["train", "test"]', None), ("[]", None)],
)
def test_a_list_with_one_name_means_a_split(value, split):
    assert split_called(value) == split
