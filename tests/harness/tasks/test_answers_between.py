"""Several right answers in one cell: it is said that they are read as one, and a key reads them apart."""

import pytest

from tests.harness.tasks.whole_tasks import HARBOUR, answers, said, task_of


def table(sign, name="answer"):
    lines = "".join(f'"{question}","{answer}{sign}about {answer}"\n' for question, answer in HARBOUR)
    return f'question,"{name}"\n{lines}'


@pytest.mark.parametrize(
    ("sign", "name", "called"),
    [("; ", "answer", "semicolon"), (" | ", "answers", "pipe"), ("\n", "answers", "newline")],
)
def test_the_message_names_the_key_that_reads_them_apart(tmp_path, sign, name, called):
    task = task_of(tmp_path, table(sign, name), "rows.csv")
    assert f"if it parts several right ones, set task.answers_between={called}" in said(task)
    assert all(len(references) == 1 for references in answers(task).values())
    apart = task_of(tmp_path, table(sign, name), "rows.csv", answers_between=called)
    assert answers(apart) == {question: (answer, f"about {answer}") for question, answer in HARBOUR}
    assert f"answers that share a cell of {name} are read apart (task.answers_between) (6 rows)" in said(apart)
    assert apart.content_key() != task.content_key()


def test_a_sign_may_be_given_as_it_is(tmp_path):
    task = task_of(tmp_path, table(" / "), "rows.csv", answers_between="/")
    assert answers(task)[HARBOUR[0][0]] == ("9 metres", "about 9 metres")


def test_sentences_with_a_semicolon_are_one_answer(tmp_path):
    long = "; in the winter months the times that are printed at the gate hold for all of the ships"
    assert "answers_between" not in said(task_of(tmp_path, table(long), "rows.csv"))
