"""Answers put right in a column of their own: the refusal names both columns, and the plan says that both are read."""

import re

import pytest

from harness.cli.looking import looked_at
from harness.errors import CutleryError
from harness.types import SPLITS
from tests.harness.tasks.making import write_lines

COUNT = 12


def review(n):
    """A row whose model was right in every other case."""
    right = {"model_answer": f"It is {n} metres deep.", "corrected_answer": None}
    wrong = {"model_answer": "Nobody knows.", "corrected_answer": f"It is {n} metres deep."}
    return {"question": f"How deep is basin {n}?", **(wrong if n % 2 else right), "reviewer": "Ann"}


def refused(folder):
    with pytest.raises(CutleryError) as found:
        looked_at(folder, [])
    return str(found.value)


@pytest.mark.parametrize("shift", [0, 1])
def test_the_key_of_the_message_reads_both_and_the_plan_says_so(tmp_path, shift):
    write_lines(tmp_path / "review.jsonl", [review(n + shift) for n in range(COUNT)])
    line = refused(tmp_path)
    assert "corrected_answer has a text in 6 of 12 rows, and model_answer in all others" in line
    key = re.search(r"task\.columns\.references=\[corrected\S+\]", line)[0]
    task, _ = looked_at(tmp_path, [key])
    said = "\n".join(task.remarks())
    assert "corrected_answer is read as references, where corrected_answer is empty, model_answer is read" in said
    found = {own.references for split in SPLITS for own in task.data.splits[split]}
    assert found == {(f"It is {n + shift} metres deep.",) for n in range(COUNT)}


def test_an_answer_of_a_model_that_does_not_fill_the_gaps_is_not_offered(tmp_path):
    rows = [review(n) for n in range(COUNT)]
    rows[2]["model_answer"] = None
    write_lines(tmp_path / "review.jsonl", rows)
    assert "model_answer in all others" not in refused(tmp_path)


def test_no_part_of_what_is_offered_as_the_input_is_offered_as_the_answer(tmp_path):
    posts = [
        {"Id": n, "Title": f"Which basin has number {n}?", "Body": f"<p>Of depth {n}, please.</p>"} for n in range(8)
    ]
    posts += [{"Id": 8 + n, "Title": None, "Body": f"<p>No clue about {n}.</p>"} for n in range(8)]
    write_lines(tmp_path / "posts.jsonl", posts)
    line = refused(tmp_path)
    assert "task.columns.input=[Title+Body]" in line
    assert "such as Body" not in line
