"""One column in two roles, constants, and labels that contradict the reference."""

from dataclasses import replace

import pytest

from harness.tasks.columns import Columns
from harness.tasks.labels import label_audits
from harness.types import THE_INPUT
from tests.harness.tasks.planted import PlantedTask, flags

SOUND = PlantedTask()
NONE = dict.fromkeys(("id", "evidence", "answerable", "group", "slice", "facts"), ())


def changed(change):
    """Flags of the sound task with all rows changed."""
    return flags(label_audits(with_rows(change)))


def with_rows(change):
    return replace(
        SOUND, **{split: tuple(map(change, getattr(SOUND, split))) for split in ("train", "validation", "test")}
    )


def test_sound_data_are_not_flagged():
    results = list(label_audits(SOUND))
    assert [(result.name, result.flag, result.checked) for result in results] == [
        ("columns", "", 60),
        ("answerable", "", 60),
    ]


def test_references_that_are_the_input():
    flag = changed(lambda row: replace(row, references=(row.input.upper(),)))["columns"]
    assert flag.startswith("in 60 of 60 rows (100 %) the answer is the input itself")


def test_the_answer_in_the_question():
    def asked(row):
        return replace(row, input=f"Context: {row.references[0]} Question: {row.input}")

    assert "stands word for word in the question" in changed(asked)["columns"]
    assert changed(lambda row: replace(asked(row), evidence=THE_INPUT)) == {}  # reading comprehension


@pytest.mark.parametrize(
    ("head", "tail", "flagged"),
    [("", "", False), ("What is wanted? ", "", True), ("", " What is wanted?", True), ("", None, True)],
)
def test_an_extract_of_a_text_is_no_answer_in_the_question(head, tail, flagged):
    around = "" if tail is None else "Much else was said on that day, as on all others before and after it. " * 3

    def extract(row):
        return replace(row, input=f"{head}{around}{row.references[0]} {around}{tail or ''}")

    assert ("the question" in changed(extract).get("columns", "")) is flagged
    (columns,) = [one for one in label_audits(with_rows(extract)) if one.name == "columns"]
    assert bool(columns.details.get("said")) is not flagged


def test_the_answer_at_the_end_of_the_input():
    def with_end(row, answer):
        return replace(row, input=f"{row.input} Answer: {answer}.", references=(answer,))

    def no(row):
        return "no" if row.id[-1] in "0123456789"[::2] else "yes"

    flag = changed(lambda row: with_end(row, f"lot {row.id}"))["columns"]
    assert flag.startswith("in 60 of 60 rows (100 %) the input ends with the answer itself")
    assert "columns" in changed(lambda row: replace(with_end(row, f"lot {row.id}"), evidence=THE_INPUT))
    choice = changed(
        lambda row: replace(row, input=f"{row.input} Yes or no", references=(("yes", "no")[len(row.id) % 2],))
    )
    assert "columns" not in choice


def test_answers_that_are_documents():
    answers = {row.references[0]: row.evidence[0] for split in (SOUND.train, SOUND.test) for row in split}
    base = tuple(replace(own, text=text) for own, text in zip(SOUND.base, answers, strict=False))
    looked_up = replace(SOUND, base=base)
    assert "columns" not in flags(label_audits(looked_up))
    (columns,) = [one for one in label_audits(looked_up) if one.name == "columns"]
    assert "are the whole text of their own evidence" in columns.details["said"][0]
    unnamed = {split: tuple(replace(row, evidence=()) for row in getattr(SOUND, split)) for split in ("train", "test")}
    assert "the whole text of a document" in flags(label_audits(replace(looked_up, **unnamed)))["columns"]


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("references", ("yes",), "all 60 answers are 'yes'"),
        ("input", "What?", "all 60 inputs are the same text"),
        ("answerable", False, "no row is answerable"),
        ("group", "a", "all rows are of the group 'a'"),
    ],
)
def test_constants(column, value, text):
    assert text in changed(lambda row: replace(row, **{column: value}))["columns"]


def test_answerable_labels_that_were_flipped():
    unknown = [replace(row, answerable=False, references=("I do not know.",)) for row in SOUND.train]
    flipped = [replace(row, answerable=False) for row in SOUND.test[:4]]
    task = replace(SOUND, train=tuple(unknown), test=(*SOUND.test[4:], *flipped))
    assert (
        "4 of 34 rows that are labelled unanswerable (12 %) have an answer" in flags(label_audits(task))["answerable"]
    )
    answered = replace(SOUND, train=tuple(replace(row, answerable=True) for row in unknown))
    assert "30 of 60 answerable rows (50 %) have a refusal" in flags(label_audits(answered))["answerable"]
    assert flags(label_audits(replace(SOUND, train=tuple(unknown)))) == {}


@pytest.mark.parametrize(
    ("one", "other"), [("input", "references"), ("references", "evidence"), ("references", "answerable")]
)
def test_a_column_in_two_roles(one, other):
    names = {**NONE, "input": ("question",), "references": ("answer",)}
    (problem,) = Columns(**{**names, other: (*names[other], *names[one])}).problems()
    assert problem.startswith(f"{names[one][0]} is a column of both {one} and {other}")
    assert Columns(**{**names, "answerable": ("@references",), "evidence": ("@input",)}).problems() == []


def test_a_split_in_which_refusing_always_wins():
    unanswerable = tuple(replace(row, answerable=False, references=()) for row in SOUND.test)
    flag = flags(label_audits(replace(SOUND, test=unanswerable)))["columns"]
    assert "test rows are marked as unanswerable, so that refusing always wins" in flag
    assert "task.splits.test=null" in flag


def test_an_option_of_several_is_no_answer_in_the_question():
    def chosen(row, options="A. Nobody has said so yet.\nB. {}"):
        return replace(row, input=f"{row.input}\n\n{options.format(row.references[0])}")

    assert "columns" not in changed(chosen)
    assert "columns" not in changed(lambda row: chosen(row, "(1) {}\n(2) It is not known."))
    assert "stands word for word" in changed(lambda row: chosen(row, "A. {}"))["columns"]  # one is no choice


@pytest.mark.parametrize(
    ("names", "flagged"),
    [
        (("cannot_log_in", "card_lost", "unable_to_verify_identity"), False),
        (("SUPPORTS", "NOT ENOUGH INFO", "REFUTES"), False),
        (("It is green.", "I do not know.", "It is blue."), True),
    ],
)
def test_labels_that_sound_like_refusals(names, flagged):
    numbers = iter(range(60))
    flags_of = changed(lambda row: replace(row, references=(names[next(numbers) % 3],)))
    assert ("have a refusal as their reference" in flags_of.get("answerable", "")) is flagged
