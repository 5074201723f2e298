"""Texts that an answer rests on, beside options or not: evidence, never a silent part of the question."""

import pytest

from tests.harness.tasks.making import build_task, write_lines

TEXT = "The dairy of Belvale has made a hard cheese of goat milk since its beginnings, number {}."


def made(folder, rows):
    write_lines(folder / "train.jsonl", rows)
    task = build_task("jsonl", dir=str(folder), validation_share=0)
    assert task.problems() == []
    return task, "\n".join(task.remarks())


def choice(number, **more):
    wrong = {f"distractor{at}": f"{word} {number}" for at, word in enumerate(("soap", "glass", "rope"), start=1)}
    return {"question": f"What is made at {number}?", **wrong, "correct_answer": f"cheese {number}", **more}


@pytest.mark.parametrize("column", ["support", "Supporting Text", "evidence"])
def test_a_text_that_supports_the_right_option_is_its_evidence(tmp_path, column):
    task, said = made(tmp_path, [choice(number, **{column: TEXT.format(number)}) for number in range(12)])
    documents = {document.id: document.text for document in task.documents()}
    example = task.examples("train")[0]
    assert example.text.startswith("What is made at")
    assert [documents[name] for name in example.evidence] == [TEXT.format(example.text.split("?")[0].split()[-1])]
    assert f"train.jsonl: the texts of {column} are read as documents and evidence" in said


def test_beside_documents_it_says_where_the_answer_stands(tmp_path):
    write_lines(tmp_path / "documents.jsonl", [{"id": f"d{n}", "text": f"Intro. {TEXT.format(n)}"} for n in range(12)])
    task, said = made(tmp_path, [choice(number, support=TEXT.format(number)) for number in range(12)])
    example = task.examples("train")[0]
    assert example.evidence == (f"d{example.text.split('?')[0].split()[-1]}",)
    assert "the texts of support are read as evidence, which is looked for in the documents" in said


def test_a_text_that_the_question_is_about_stands_above_it_and_is_said(tmp_path):
    task, said = made(tmp_path, [choice(number, article=TEXT.format(number)) for number in range(12)])
    assert task.examples("train")[0].text.startswith("The dairy of Belvale")
    assert "the text of article stands above its question (12 rows)" in said


def test_without_options_it_is_evidence_as_well(tmp_path):
    rows = [{"question": f"What is made at {n}?", "answer": f"cheese {n}", "support": TEXT.format(n)} for n in range(9)]
    task, said = made(tmp_path, rows)
    assert all(len(example.evidence) == 1 for example in task.examples("train"))
    assert "the texts of support are read as documents and evidence" in said
