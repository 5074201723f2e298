"""Files of probes, as a user may write them, and what asking them changes."""

import json

import pytest

from harness.errors import DataError
from harness.studies.changed import scored_as
from harness.studies.interventions.probe import Probe
from harness.studies.probes import read_probe
from harness.tasks.task import training_task
from tests.harness.studies.fakes import SmallTask

ROW = {"instruction": "Answer.", "input": "How far is the moon?", "references": ["384,400 km"]}


def written(folder, rows, name="space.jsonl"):
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def probe(path, **fields):
    return Probe(**{"file": path, "passages": "none", "questions": 9, "max_new_tokens": 32, **fields})


def test_a_file_of_json_lines(tmp_path):
    more = {**ROW, "facts": "384,400", "choices": ["384,400 km", "2 km"], "group": "moon"}
    found = read_probe(written(tmp_path, [ROW, more]))
    assert (found.name, found.instruction) == ("space", "Answer.")
    first, second = found.examples
    assert (first.id, first.references, first.facts, first.choices) == ("space-0001", ("384,400 km",), (), ())
    assert (second.facts, second.choices, second.group) == (("384,400",), ("384,400 km", "2 km"), "moon")


def test_a_table(tmp_path):
    path = tmp_path / "space.csv"
    path.write_text('instruction,input,references\nAnswer.,How far is the moon?,"384,400 km"\n', encoding="utf-8")
    assert read_probe(str(path)).examples[0].references == ("384,400 km",)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{**ROW, "references": []}], "nothing in column references"),
        ([{"question": "How far?", "answer": "far"}], "nothing in column instruction"),
        ([ROW, {**ROW, "instruction": "Sum up."}], "2 instructions"),
        ([{**ROW, "choices": ["1 km", "2 km"]}], "no choice is a reference"),
        ([], "want the columns instruction, input and references"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, rows, words):
    path = written(tmp_path, rows)
    with pytest.raises(DataError, match=words):
        read_probe(path)
    assert words in probe(path).refuses(SmallTask())


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert "study.values.probe=[FILE]" in probe(str(tmp_path / "none.jsonl")).refuses(SmallTask())


def test_questions_are_the_probes_and_adapters_those_of_the_task(tmp_path):
    task, path = SmallTask(), written(tmp_path, [{**ROW, "input": f"How far is moon {n}?"} for n in range(12)])
    changed = probe(path).apply(task)
    asked = changed.examples("test")
    assert len(asked) == 9
    assert {one.withheld for one in asked} == {"all"}
    assert {one.withheld for one in probe(path, passages="shown").apply(task).examples("test")} == {""}
    assert (changed.instruction, changed.max_new_tokens) == ("Answer.", 32)
    assert changed.documents() is task.documents()
    assert training_task(changed) is task
    assert (training_task(changed).instruction, scored_as(task, changed)) == (task.instruction, changed)
    assert probe(path).label == "space"
    assert probe(path, passages="shown").settings == {"probe": "space", "passages": "shown"}


def test_a_question_that_was_trained_on_is_refused(tmp_path):
    task = SmallTask()
    path = written(tmp_path, [ROW, {**ROW, "input": task.examples("train")[0].input}])
    assert "1 questions of probe space are in train" in probe(path).refuses(task)
    assert probe(written(tmp_path, [ROW], "moon.jsonl")).refuses(task) == ""
