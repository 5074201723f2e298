"""Rows that ask the same thing and answer it otherwise are said, with the place of two."""

import pytest

from tests.harness.tasks.making import build_task, write_lines


def remark_of(folder, **settings):
    task = build_task("jsonl", dir=str(folder), **settings)
    assert task.problems() == []
    return next((line for line in task.remarks() if "contradict another one" in line), "")


def asked(answers, first="How many live in Belvale?"):
    rows = [{"input": f"Who built house {n}?", "references": [f"builder {n}"]} for n in range(16)]
    return rows + [{"input": first, "references": list(own)} for own in answers]


def test_a_question_with_two_answers_is_said_with_both_places(tmp_path):
    write_lines(tmp_path / "train.jsonl", asked([["about 300"], ["nobody since 1900"]]))
    line = remark_of(tmp_path)
    assert line.startswith("2 of 18 rows (11.1 %) contradict another one: 1 question has several rows")
    assert "as train.jsonl:17 ('about 300') and " in line
    assert "train.jsonl:18 ('nobody since 1900')" in line


def test_the_rows_may_be_of_two_splits(tmp_path):
    write_lines(tmp_path / "train.jsonl", asked([["three"]]))
    write_lines(tmp_path / "test.jsonl", asked([["seven"]], "how many  live in Belvale")[-1:])
    line = remark_of(tmp_path, validation_share=0)
    assert "as train.jsonl:17 ('three') and " in line
    assert "test.jsonl:1 ('seven')" in line


@pytest.mark.parametrize(
    "answers",
    [
        [["three hundred"], ["Three hundred people"]],
        [["3", "three"], ["three"]],
        [["colour"], ["Colour."]],
        [
            ["Please restart the grey machine and wait until its lamp turns green again."],
            ["To mend this, restart your machine, then wait for the lamp: it becomes green once ready."],
        ],
    ],
)
def test_other_words_are_no_contradiction(tmp_path, answers):
    write_lines(tmp_path / "train.jsonl", asked(answers))
    assert remark_of(tmp_path) == ""


def test_one_question_on_two_texts_is_no_contradiction(tmp_path):
    rows = asked([["three"], ["seven"]])
    write_lines(tmp_path / "train.jsonl", [{**row, "evidence": [f"d{n}"]} for n, row in enumerate(rows)])
    write_lines(tmp_path / "documents.jsonl", [{"id": f"d{n}", "text": f"Text number {n}."} for n in range(18)])
    assert remark_of(tmp_path) == ""


def test_answerable_in_one_row_alone(tmp_path):
    rows = asked([["three"], ["I do not know"]])
    write_lines(tmp_path / "train.jsonl", [{**row, "answerable": n < 17} for n, row in enumerate(rows)])
    assert "('not answerable')" in remark_of(tmp_path)
