"""Splits of several files: lists, patterns, numbered parts, and data that lie one folder below."""

import pytest

from harness.types import SPLITS
from tests.harness.tasks.making import build_task, write_lines
from tests.harness.tasks.whole_tasks import HARBOUR, said


def rows(first, last, **more):
    return [{"question": q, "answer": a, **more} for q, a in HARBOUR[first:last]]


def sizes(task):
    assert task.problems() == []
    return tuple(len(task.data.splits.get(split, ())) for split in SPLITS)


def task_in(folder, **settings):
    return build_task("jsonl", dir=str(folder), validation_share=0, **settings)


@pytest.mark.parametrize("told", [["may.jsonl", "june.jsonl"], ["may", "june"], "m*y.jsonl june", "*u*.jsonl"])
def test_files_that_are_named_are_one_split(tmp_path, told):
    for name, part in (("may", rows(0, 2)), ("june", rows(2, 4)), ("july", rows(4, 6))):
        write_lines(tmp_path / f"{name}.jsonl", part)
    told = told.split() if isinstance(told, str) and " " in told else told
    test = "july" if isinstance(told, list) else "may"
    task = task_in(tmp_path, splits__train=told, splits__test=test)
    assert sizes(task) == (4, 0, 2)
    assert "the train split is ju" in said(task) or "the train split is may.jsonl, june.jsonl together" in said(task)


def test_a_file_of_a_list_that_is_not_there_and_one_in_two_splits_are_named(tmp_path):
    write_lines(tmp_path / "may.jsonl", rows(0, 4))
    write_lines(tmp_path / "test.jsonl", rows(4, 6))
    (problem,) = task_in(tmp_path, splits__train=["may", "june"]).problems()
    assert "june{.jsonl" in problem
    (problem,) = task_in(tmp_path, splits__train=["may", "test"]).problems()
    assert "test.jsonl is both the train and the test split" in problem


def test_every_file_of_a_split_is_in_the_key_and_the_record(tmp_path):
    for name, part in (("a", rows(0, 2)), ("b", rows(2, 4)), ("test", rows(4, 6))):
        write_lines(tmp_path / f"{name}.jsonl", part)
    task = task_in(tmp_path, splits__train=["a", "b"])
    assert task.provenance()["files"].keys() == {"train", "train part 2", "test"}
    before = task.content_key()
    write_lines(tmp_path / "b.jsonl", rows(2, 3))
    assert task_in(tmp_path, splits__train=["a", "b"]).content_key() != before


def test_ids_that_start_anew_in_each_file_get_its_name(tmp_path):
    for name, part in (("a", rows(0, 2)), ("b", rows(2, 4)), ("test", rows(4, 6))):
        write_lines(tmp_path / f"{name}.jsonl", [{**row, "id": n} for n, row in enumerate(part)])
    task = task_in(tmp_path, splits__train=["a", "b"])
    assert sizes(task) == (4, 0, 2)
    assert {own.id for own in task.examples("train")} == {"a-0", "a-1", "b-0", "b-1"}
    assert "ids start anew in each file" in said(task)
    write_lines(tmp_path / "b.jsonl", [{**row, "id": n} for n, row in enumerate(rows(0, 2))])
    assert any("id '0' is already used" in line for line in task_in(tmp_path, splits__train=["a", "b"]).problems())


def test_numbered_parts_are_read_together_and_a_missing_one_is_named(tmp_path):
    for n, part in enumerate((rows(0, 2), rows(2, 4))):
        write_lines(tmp_path / "data" / f"train-0000{n}-of-00002.jsonl", part)
    write_lines(tmp_path / "data" / "test-00000-of-00001.jsonl", rows(4, 6))
    (tmp_path / "README.md").write_text("# A data set\n")
    task = task_in(tmp_path)
    assert sizes(task) == (4, 0, 2)
    assert "the data files lie one below, in data/" in said(task)
    (tmp_path / "data" / "train-00001-of-00002.jsonl").unlink()
    (problem,) = task_in(tmp_path).problems()
    assert "train-00000-of-00002.jsonl is a part of the train split, and 1 of 2 parts are there" in problem


def test_parts_in_a_folder_of_the_split_are_read_together(tmp_path):
    for n, part in enumerate((rows(0, 2), rows(2, 4))):
        write_lines(tmp_path / "train" / f"{n:04}.jsonl", part)
    write_lines(tmp_path / "test" / "0000.jsonl", rows(4, 6))
    assert sizes(task_in(tmp_path)) == (4, 0, 2)


def test_a_folder_below_with_documents_is_a_task_of_its_own(tmp_path):
    write_lines(tmp_path / "data" / "train.jsonl", rows(0, 6))
    write_lines(tmp_path / "data" / "documents.jsonl", [{"id": "d", "title": "T", "text": "The harbour is deep."}])
    (problem,) = task_in(tmp_path).problems()
    assert f"set task.dir={tmp_path / 'data'}" in problem


def test_of_several_folders_below_none_is_taken_and_no_test_file_is_offered_for_training(tmp_path):
    for name in ("en", "fr"):
        write_lines(tmp_path / name / "test.jsonl", rows(0, 6))
    (problem,) = task_in(tmp_path).problems()
    assert f"data files lie one below, in en/, fr/: set task.dir={tmp_path / 'en'}, or to another" in problem


def test_what_is_left_in_a_folder_below_is_named(tmp_path):
    for name in ("train", "test", "extra"):
        write_lines(tmp_path / "data" / f"{name}.jsonl", rows(0, 3) if name == "train" else rows(3, 6))
    assert "not read: data/extra.jsonl" in said(task_in(tmp_path))


def test_files_of_alike_columns_are_offered_as_one_split(tmp_path):
    for n in range(3):
        write_lines(tmp_path / f"2025-0{n + 1}.jsonl", rows(2 * n, 2 * n + 2))
    (problem,) = task_in(tmp_path).problems()
    key = "task.splits.train=[2025-01.jsonl,2025-02.jsonl,2025-03.jsonl]"
    assert problem.endswith(f"parts of one set are read together by {key}")
