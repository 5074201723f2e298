"""Two columns of text with headers that nobody listed: recognised where one surely answers, and said."""

import csv

import pytest

from harness.cli.looking import looked_at
from harness.errors import CutleryError

LABELS = ("refund", "lost property", "opening hours")
ASKED = [
    f"I left my {thing} in the hall, what now?"
    for thing in ["cap", "bag", "coat", "ring", "book", "case", "pen", "map", "key", "cup", "hat", "fan"]
]


def write(folder, header, rows):
    with (folder / "requests.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def labelled(*more):
    return [(*more, text, LABELS[number % 3]) for number, text in enumerate(ASKED)]


def recognised(folder):
    task, _ = looked_at(folder, [])
    (line,) = [line for line in task.remarks() if "is read as input" in line]
    return line, {own.text: own.references for part in task.data.splits.values() for own in part}


@pytest.mark.parametrize(
    "header", [("Customer message", "Category"), ("Anliegen", "Abteilung"), ("Department", "Message")]
)
def test_labels_answer_what_is_written_beside_them(tmp_path, header):
    rows = labelled() if header[0] != "Department" else [row[::-1] for row in labelled()]
    write(tmp_path, header, rows)
    line, found = recognised(tmp_path)
    assert f"{header[header[0] == 'Department']} is read as input" in line
    assert found[ASKED[1]] == ("lost property",)


def test_numbers_dates_and_empty_columns_are_no_text(tmp_path):
    rows = [(number, "2026-01-02 10:00", *row, "") for number, row in enumerate(labelled())]
    write(tmp_path, ("No.", "Received", "Customer message", "Category", "Notes"), rows)
    line, found = recognised(tmp_path)
    assert "Category is read as references" in line
    assert len(found) == len(ASKED)


@pytest.mark.parametrize("header", [("eins", "zwei"), ("Author", "Comment")])
def test_two_texts_of_which_neither_surely_answers_are_asked_for(tmp_path, header):
    write(tmp_path, header, [(text, f"Look at desk number {text[9:12]} please.") for text in ASKED])
    with pytest.raises(CutleryError, match="no column is called"):
        looked_at(tmp_path, [])


def test_of_three_texts_none_is_guessed(tmp_path):
    write(tmp_path, ("Anliegen", "Notiz", "Abteilung"), [(text, f"{text} Yes.", label) for text, label in labelled()])
    with pytest.raises(CutleryError, match="no column is called"):
        looked_at(tmp_path, [])


@pytest.mark.parametrize("header", [("Review", "Product"), ("Question", "Asked by"), ("Frage", "Thema")])
def test_labels_that_no_header_calls_an_answer_are_asked_for(tmp_path, header):
    write(tmp_path, header, labelled())
    with pytest.raises(CutleryError, match="no column is called"):
        looked_at(tmp_path, [])


@pytest.mark.parametrize("header", [("Question", "Rejected response"), ("Query", "Bad answer")])
def test_answers_that_are_not_wanted_are_not_taken_for_right_ones(tmp_path, header):
    write(tmp_path, header, [(text, f"Look at desk number {text[9:12]} please.") for text in ASKED])
    with pytest.raises(CutleryError, match="no column is called"):
        looked_at(tmp_path, [])
