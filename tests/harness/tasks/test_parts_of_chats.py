"""Conversations in other shapes: pairs, a system text beside the question, thoughts before answers, marks of people."""

import pytest

from harness.types import Turn
from tests.harness.tasks.whole_tasks import HARBOUR, answers, examples, right, said, task_of

FIRST = HARBOUR[0][0]


def test_pairs_of_what_is_asked_and_answered_are_turns(tmp_path):
    rows = [{"conversation": [{"input": "Hi.", "output": "Yes?"}, {"input": q, "output": a}]} for q, a in HARBOUR]
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert examples(task)[FIRST].input == (Turn("user", "Hi."), Turn("assistant", "Yes?"), Turn("user", FIRST))
    assert "the pairs of conversation are read as turns" in said(task)


def test_lists_of_questions_of_a_text_stay_rows(tmp_path):
    rows = [{"topic": "harbour", "faqs": [{"question": q, "answer": a} for q, a in HARBOUR]}]
    assert answers(task_of(tmp_path, rows)) == right()


@pytest.mark.parametrize("column", ["system_prompt", "system", "systemMessage"])
def test_what_the_system_says_beside_a_question_is_its_first_turn(tmp_path, column):
    rows = [{column: "Be brief." if n else "", "question": q, "response": a} for n, (q, a) in enumerate(HARBOUR)]
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert examples(task)[FIRST].input == FIRST
    assert examples(task)[HARBOUR[1][0]].input == (Turn("system", "Be brief."), Turn("user", HARBOUR[1][0]))
    assert f"{column} is the turn of the system before the input (5 rows)" in said(task)


def test_alpaca_has_a_system_text_of_any_name(tmp_path):
    rows = [{"system_prompt": "Be brief.", "instruction": q, "output": a} for q, a in HARBOUR]
    assert examples(task_of(tmp_path, rows))[FIRST].input == (Turn("system", "Be brief."), Turn("user", FIRST))


@pytest.mark.parametrize(
    "text", ["<think>\nHm, {}.\n</think>\n\n{}", "Hm, {}. </think>{}", " <reasoning>{}</reasoning> {}"]
)
def test_thoughts_are_no_part_of_a_reference(tmp_path, text):
    chats = [
        {"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": text.format(q, a)}]}
        for q, a in HARBOUR
    ]
    columns = [{"question": q, "answer": [text.format(q, a)]} for q, a in HARBOUR]
    for rows in (chats, columns):
        task = task_of(tmp_path, rows)
        assert answers(task) == right()
        assert "it is no part of the answer (6 rows)" in said(task)


@pytest.mark.parametrize(
    "text", ["<think>Only thoughts</think>", "The tag <think> opens and </think> closes thoughts."]
)
def test_texts_about_thoughts_stay(tmp_path, text):
    rows = [{"question": q, "answer": text} for q, _ in HARBOUR]
    assert set(answers(task_of(tmp_path, rows)).values()) == {(text,)}


@pytest.mark.parametrize(
    ("column", "marks"), [("label", (True, False)), ("desirable", (1, 0)), ("thumbs_up", ("yes", "no"))]
)
def test_conversations_that_people_disliked_are_left_out(tmp_path, column, marks):
    rows = [
        {
            "prompt": [{"role": "user", "content": q}],
            "completion": [{"role": "assistant", "content": text}],
            column: mark,
        }
        for q, a in HARBOUR
        for text, mark in zip((a, "No idea."), marks, strict=True)
    ]
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert f"rows whose {column} is {marks[1]} are left out (6 rows)" in said(task)


def test_a_label_of_conversations_that_judges_nothing_leaves_all(tmp_path):
    rows = [
        {"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}], "label": n % 2}
        for n, (q, a) in enumerate(HARBOUR)
    ]
    assert answers(task_of(tmp_path, rows)) == right()
