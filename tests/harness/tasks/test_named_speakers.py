"""Chats whose turns name who speaks, and trees of messages: who answers is recognised and said, or asked for."""

import csv
import re
import shlex

import pytest

from harness.cli.looking import looked_at
from harness.errors import CutleryError
from harness.tasks.formats.speakers import speakers_of
from harness.tasks.suggestions import columns_of, suggested
from harness.types import SPLITS
from tests.harness.tasks.making import write_lines

COUNT = 20
GUESTS = ("Ann", "Bo", "Cy", "Di")


def asked(n):
    return f"How long is the warranty of machine {n}?"


def said(n):
    return f"{n} months, from the day on which it was bought."


def pairs():
    return {asked(n): (said(n),) for n in range(COUNT)}


def chats(names, list_name="messages", by="name", text="text"):
    """Rows of a chat each; the names of the two who speak are functions of the row's number."""
    turns = [[(names[0](n), asked(n)), (names[1](n), said(n))] for n in range(COUNT)]
    return [{"chat": n, list_name: [{by: who, text: what} for who, what in own]} for n, own in enumerate(turns)]


def guest(n):
    return GUESTS[n % len(GUESTS)]


def two(n):
    return ("Tom", "Kim")[n % 2]


def task_of(folder, rows, *given):
    write_lines(folder / "chats.jsonl", rows)
    return looked_at(folder, given)[0]


def refused(folder, rows, *given):
    with pytest.raises(CutleryError) as found:
        task_of(folder, rows, *given)
    return str(found.value)


def found_in(task):
    return {own.text: own.references for split in SPLITS for own in task.data.splits[split]}


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        (lambda n: "Support Bot", ("messages", "name", "text")),
        (lambda n: "Support", ("messages", "author", "content")),
        (lambda n: f"Agent {two(n)}", ("conversation", "speaker", "utterance")),
        (lambda n: "Agent Tom", ("conversations", "from", "value")),
        (lambda n: "Tom", ("messages", "name", "text")),
    ],
)
def test_who_answers_is_recognised_by_the_name_or_the_place_and_said(tmp_path, answers, fields):
    task = task_of(tmp_path, chats((guest, answers), *fields))
    assert found_in(task) == pairs()
    assert any(f"({fields[1]}) answers, as " in line for line in task.remarks())


def test_whoever_no_customer_is_answers(tmp_path):
    rows = chats((lambda n: {"name": "Customer"}, lambda n: {"name": two(n)}), by="author")
    task = task_of(tmp_path, rows)
    assert found_in(task) == pairs()
    assert any("as the others are called customers" in line for line in task.remarks())


@pytest.mark.parametrize("fields", [("messages", "name", "text"), ("conversations", "from", "value")])
def test_where_it_is_not_evident_the_message_has_a_key_that_works(tmp_path, fields):
    rows = chats((guest, two), *fields)
    line = refused(tmp_path, rows)
    assert "set task.assistant=[Tom], or another of Tom, Kim" in line
    assert "task.columns" not in line
    assert found_in(task_of(tmp_path, rows, "task.assistant=[Tom,Kim]")) == pairs()


def test_the_one_key_of_the_message_says_who_answers(tmp_path):
    rows = chats((lambda n: "Ann", lambda n: "Tom"))
    for row in rows[::2]:
        row["messages"].append({"name": "Ann", "text": "Thanks."})
    key = re.search(r"task\.assistant=\[[^]]*\]", refused(tmp_path, rows))[0]
    assert found_in(task_of(tmp_path, rows, shlex.split(key)[0])) == pairs()


def test_the_only_name_in_all_chats_answers_though_thanks_end_them(tmp_path):
    rows = chats((guest, lambda n: "Tom"))
    for row in rows[::2]:
        row["messages"].append({"name": row["messages"][0]["name"], "text": "Thanks."})
    task = task_of(tmp_path, rows)
    assert found_in(task) == pairs()
    assert any("and no other is in most" in line for line in task.remarks())


def test_a_name_that_nobody_has_is_refused_with_those_that_are_there(tmp_path):
    line = refused(tmp_path, chats((guest, two)), "task.assistant=[Eve]")
    assert "task.assistant=[Eve] names none of them" in line
    assert "Tom, Kim" in line


