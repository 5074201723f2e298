"""Folders that are examples as a whole: Slack's exports and texts in pairs."""

import json

import pytest

from harness.tasks.files.slack_export import slack_channels
from harness.tasks.task_files import find_files
from tests.harness.tasks.making import build_task

OWN = dict.fromkeys(("train", "validation", "test"))


def made(folder, **settings):
    task = build_task("jsonl", dir=str(folder), validation_share=0, **settings)
    assert task.problems() == []
    rows = {row.id: row for split in ("train", "test") for row in task.examples(split)}
    return rows, "\n".join(task.remarks()), task


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")


def message(user, text, at, thread=None, **more):
    above = {"thread_ts": f"{thread}.0"} if thread else {}
    return {"type": "message", "user": user, "text": text, "ts": f"{at}.0", **above, **more}


@pytest.fixture
def slack(tmp_path):
    write(tmp_path / "users.json", [{"id": "U2", "name": "bo", "profile": {"display_name": "Bo"}}])
    for channel in ("help", "sales"):
        days = [[], []]
        for n in range(100, 600, 100):
            days[0].append(message("U1", f"Which lamp is {channel} {n}? Ask &lt;U&gt;", n, n))
            days[0].append(message("U2", f"Alone in {channel}.", n + 1))
            days[1].append(message("U2", f"See <http://l.de/{n}|lamp {channel} {n}>, <@U2>.", n + 50, n))
        days[1].append(message("U3", "has joined", 999, subtype="channel_join"))
        for number, day in enumerate(days, start=1):
            write(tmp_path / channel / f"2024-01-0{number}.json", day)
    return tmp_path


def test_threads_of_slack_are_conversations(slack):
    rows, said, task = made(slack)
    assert len(rows) == 10
    row = rows["help-200.0"]
    assert row.input == "Which lamp is help 200? Ask <U>"
    assert (row.references, row.slice) == (("See lamp help 200, @Bo.",), "help")
    assert "threads of 2 channels (help, sales) are conversations" in said
    assert "10 of 30 messages outside of answered threads are left out" in said
    assert "not read" not in said
    before = task.content_key()
    write(slack / "sales" / "2024-01-03.json", [message("U2", "More.", 1000, 100)])
    assert made(slack)[2].content_key() != before


def test_a_table_beside_channels_is_what_is_read(slack):
    (slack / "train.csv").write_text("question,answer\n" + "".join(f"What is {n}?,{n}\n" for n in range(9)))
    assert len(made(slack)[0]) == 9


@pytest.mark.parametrize("first", [{"text": ""}, {"subtype": "tombstone"}])
def test_a_thread_without_its_first_message_is_left_out(slack, first):
    lost = {**message("U1", "Which lamp?", 700, 700), **first}
    replies = [message("U2", "This lamp.", 701, 700), message("U1", "Thank you.", 702, 700)]
    write(slack / "help" / "2024-01-03.json", [lost, *replies])
    rows, said, _ = made(slack)
    assert len(rows) == 10
    assert "help-701.0" not in rows
    assert "messages outside of answered threads are left out" in said


def test_messages_that_do_not_say_who_wrote_them_are_not_of_one(slack):
    without = [message(None, text, at, 700) for text, at in (("Which lamp?", 700), ("This lamp.", 701))]
    by_bot = [{**message(None, text, at, 800), "bot_id": "B1"} for text, at in (("Backup begun", 800), ("Done", 801))]
    write(slack / "help" / "2024-01-03.json", without + by_bot)
    rows = made(slack)[0]
    assert rows["help-700.0"].references == ("This lamp.",)
    assert "help-800.0" not in rows


@pytest.mark.parametrize("days", [[[], []], [[], [{"type": "sale", "price": 3}]], [[{"ts": 1, "text": "a"}]]])
def test_files_by_day_of_another_kind_are_no_export(tmp_path, days):
    for number, day in enumerate(days, start=1):
        write(tmp_path / "sales" / f"2024-01-0{number}.json", day)
    assert slack_channels(tmp_path) == []


def test_a_channel_may_begin_with_days_without_messages(slack):
    write(slack / "help" / "2023-12-31.json", [])
    write(slack / "empty" / "2024-01-01.json", [])
    assert len(made(slack)[0]) == 10


NAMES = [
    ("x/{}.txt", "y/{}.txt"),
    ("documents/{}.txt", "summaries/{}.md"),
    ("{}.in.txt", "{}.out.txt"),
    ("{}.txt", "{}.summary.txt"),
    ("{}_question.md", "{}_answer.md"),
]


@pytest.mark.parametrize(("asked", "answered"), NAMES)
def test_texts_in_pairs_are_input_and_reference(tmp_path, asked, answered):
    for n in range(9):
        write(tmp_path / asked.format(f"00{n}"), f"It rained {n} days.\n\nThe fair was shut.\n")
        write(tmp_path / answered.format(f"00{n}"), f"Rain: {n} days.\n")
    write(tmp_path / "README.md", "About the data.")
    rows, said, _ = made(tmp_path)
    assert len(rows) == 9
    assert (rows["003"].text, rows["003"].references) == ("It rained 3 days.\n\nThe fair was shut.", ("Rain: 3 days.",))
    assert f"{asked.format('000')} (input) and {answered.format('000')} (references)" in said
    assert "knowledge base: the 7 training pairs" in said


@pytest.mark.parametrize(("asked", "answered"), NAMES)
def test_texts_in_pairs_may_lie_below_a_folder_for_each_split(tmp_path, asked, answered):
    for split, count in (("train", 6), ("test", 4)):
        for n in range(count):
            write(tmp_path / split / asked.format(f"{split}{n}"), f"At the {split} it rained {n} days.")
            write(tmp_path / split / answered.format(f"{split}{n}"), f"Rain: {n} days.")
    task = build_task("jsonl", dir=str(tmp_path), validation_share=0)
    assert task.problems() == []
    rows = {split: task.examples(split) for split in ("train", "test")}
    assert {split: len(own) for split, own in rows.items()} == {"train": 6, "test": 4}
    assert [row.input for row in rows["test"]] == [f"At the test it rained {n} days." for n in range(4)]
    assert [row.references for row in rows["test"]] == [(f"Rain: {n} days.",) for n in range(4)]
    said = "\n".join(task.remarks())
    assert "not read" not in said
    before = task.content_key()
    write(tmp_path / "test" / answered.format("test2"), "Rain: none.")
    assert build_task("jsonl", dir=str(tmp_path), validation_share=0).content_key() != before


def test_a_text_without_another_is_said(tmp_path):
    for n in range(20):
        write(tmp_path / f"a{n}.txt", f"It rained {n} days.")
        write(tmp_path / f"a{n}.summary.txt", f"Rain: {n} days.")
    write(tmp_path / "b.txt", "Alone.")
    rows, said, _ = made(tmp_path)
    assert len(rows) == 20
    assert "not read, without another text: b.txt" in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("de/{}.txt", "fr/{}.txt"),
        ("a{}.txt", "b{}.txt"),
        ("x/{}.txt", "y/b{}.txt"),
        ("docs/{}.md", "archive/{}.md"),
        ("de/{}.md", "docs/{}.md"),
    ],
)
def test_names_that_do_not_say_which_is_which_are_no_pairs(tmp_path, one, other):
    for n in range(9):
        write(tmp_path / one.format(n), f"It rained {n} days.")
        write(tmp_path / other.format(n), f"Rain: {n} days.")
    files = find_files(tmp_path, {split: split for split in OWN}, "documents", {"test": 0.2, "validation": 0.0})
    assert files.paths == {}
