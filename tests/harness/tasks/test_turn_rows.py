"""Rows that are turns become conversations where they say of which; where they do not, it is said what is missing."""

import random

from harness.types import Turn
from tests.harness.tasks.whole_tasks import HARBOUR, answers, examples, right, said, task_of


def messages():
    for number, (question, answer) in enumerate(HARBOUR):
        yield {
            "chat_id": f"c{number}",
            "sender": "visitor",
            "message": "Good day.",
            "ts": f"2025-03-0{number + 1}T08:00",
        }
        yield {"chat_id": f"c{number}", "sender": "agent", "message": "Hello!", "ts": f"2025-03-0{number + 1}T08:01"}
        yield {"chat_id": f"c{number}", "sender": "visitor", "message": question, "ts": f"2025-03-0{number + 1}T08:02"}
        yield {"chat_id": f"c{number}", "sender": "agent", "message": answer, "ts": f"2025-03-0{number + 1}T08:03"}


def test_rows_of_one_conversation_are_its_turns_in_their_order(tmp_path):
    rows = list(messages())
    random.Random(1).shuffle(rows)
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert (
        "rows of one chat_id are the turns of a conversation, in the order of ts, and sender says who speaks"
        in said(task)
    )
    first = examples(task)["How deep is the outer harbour?"]
    assert first.input[:2] == (Turn("user", "Good day."), Turn("assistant", "Hello!"))
    assert first.id == "c0"


def test_numbers_of_turns_are_no_texts(tmp_path):
    turns = [("user", f"part {n}") if n % 2 else ("assistant", f"so {n}") for n in range(1, 13)]
    rows = [
        {"conversation_id": name, "turn": n, "role": role, "content": f"{name} {text}"}
        for name in "abcd"
        for n, (role, text) in reversed(list(enumerate(turns, start=1)))
    ]
    task = task_of(tmp_path, rows)
    assert answers(task)["a part 11"] == ("a so 12",)


def test_of_several_answers_the_one_ranked_first_goes_on(tmp_path):
    rows = []
    for n, (question, answer) in enumerate(HARBOUR):
        ids = {"message_id": f"q{n}", "parent_id": None, "role": "prompter", "rank": None}
        rows.append({**ids, "text": question})
        for rank, text in ((1, "No idea."), (0, answer)):
            rows.append(
                {"message_id": f"q{n}r{rank}", "parent_id": f"q{n}", "role": "assistant", "rank": rank, "text": text}
            )
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert "rows that parent_id joins are the turns of a conversation" in said(task)


def test_numbered_columns_of_two_sides_are_turns(tmp_path):
    lines = "".join(f"Good day.,Hello!,{question},{answer}\n" for question, answer in HARBOUR)
    task = task_of(tmp_path, f"user_1,assistant_1,user_2,assistant_2\n{lines}", "chats.csv")
    assert answers(task) == right()
    assert len(next(iter(examples(task).values())).input) == 3
    assert "the columns user_1, assistant_1, … are the turns of a conversation" in said(task)


def test_turns_without_a_conversation_or_a_speaker_are_refused(tmp_path):
    without = [{key: row[key] for key in ("sender", "message")} for row in messages()]
    (problem,) = task_of(tmp_path, without).problems()
    assert "no column says of which conversation: add one, conversation_id" in problem
    nameless = [{key: row[key] for key in ("chat_id", "message", "ts")} for row in messages()]
    (problem,) = task_of(tmp_path, nameless).problems()
    assert "several rows have one chat_id" in problem
    assert "no column says who speaks: add one, role" in problem


def test_rows_with_a_conversation_that_ask_and_answer_stay_rows_and_are_its_group(tmp_path):
    rows = [{"session_id": f"s{n // 2}", "question": q, "answer": a} for n, (q, a) in enumerate(HARBOUR)]
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert {own.group for own in examples(task).values()} == {"s0", "s1", "s2"}
    assert "session_id is read as group" in said(task)
    alone = [{**row, "session_id": f"s{n}"} for n, row in enumerate(rows)]
    assert {own.group for own in examples(task_of(tmp_path, alone)).values()} == {""}


def test_answers_that_are_compared_are_no_question_and_answer(tmp_path):
    rows = [
        {"history": q, "human_ref_A": a, "human_ref_B": "No idea.", "labels": n % 2} for n, (q, a) in enumerate(HARBOUR)
    ]
    (problem,) = task_of(tmp_path, rows).problems()
    assert "each row compares two answers, human_ref_A and human_ref_B, and labels says which is better" in problem


def test_lists_of_questions_with_lists_of_answers_are_several_rows(tmp_path):
    rows = [{"exam": ["Tell me of the sea.", q], "reference": ["It is wide.", a]} for q, a in HARBOUR]
    (problem,) = task_of(tmp_path, rows).problems()
    assert "exam holds several questions in a row" in problem


def test_turns_with_labels_of_their_own_are_examples(tmp_path):
    task = task_of(tmp_path, [{**row, "intent": f"kind {n % 3}"} for n, row in enumerate(messages())])
    assert "are the turns of a conversation" not in said(task)
    assert "are the turns of a conversation" not in "".join(task.problems())


def test_what_differs_from_turn_to_turn_is_named(tmp_path):
    task = task_of(
        tmp_path, [{**row, "device": f"d{n % 2}", "port": row["chat_id"]} for n, row in enumerate(messages())]
    )
    assert "not read, as it differs from turn to turn: device" in said(task)
