"""Tests of prompts as a table (promptfoo): assertions in cells are taken apart, and their values are the references."""

import csv

import pytest

from harness.tasks.formats.assertion_cells import asserted
from tests.harness.tasks.whole_tasks import HARBOUR, answers, examples, right, said, task_of


def table(folder, header, rows, **settings):
    with (folder / "cases.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return task_of(folder, (folder / "cases.csv").read_text(), "cases.csv", **settings)


@pytest.mark.parametrize(
    ("cell", "name", "value"),
    [
        ("9 metres", "equals", "9 metres"),
        ("equals: 9 metres", "equals", "9 metres"),
        ("contains:9 metres, at least", "contains", "9 metres, at least"),
        ("icontains-any: red, crimson", "icontains-any", ["red", "crimson"]),
        ("not-contains-all:red,blue", "not-contains-all", "red,blue"),
        ("similar(0.8): nine metres\ndeep", "similar", "nine metres\ndeep"),
        ("grade: is polite", "llm-rubric", "is polite"),
        ("is-json", "is-json", ""),
        ("Note: the lock is closed", "equals", "Note: the lock is closed"),
        ("costs 9 euros", "equals", "costs 9 euros"),
        ("file://a.txt", "equals", "file://a.txt"),
    ],
)
def test_an_assertion_is_taken_apart(cell, name, value):
    assert asserted(cell) == {"type": name, "value": value}


@pytest.mark.parametrize("before", ["equals: ", "icontains:", "contains-any: ", "similar(0.9):", ""])
@pytest.mark.parametrize("told", [{}, {"columns__input": ["question"]}])
def test_values_of_assertions_are_the_references(tmp_path, before, told):
    task = table(tmp_path, ["question", "__expected"], [(q, before + a) for q, a in HARBOUR], **told)
    assert answers(task) == right()
    assert "question is read as input" in said(task)


def test_what_is_no_answer_is_left_out_and_said(tmp_path):
    header = ["question", "__expected1", "__expected2", "__description", "__metadata:topic"]
    first = ["llm-rubric: says 9 metres", *(f"contains:{answer}" for _, answer in HARBOUR[1:])]
    rows = [(q, own, "not-contains:sorry", "d", "m") for (q, _), own in zip(HARBOUR, first, strict=True)]
    task = table(tmp_path, header, rows)
    assert answers(task) == {**right(), HARBOUR[0][0]: ()}
    assert "values of contains references, assertions not read: llm-rubric (1), not-contains (6)" in said(task)
    assert "not read: __description, __metadata:topic" in said(task)


def test_several_values_that_an_answer_must_contain_are_facts(tmp_path):
    rows = [(q, f"contains-all: {a}, quay", "icontains:crane") for q, a in HARBOUR]
    row = examples(table(tmp_path, ["question", "__expected1", "__expected2"], rows))[HARBOUR[0][0]]
    assert row.facts == ("9 metres", "quay", "crane")


@pytest.mark.parametrize("told", [{}, {"columns__input": ["harbour"]}])
def test_the_only_variable_is_what_is_asked_whatever_its_name_is(tmp_path, told):
    task = table(tmp_path, ["harbour", "__expected"], [(q, f"equals:{a}") for q, a in HARBOUR], **told)
    assert answers(task) == right()


def test_a_told_column_of_references_is_read_as_it_is(tmp_path):
    told = {"columns__input": ["question"], "columns__references": ["__expected"]}
    task = table(tmp_path, ["question", "__expected"], [(q, f"equals:{a}") for q, a in HARBOUR], **told)
    assert answers(task) == {q: (f"equals:{a}",) for q, a in HARBOUR}
