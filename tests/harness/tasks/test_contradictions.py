"""Rows that ask the same thing and answer it otherwise are said, with the place of two."""

from fractions import Fraction

import pytest

from harness.tasks import contradictions, other_answers
from harness.tasks.other_answers import answers_compared, compared
from harness.types import Example
from tests.harness.tasks.making import build_task, write_lines


def remark_of(folder, **settings):
    task = build_task("jsonl", dir=str(folder), **settings)
    assert task.problems() == []
    return next((line for line in task.remarks() if "contradict another one" in line), "")


def asked(answers, first="How many live in Belvale?"):
    rows = [{"input": f"Who built house {n}?", "references": [f"builder {n}"]} for n in range(16)]
    return rows + [{"input": first, "references": list(own)} for own in answers]


def test_a_question_with_two_answers_is_said_with_both_places(tmp_path):
    write_lines(tmp_path / "train.jsonl", asked([["about 300"], ["nobody since 1900"]]))
    line = remark_of(tmp_path)
    assert line.startswith("2 of 18 rows (11.1 %) contradict another one: 1 question has several rows")
    assert "as train.jsonl:17 ('about 300') and " in line
    assert "train.jsonl:18 ('nobody since 1900')" in line


def test_the_rows_may_be_of_two_splits(tmp_path):
    write_lines(tmp_path / "train.jsonl", asked([["three"]]))
    write_lines(tmp_path / "test.jsonl", asked([["seven"]], "how many  live in Belvale")[-1:])
    line = remark_of(tmp_path, validation_share=0)
    assert "as train.jsonl:17 ('three') and " in line
    assert "test.jsonl:1 ('seven')" in line


@pytest.mark.parametrize(
    "answers",
    [
        [["three hundred"], ["Three hundred people"]],
        [["3", "three"], ["three"]],
        [["colour"], ["Colour."]],
        [
            ["Please restart the grey machine and wait until its lamp turns green again."],
            ["To mend this, restart your machine, then wait for the lamp: it becomes green once ready."],
        ],
    ],
)
def test_other_words_are_no_contradiction(tmp_path, answers):
    write_lines(tmp_path / "train.jsonl", asked(answers))
    assert remark_of(tmp_path) == ""


APART = [
    ("Refundable", "Not refundable"),
    ("It is refundable.", "It isn't refundable"),
    (
        "The bridge of Belvale may be crossed by carts on market days before noon.",
        "The bridge of Belvale may not be crossed by carts on market days before noon.",
    ),
    ("3 days", "3.5 days"),
    ("10 %", "10.5 %"),
    ("5 days", "5 weeks"),
    ("$1,000", "$1,500"),
    ("2024-05-12", "12 June 2024"),
    ("Yes", "No"),
    ("Yes, with a ticket", "No."),
    ("yes", "It is not allowed."),
    ("10:30", "10:45"),
    ("with a card", "without a card"),
    ("5 minutes", "5 hours"),
]
ONE = [
    ("2024-05-12", "12 May 2024"),
    ("$1,000", "1000 dollars"),
    ("9 m", "nine metres"),
    ("1.000 Stück", "1000 Stück"),
    ("300", "about 300 people"),
    ("Covid-19", "covid 19"),
    ("No", "It is not allowed."),
    ("Yes", "Yes, on Sundays."),
    ("a T-shirt", "T-shirt"),
    ("No. 5", "5"),
    ("24 months", "two years"),
    ("90 minutes", "1.5 hours"),
    ("true", "Yes."),
]
PERHAPS = [
    ("3pm", "15:00"),
    ("None", "0"),
    ("No-one", "nobody"),
    ("without charge", "free of charge"),
    ("New York", "NYC"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_negations_and_values_decide_what_cannot_both_be_right(one, other):
    assert answers_compared(one, other) == answers_compared(other, one) == "contradict"


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_answer_in_two_ways_of_writing_it(one, other):
    assert answers_compared(one, other) == answers_compared(other, one) == "same"


@pytest.mark.parametrize(("one", "other"), PERHAPS)
def test_where_neither_decides_an_answer_may_be_the_same_in_other_words(one, other):
    assert "contradict" not in (answers_compared(one, other), answers_compared(other, one))


def test_values_of_one_unit_are_compared_as_they_stand_and_once(monkeypatch):
    compared_ones, converted = [], []
    told, turned = other_answers.same, other_answers.in_base_unit
    monkeypatch.setattr(other_answers, "same", lambda *both: bool(compared_ones.append(both)) or told(*both))
    monkeypatch.setattr(other_answers, "in_base_unit", lambda one: converted.append(one) or turned(one))
    for price in range(20):
        assert answers_compared(f"It is {price} dollars.", f"It is {price + 1} dollars.") == "contradict"
    assert (len(compared_ones), converted) == (40, [])  # either way round: before 100,000 rows took ten seconds
    assert answers_compared("24 months", "two years") == "same"
    assert converted


def test_a_number_is_not_compared_with_every_year(monkeypatch):
    equal, told = [], Fraction.__eq__
    monkeypatch.setattr(Fraction, "__eq__", lambda one, other: bool(equal.append(one)) or told(one, other))
    assert answers_compared("It costs 23571 dollars.", "It costs 23572 dollars.") == "contradict"
    assert len(equal) < 20
    assert answers_compared("on 5 May 1905", "on 6 May 1905") == "contradict"


def row(*references, choices=()):
    return Example("x", "Which is it?", references, (), choices=choices)


def test_options_are_compared_as_options():
    assert compared(row("A"), row("B) A river")) == "contradict"
    assert compared(row("b"), row("B) A river")) == "same"
    assert compared(row("A"), row("a river", choices=("a", "a river"))) == "contradict"
    assert compared(row("a bridge", "A", "A) a bridge"), row("a river", "B", "B) a river")) == "contradict"


def test_other_words_alone_are_not_called_a_contradiction(tmp_path):
    write_lines(tmp_path / "train.jsonl", asked([["Ann Smith"], ["the miller"]], "Who lives there?"))
    task = build_task("jsonl", dir=str(tmp_path))
    (line,) = [line for line in task.remarks() if "answered otherwise" in line]
    assert line.startswith("2 of 18 rows (11.1 %) are answered otherwise in another one: 1 question has several rows")
    assert "contradict" not in line
    assert "no arm can be right" not in line


def test_equal_answers_are_compared_once(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(contradictions, "compared", lambda *rows: calls.append(rows) or "contradict")
    write_lines(tmp_path / "train.jsonl", asked([["three"]] * 40 + [["seven"]] * 40))
    assert remark_of(tmp_path).startswith("80 of 96 rows")
    assert len(calls) == 1


def test_one_question_on_two_texts_is_no_contradiction(tmp_path):
    rows = asked([["three"], ["seven"]])
    write_lines(tmp_path / "train.jsonl", [{**row, "evidence": [f"d{n}"]} for n, row in enumerate(rows)])
    write_lines(tmp_path / "documents.jsonl", [{"id": f"d{n}", "text": f"Text number {n}."} for n in range(18)])
    assert remark_of(tmp_path) == ""


def test_answerable_in_one_row_alone(tmp_path):
    rows = asked([["three"], ["I do not know"]])
    write_lines(tmp_path / "train.jsonl", [{**row, "answerable": n < 17} for n, row in enumerate(rows)])
    assert "('not answerable')" in remark_of(tmp_path)
