"""Multiple choice: which option a row means, and rows that mean none."""

import pytest

from tests.harness.tasks.making import said

LISTED = {"question": "q", "choices": ["x", "y"]}


@pytest.mark.parametrize(
    ("row", "reference"),
    [
        ({**LISTED, "answer": 2}, "y"),
        ({**LISTED, "answer": "B"}, "y"),
        ({**LISTED, "answer": "(b) Y"}, "y"),
        ({**LISTED, "answer": ["y"]}, "y"),
        ({"question": "q", "options": {"A": "x", "B": "y"}, "answer_idx": "B", "answer": "y"}, "y"),
        ({"question": "q", "choices": {"text": ["x", "y"], "label": ["1", "2"]}, "answerKey": "2"}, "y"),
        ({"question": "q", "choices": [{"label": "A", "text": "x"}, {"label": "B", "text": "y"}], "answer": "B"}, "y"),
        ({"question": "q", "options": ["A) x", "B) y"], "correct": "B"}, "y"),
        ({"question": "q", "options": "['x', 'y']", "label": "2"}, "y"),
        ({"Question": "q", "A": "x", "B": "y", "C": None, "Answer": "b"}, "y"),
        ({"question": "q", "option1": "x", "option2": "y", "answer": "2"}, "y"),
        ({"ctx": "q", "ending0": "x", "ending1": "y", "label": 1}, "y"),  # the ends of the names
        ({"question": "q", "choices": ["3", "4"], "answer": "4"}, "4"),
    ],
    ids=str,
)
def test_multiple_choice(made, row, reference):
    task = made([row])
    (example,) = task.examples("train")
    first, second = (["x", "y"], ["3", "4"])[reference == "4"]
    assert example.references[0] == reference
    label = example.references[1]
    assert example.references[2] == f"{label}. {reference}"
    assert example.input.startswith("q\n\n")
    assert [line[3:] for line in example.input.splitlines()[2:]] == [first, second]
    assert "multiple choice: the options stand below the question" in said(task)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (LISTED, "does not say which option is right"),
        ({**LISTED, "answer": 3}, "got 3 (numbers count from 1; task.options_from=0, or 1, says"),
        ({**LISTED, "answer": "z"}, "got 'z'"),
        ({"question": "q", "a": "x", "b": "y"}, "does not say which option is right"),
        ({"question": "q", "options": "x or y", "answer": "x"}, "want a question and two options at least"),
    ],
    ids=str,
)
def test_bad_multiple_choice(made, row, line):
    (problem,) = made([row]).problems()
    assert line in problem


FOUR = ["w", "x", "y", "z"]


def numbered(*numbers):
    return [{"question": f"q{n}", "choices": FOUR, "answer": number} for n, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "first", "references"),
    [((0, 1, 2), 0, "wxy"), ((1, 2, 4), 1, "wxz"), (("1", "2", "4"), 1, "wxz"), ((3, 0), 0, "zw")],
)
def test_numbers_of_options_count_from_0_or_from_1(made, numbers, first, references):
    task = made(numbered(*numbers))
    assert "".join(own.references[0] for own in task.examples("train")) == references
    assert f"numbers in answer count the options from {first}" in said(task)


def test_numbers_of_options_that_may_count_from_either(made):
    (problem,) = made(numbered(1, 2, 3)).problems()
    assert "numbers (1, 2, 3) that are never 0 and never that of the last option" in problem
    for first, references in ((0, "xyz"), (1, "wxy")):
        task = made(numbered(1, 2, 3), options_from=first)
        assert "".join(own.references[0] for own in task.examples("train")) == references
    assert made(numbered(1), options_from=1).content_key() != made(numbered(1), options_from=0).content_key()
    assert "options_from is 2: want null, 0 or 1" in made(numbered(1), options_from=2).problems()[0]


def test_an_option_that_is_not_there(made):
    (problem,) = made(numbered(0, 4)).problems()
    assert "got 4 (numbers count from 0; task.options_from=0, or 1, says" in problem


def choices(*rows):
    return [{"question": f"q{n}", "choices": options, "answer": answer} for n, (options, answer) in enumerate(rows)]


def firsts(task):
    return [own.references[0] for own in task.examples("train")]


def test_numbers_are_places_also_where_an_option_is_such_a_number(made):
    task = made(choices((["4", "2", "3", "1"], 2), (["a", "b", "c", "d"], 0), (["x", "y", "z", "2"], 1)))
    assert firsts(task) == ["3", "a", "y"]
    assert "numbers in answer count the options from 0 (3 rows)" in said(task)
    assert firsts(made(choices((["4", "5", "6"], "5"), (["14", "15", "16"], "16")))) == ["5", "16"]


def test_texts_stay_texts_where_one_is_another_options_label(made):
    rows = choices((["B", "A", "D", "C"], "C"), (["red", "blue", "green", "grey"], "green"))
    assert firsts(made(rows)) == ["C", "green"]
    assert firsts(made(choices((["B", "A", "D", "C"], "C"), (["red", "blue", "green", "grey"], "D")))) == ["D", "grey"]


def test_more_options_than_ten(made):
    options = [f"option {n}" for n in range(30)]
    task = made(choices((options, "option 29"), (options, "L")))
    assert firsts(task) == ["option 29", "option 11"]
    assert task.examples("train")[0].input.endswith("30. option 29")