def test_what_is_told_of_rows_without_names_is_not_used_silently(tmp_path):
    rows = [{"question": asked(n), "answer": said(n)} for n in range(COUNT)]
    task = task_of(tmp_path, rows, "task.assistant=Tom")
    assert any("task.assistant is not used" in line for line in task.remarks())


def test_a_third_side_beside_two_known_ones_is_still_refused(tmp_path):
    rows = chats((lambda n: "user", lambda n: "assistant"), by="role", text="content")
    for row in rows:
        row["messages"].append({"role": "weird", "content": "Yes."})
    assert "turn 3 is by 'weird'" in refused(tmp_path, rows)


def test_no_part_of_a_chat_and_no_id_is_offered_as_a_column():
    rows = [{**row, "conversation_id": f"c{n}"} for n, row in enumerate(chats((guest, two)))]
    assert columns_of(rows) == ["chat", "messages", "conversation_id"]
    assert suggested(rows, {"input": ("input",), "references": ("references",)}, ()) == {}


def test_answers_with_authors_are_no_chat():
    rows = [{"title": asked(n), "answers": [{"author": guest(n), "text": said(n)}]} for n in range(COUNT)]
    assert "answers.text" in columns_of(rows)


def test_rows_of_turns_by_names_are_conversations(tmp_path):
    turns = [(n, 2 * n, guest(n), asked(n)) for n in range(COUNT)]
    turns += [(n, 2 * n + 1, "Support", said(n)) for n in range(COUNT)]
    with (tmp_path / "chats.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("conversation_id", "turn", "author", "text"), *turns])
    task = looked_at(tmp_path, [])[0]
    assert found_in(task) == pairs()
    assert any("Support (author) answers" in line for line in task.remarks())


def node(above, side, text, **about):
    message = side and {"author": {"role": side}, "content": {"content_type": "text", "parts": [text]}, **about}
    return {"message": message, "parent": above, "children": []}


def tree(n):
    """A chat whose question was answered twice, with a system's empty turn and a hidden one."""
    hidden = {"metadata": {"is_visually_hidden_from_conversation": True}}
    nodes = {"root": node(None, None, ""), "s": node("root", "system", ""), "h": node("s", "user", "Hi.", **hidden)}
    nodes |= {"u": node("h", "user", asked(n)), "a": node("u", "assistant", said(n))}
    nodes |= {"b": node("u", "assistant", "No idea."), "c": node("b", "assistant", "Sorry.")}
    return {"title": "Warranty", "mapping": nodes, "current_node": "a", "conversation_id": f"c{n}"}


def test_of_a_tree_of_messages_the_branch_that_was_shown_is_the_conversation(tmp_path):
    task = task_of(tmp_path, [tree(n) for n in range(COUNT)])
    assert found_in(task) == pairs()
    assert any("the branch that ends at current_node" in line for line in task.remarks())


def test_a_tree_that_goes_round_in_a_circle_ends(tmp_path):
    rows = [tree(n) for n in range(COUNT)]
    rows[0]["mapping"]["root"]["parent"] = "a"
    assert found_in(task_of(tmp_path, rows)) == pairs()


def test_a_notice_of_the_system_is_no_answer(tmp_path):
    rows = chats((lambda n: "Customer", two))
    for row in rows:
        row["messages"].insert(1, {"name": "System", "text": "Somebody joined the chat."})
    found = found_in(task_of(tmp_path, rows))
    assert sorted(found.values()) == sorted(pairs().values())


@pytest.mark.parametrize(
    ("names", "late"),
    [((guest, lambda n: "Agent Tom"), "Agent Maria"), ((lambda n: "Customer", two), "Lea")],
    ids=["by word", "by others"],
)
def test_who_stands_in_later_rows_alone_is_told_apart_by_the_same_rule(names, late):
    turns = [[{"name": who(n)} for who in names] for n in range(COUNT)]
    found = speakers_of(turns)
    assert found is not None
    assert found.side({"name": late}) == "assistant"
    assert found.side({"name": "Customer"}) == "user"
    assert found.side({"name": "System"}) == "system"
