"""Sets made for other programs: answers that are judged or preferred, segments, and descriptions beside the rows."""

import json

import pytest

from tests.harness.tasks.making import build_task, write_lines

ASKED = [f"Which gate opens for train number {n}?" for n in range(12)]


def said(n):
    return f"For that train it is gate {n}, on the left."


def turns(n):
    return [{"role": "user", "content": ASKED[n]}, {"role": "assistant", "content": said(n)}]


def examples(folder, rows, **settings):
    write_lines(folder / "train.jsonl", rows)
    task = build_task("jsonl", dir=str(folder), **settings)
    assert list(task.problems()) == []
    return task, [one for split in ("train", "validation", "test") for one in task.examples(split)]


@pytest.mark.parametrize("name", ["label", "kto_tag"])
def test_turns_that_are_judged_wrong_are_left_out(tmp_path, name):
    rows = [{"messages": turns(n), name: n % 3 > 0} for n in range(12)]
    task, found = examples(tmp_path, rows)
    assert {own.references[0] for own in found} == {said(n) for n in range(12) if n % 3}
    assert any(f"rows whose {name} is False are left out (4 rows)" in line for line in task.remarks())


def test_instructions_whose_output_is_judged_wrong_are_left_out(tmp_path):
    rows = [{"instruction": ASKED[n], "input": "", "output": said(n), "label": n % 2 > 0} for n in range(12)]
    assert len(examples(tmp_path, rows)[1]) == 6


def test_numbers_and_words_beside_turns_are_classes(tmp_path):
    rows = [{"messages": turns(n), "label": n % 2} for n in range(12)]
    assert len(examples(tmp_path, rows)[1]) == 12


def test_the_preferred_output_answers_an_object_of_turns(tmp_path):
    rows = [
        {
            "input": {"messages": turns(n)[:1], "tools": []},
            "preferred_output": turns(n)[1:],
            "non_preferred_output": [{"role": "assistant", "content": "No."}],
        }
        for n in range(12)
    ]
    _, found = examples(tmp_path, rows)
    assert {(own.input, own.references) for own in found} == {(ASKED[n], (said(n),)) for n in range(12)}


def test_segments_that_are_learnt_are_the_turns_of_the_assistant(tmp_path):
    rows = [
        {"segments": [{"label": False, "text": f"<s>{ASKED[n]}"}, {"label": True, "text": f"{said(n)}</s>"}]}
        for n in range(12)
    ]
    _, found = examples(tmp_path, rows)
    assert {(own.input, own.references) for own in found} == {(ASKED[n], (said(n),)) for n in range(12)}


def test_a_description_of_files_is_no_file_of_examples(tmp_path):
    (tmp_path / "rows.json").write_text(json.dumps([{"inputs": ASKED[n], "targets": said(n)} for n in range(12)]))
    (tmp_path / "info.json").write_text(json.dumps({"mine": {"file_name": "rows.json", "columns": {"prompt": "a"}}}))
    task = build_task("jsonl", dir=str(tmp_path))
    assert list(task.problems()) == []
    assert "the only file with examples, rows.json, serves as train" in task.remarks()
    assert "not read, as no list of rows is in it: info.json" in task.remarks()
    assert len(task.examples("train")) + len(task.examples("validation")) + len(task.examples("test")) == 12


def marked(folder, answers):
    rows = [{"question": ASKED[n], "answer": answer} for n, answer in enumerate(answers)]
    return "\n".join(examples(folder, rows)[0].remarks())


@pytest.mark.parametrize("mark", ["END", "###", "</s>", "[STOP]"])
def test_marks_of_the_end_are_said(tmp_path, mark):
    assert f"all 12 references end with {mark!r}" in marked(tmp_path, [f"{said(n)} {mark}" for n in range(12)])


def test_units_and_signs_of_sentences_are_no_marks_of_the_end(tmp_path):
    assert "look" not in marked(tmp_path, [f"{n} EUR" for n in range(12)])


def test_results_behind_a_way_are_said(tmp_path):
    found = marked(tmp_path, [f"Two and {n} make {n + 2}.\n#### {n + 2}" for n in range(12)])
    assert "12 references give a way and, behind '####', the result" in found


def test_labels_that_are_numbers_are_said(tmp_path):
    found = marked(tmp_path, [str(n % 3 - 1) for n in range(12)])
    assert "the labels are numbers (0, 1, -1)" in found
    assert "-1 often means" in found


def test_an_object_of_named_rows_is_no_object_of_columns(tmp_path):
    rows = {str(900 + n): {"QUESTION": ASKED[n], "ANSWER": said(n), "YEAR": "2011"} for n in range(12)}
    (tmp_path / "all.json").write_text(json.dumps(rows))
    task = build_task("jsonl", dir=str(tmp_path))
    assert list(task.problems()) == []
    assert {own.references[0] for own in task.examples("train")} <= {said(n) for n in range(12)}


def test_splits_that_are_objects_of_columns_are_no_named_rows(tmp_path):
    columns = {"question": ASKED, "answer": [said(n) for n in range(12)]}
    halves = {"train": slice(0, 9), "test": slice(9, 12)}
    parts = {split: {name: cells[half] for name, cells in columns.items()} for split, half in halves.items()}
    (tmp_path / "all.json").write_text(json.dumps(parts))
    task = build_task("jsonl", dir=str(tmp_path))
    assert list(task.problems()) == []
    assert len(task.examples("test")) == 3
