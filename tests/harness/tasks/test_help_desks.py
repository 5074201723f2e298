"""Exports of help desks and forums: messages by customers and agents, and answers that people rated."""

import pytest

from tests.harness.tasks.making import build_task, write_lines

COUNT = 12


def asked(n):
    return f"Where do I find the invoice of month {n}?"


def said(n):
    return f"Under Billing, in the list of month {n}."


def found_in(folder, rows, **settings):
    write_lines(folder / "train.jsonl", rows)
    task = build_task("jsonl", dir=str(folder), **settings)
    assert list(task.problems()) == []
    every = [one for split in ("train", "validation", "test") for one in task.examples(split)]
    return task, {own.id: own for own in every}


def ticket(n):
    """A ticket whose messages name their authors by ids, with a note that the customer never sees."""
    said_by = [(50 + n, asked(n), True), (7, f"internal: check {n}", False), (7, said(n), True)]
    comments = [{"author_id": author, "body": body, "public": public} for author, body, public in said_by]
    return {"id": str(n), "subject": "Invoice", "requester_id": 50 + n, "comments": comments}


def conversation(n):
    """A conversation whose messages name the kind of their authors, and whose first message stands apart."""
    parts = [
        {"part_type": "comment", "body": said(n), "author": {"type": "admin", "id": "7"}},
        {"part_type": "note", "body": "He called, too.", "author": {"type": "admin", "id": "7"}},
    ]
    source = {"body": asked(n), "author": {"type": "lead", "id": f"u{n}"}}
    return {"id": str(n), "source": source, "conversation_parts": {"conversation_parts": parts, "total_count": 2}}


@pytest.mark.parametrize("row", [ticket, conversation])
def test_messages_of_a_row_are_turns_without_notes(tmp_path, row):
    task, found = found_in(tmp_path, [row(n) for n in range(COUNT)])
    assert {(own.input, own.references) for own in found.values()} == {(asked(n), (said(n),)) for n in range(COUNT)}
    assert any("are the turns of a conversation, without notes" in line for line in task.remarks())


def test_messages_by_nobody_known_are_no_turns(tmp_path):
    rows = [{"id": str(n), "comments": [{"by": "x", "body": asked(n)}, {"by": "y", "body": said(n)}]} for n in range(9)]
    write_lines(tmp_path / "train.jsonl", rows)
    assert "no column is called 'input'" in "".join(build_task("jsonl", dir=str(tmp_path)).problems())


RATED = {
    "accepted": lambda bad, good: [{"body": bad, "is_accepted": False}, {"body": good, "is_accepted": True}],
    "score": lambda bad, good: [{"body": bad, "score": -1}, {"body": good, "score": 9}],
    "side by side": lambda bad, good: {"text": [bad, good], "score": [2, 3]},
}


@pytest.mark.parametrize("how", RATED)
def test_of_rated_answers_the_best_is_the_reference(tmp_path, how):
    rows = [{"question": asked(n), "answers": RATED[how](f"No idea about {n}.", said(n))} for n in range(COUNT)]
    task, found = found_in(tmp_path, rows)
    assert {own.references for own in found.values()} == {(said(n),) for n in range(COUNT)}
    assert any("with the highest" in line for line in task.remarks())


def test_answers_that_are_not_all_rated_stay(tmp_path):
    rows = [
        {"question": asked(n), "answers": [{"text": "A.", "score": 1}, {"text": "B.", "score": None}]}
        for n in range(COUNT)
    ]
    assert {own.references for own in found_in(tmp_path, rows)[1].values()} == {("A.", "B.")}


def test_questions_in_a_row_are_asked_behind_those_before_them(tmp_path):
    rows = [
        {
            "id": f"c{n}",
            "story": f"Ann lives in house {n}. She paints boats there.",
            "questions": [{"input_text": f"Who lives in house {n}?"}, {"input_text": "What does she paint?"}],
            "answers": [{"input_text": "Ann", "span_start": 0}, {"input_text": "boats", "span_start": 24}],
        }
        for n in range(COUNT)
    ]
    task, found = found_in(tmp_path, rows)
    first, second = found["c3-1"], found["c3-2"]
    assert (first.text, first.references, second.references) == ("Who lives in house 3?", ("Ann",), ("boats",))
    assert [turn.content for turn in second.input] == ["Who lives in house 3?", "Ann", "What does she paint?"]
    by_id = {own.id: own.text for own in task.documents()}
    assert by_id[second.evidence[0]] == "Ann lives in house 3. She paints boats there."
    assert first.group == second.group != found["c4-1"].group


def test_names_inside_answers_are_known_in_any_case(tmp_path):
    rows = [
        {"Question": asked(n), "Answer": {"Value": said(n), "Aliases": [f"Billing {n}"], "Type": "FreeForm"}}
        for n in range(COUNT)
    ]
    found = found_in(tmp_path, rows)[1]
    assert {own.references for own in found.values()} == {(said(n), f"Billing {n}") for n in range(COUNT)}
