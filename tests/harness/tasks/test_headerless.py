"""Tables without names of columns: what is said names the right columns, and headers that ask stay headers."""

import csv
import re
import shlex

import pytest

from harness.cli.looking import looked_at
from harness.errors import CutleryError
from harness.types import SPLITS

ASKED = [
    ("When does the ferry to Hiiumaa leave?", "At seven."),
    ("May I take my dog on board?", "Yes, on a lead."),
    ("How do I move my booking?", "Under My trips."),
    ("What does a bicycle cost?", "Four euros."),
    ("Where do foot passengers check in?", "At gate B."),
    ("Is the car deck open at sea?", "No, it is locked."),
    ("Who cleans the cabins?", "The night crew."),
    ("Which deck has the playroom?", "The sixth deck."),
]
TWEETS = [(n % 2 * 4, 1467810369 + n, "Mon Apr 06", "NO_QUERY", f"user{n}", q) for n, (q, _) in enumerate(ASKED)]
EXAM = [(q, a, "Nobody knows.", "All of these.", "Ask the captain.", "A") for q, a in ASKED]
SURVEY = [(f"2024/01/0{n + 1} 10:00:00 AM GMT+1", q, a) for n, (q, a) in enumerate(ASKED)]


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def said(folder, given=()):
    with pytest.raises(CutleryError) as found:
        looked_at(folder, given)
    return str(found.value)


def followed(folder, text):
    """The task with the keys that are named, as the shell and Hydra read them."""
    lines = [shlex.split(key)[0] for key in re.findall(r"task\.(?:header_row=0|columns\.\w+=\[[^]]*\]'?)", text)]
    return looked_at(folder, list(dict.fromkeys(lines)))[0]


def rows(task):
    return [own for split in SPLITS for own in task.data.splits[split]]


def test_the_keys_for_a_table_without_names_are_said_together_and_lead_on(tmp_path):
    write(tmp_path / "tweets.csv", TWEETS)
    line = said(tmp_path).splitlines()[-1]
    assert "task.header_row=0 task.columns.input=[column_6] task.columns.references=[column_1]" in line
    found = {own.text: own.references for own in rows(followed(tmp_path, line))}
    assert (len(found), found[ASKED[1][0]]) == (8, ("4",))


@pytest.mark.parametrize("stamped", [True, False])
def test_a_header_that_asks_is_a_header(tmp_path, stamped):
    names = ("Timestamp", "What is your question?", "What is the answer?")
    write(tmp_path / "form.csv", [own[not stamped :] for own in (names, *SURVEY)])
    task = looked_at(tmp_path, [])[0]
    assert not any("header_row" in line for line in task.remarks())
    assert {own.text: own.references for own in rows(task)} == {q: (a,) for q, a in ASKED}


def test_multiple_choice_without_names_is_told_which_names_to_write(tmp_path):
    write(tmp_path / "exam.csv", EXAM)
    assert "write the names of the columns above it, question,A,B,C,D,answer" in said(tmp_path)
    write(tmp_path / "exam.csv", [("question", "A", "B", "C", "D", "answer"), *EXAM])
    found = rows(looked_at(tmp_path, [])[0])
    assert len(found) == 8
    assert all("A" in own.references and "Ask the captain." in own.text for own in found)


def test_a_file_of_lines_is_not_told_of_rows_with_names(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"When does the ferry to Hiiumaa leave?": "At seven.", "7": "x"}\n' * 3)
    assert "header_row" not in said(tmp_path)


def test_multiple_choice_without_names_is_read_with_its_options_by_the_key_of_the_message(tmp_path):
    write(tmp_path / "exam.csv", EXAM)
    line = said(tmp_path)
    assert "or set task.header_row=0, which calls them so" in line
    task = followed(tmp_path, line)
    assert any("they are called question, A, B, C, D, answer" in one for one in task.remarks())
    found = rows(task)
    assert len(found) == 8
    assert all("A" in own.references and "Ask the captain." in own.text for own in found)


def test_the_columns_of_multiple_choice_keep_their_numbers_where_these_are_told(tmp_path):
    write(tmp_path / "exam.csv", EXAM)
    keys = ["task.header_row=0", "task.columns.input=[column_1]", "task.columns.references=[column_2]"]
    assert {own.text: own.references for own in rows(looked_at(tmp_path, keys)[0])} == {q: (a,) for q, a in ASKED}


def test_a_table_whose_last_column_is_no_label_has_numbered_columns(tmp_path):
    write(tmp_path / "exam.csv", [(*own[:-1], "Z") for own in EXAM])
    keys = ["task.header_row=0", "task.columns.input=[column_1]", "task.columns.references=[column_2]"]
    assert any("called column_1, column_2" in one for one in looked_at(tmp_path, keys)[0].remarks())
    with pytest.raises(CutleryError, match="its columns are column_1"):
        looked_at(tmp_path, keys[:1])
