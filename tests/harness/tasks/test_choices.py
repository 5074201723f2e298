"""Multiple choice in the shapes that people have: where options stand, and what says which of them is right."""

import json
from dataclasses import replace

import pytest

from harness.store.spec import canonical, digest
from tests.harness.tasks.making import build_task, write_lines

COLOURS = ["red", "blue", "green"]


@pytest.fixture
def made(tmp_path):
    """Builds a task of which these are the training rows."""

    def make(rows, name="train.jsonl", others=None, **settings):
        lines = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / name).write_text(lines, encoding="utf-8")
        for split in ("validation", "test"):
            other = others or {"input": "q", "references": "r"}
            renamed = {key: split if value in ("q", "q?", "q0?") else value for key, value in other.items()}
            write_lines(tmp_path / f"{split}.jsonl", [{**renamed, "id": split}])
        return build_task("jsonl", dir=str(tmp_path), splits__train=name, **settings)

    return make


def asked(answers, options=COLOURS, name="options", **more):
    return [{"question": f"q{n}?", name: options, "answer": answer, **more} for n, answer in enumerate(answers)]


def firsts(task):
    assert task.problems() == []
    return [own.references[0] for own in task.examples("train")]


def said(task):
    return "\n".join(task.remarks())


def shown(task):
    return task.examples("train")[0].input.split("\n\n")[-1].splitlines()


ROW = {"context": "We met at the sea.", "question": "What?"}


@pytest.mark.parametrize(
    ("rows", "right", "says"),
    [
        (  # CosmosQA
            [{**ROW, "answer0": "x", "answer1": "y", "answer2": "z", "label": label} for label in (1, 2, 0)],
            ["y", "z", "x"],
            "label names the right option by its label",
        ),
        (  # BBQ
            [{**ROW, "ans0": "x", "ans1": "y", "ans2": "z", "label": label} for label in (1, 2)],
            ["y", "z"],
            "label names the right option by its label",
        ),
        (  # PIQA
            [{"goal": "What?", "sol1": "x", "sol2": "y", "label": label} for label in (1, 0)],
            ["y", "x"],
            "numbers in label count the options from 0",
        ),
        (  # ReClor
            [{**ROW, "answers": ["x", "y", "z"], "label": label} for label in (0, 2)],
            ["x", "z"],
            "numbers in label count the options from 0",
        ),
        (  # GPQA
            [{"Question": "What?", "Correct Answer": "x", "Incorrect Answer 1": "y", "Incorrect Answer 2": "z"}],
            ["x"],
            "the right option has a column of its own",
        ),
        (
            [{"question": "What?", "correct_answer": "x", "incorrect_answers": ["y", "z"]}],
            ["x"],
            "an order that tells nothing",
        ),
        (  # TruthfulQA
            [{"question": "What?", "mc1_targets": {"choices": ["x", "y", "z"], "labels": [0, 1, 0]}}],
            ["y"],
            "the options say which of them is right",
        ),
        (
            [{"question": "What?", "answers": [{"text": text, "correct": text == "y"} for text in "xyz"]}],
            ["y"],
            "the options say which of them is right",
        ),
    ],
)
def test_options_wherever_they_stand(made, rows, right, says):
    task = made(rows)
    assert firsts(task) == right
    assert says in said(task)
    assert sorted(line.split(". ")[1] for line in shown(task)) == [*"xyz"][: len(shown(task))]


KAHOOT = (
    "Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,Answer 3,Time limit (sec),"
    'Correct answer(s) - choose at least one\nWhat?,x,y,z,20,"1,3"\nAnd?,x,y,z,20,2\n'
)


@pytest.mark.parametrize(
    ("table", "right"),
    [
        (KAHOOT, ["x, z", "y"]),
        ("Frage;Antwort A;Antwort B;Antwort C;Richtige Antwort\nWas?;x;y;z;A und C\nWer?;x;y;z;B\n", ["x, z", "y"]),
        ("Frage;A;B;C;Lösung\nWas?;x;y;z;1,0\nWer?;x;y;z;3,0\n", ["x", "z"]),  # decimal commas
        ("question,A,B,C,D,answer\na?,x,y,,,B\nb?,x,y,z,,C\nc?,x,y,z,w,D\n", ["y", "z", "w"]),
        ("question,option1,option2,option3,answer\na?,x,y,,2\nb?,x,y,z,3\n", ["y", "z"]),
        ("question,option1,option2,answer\na?,x,y,option2\nb?,x,y,Option 1\n", ["y", "x"]),
        ("question,choices,answer\na?,\"['x', 'y']\",B\n", ["y"]),
    ],
)
def test_options_in_tables(made, table, right):
    assert firsts(made(table, "train.csv")) == right


@pytest.mark.parametrize(
    ("cell", "answers", "right", "between"),
    [
        ("A) red B) blue C) green", "AC", ["red", "green"], "marks"),
        ("(1) red; (2) blue; (3) green", ["3", "1"], ["green", "red"], "marks"),
        ("red\nblue\ngreen", ["blue"], ["blue"], "newline"),
        ("red; blue, dark; green", ["blue, dark", "green"], ["blue, dark", "green"], "semicolon"),
        ("red|blue|green", "B", ["blue"], "pipe"),
        ("red, blue, green", ["blue", "red"], ["blue", "red"], "comma"),
        ("1,000, 2,000, 3,000", ["2,000"], ["2,000"], "comma"),
        ("red / blue / km/h", ["km/h"], ["km/h"], "slash"),
        ("A - red; B - blue; C - green", "C", ["green"], "marks"),
        ("(A)red(B)blue(C)green", "B", ["blue"], "marks"),
        ("1. red 2. blue 3. green", "B", ["blue"], "marks"),
        ("• red\n• blue\n• green", "A", ["red"], "newline"),
    ],
)
def test_options_that_share_a_cell(made, cell, answers, right, between):
    task = made(asked(answers, cell))
    assert firsts(task) == right
    assert len(shown(task)) == 3
    assert f"options that share a cell are parted by {between} (task.options_between)" in said(task)


def test_a_sign_between_options_that_is_told(made):
    (problem,) = made(asked(["red", "blue"], "red ~ blue ~ green")).problems()
    assert "if several share 'red ~ blue ~ green', task.options_between=SIGN says what stands between them" in problem
    told = made(asked(["red", "blue"], "red ~ blue ~ green"), options_between="~")
    assert firsts(told) == ["red", "blue"]
    assert firsts(made(asked(["a, b"], "a, b; c"), options_between=";")) == ["a, b"]
    assert told.content_key() != made(asked(["red", "blue"], "red; blue; green")).content_key()


def test_options_inside_of_the_question(made):
    rows = [{"question": "Vitamin A. Which?\nA) red B) blue C) green", "answer": letter} for letter in "AB"]
    task = made(rows)
    assert firsts(task) == ["red", "blue"]
    assert task.examples("train")[0].input == rows[0]["question"]
    plain = made([{"question": "Which grade?", "answer": letter} for letter in "AB"])
    assert firsts(plain) == ["A", "B"]


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        (["A,C", "B"], ["red, green", "blue"]),
        (["A and C", "B & C"], ["red, green", "blue, green"]),
        (["AC", "B"], ["red, green", "blue"]),
        (["Options A and C"], ["red, green"]),
        ([[0, 2], [1]], ["red, green", "blue"]),
        ([["A", "C"], ["B"]], ["red, green", "blue"]),
        (["red, green", ["blue"]], ["red, green", "blue"]),
        ([[1, 0, 1], [0, 1, 0]], ["red, green", "blue"]),
        ([[True, False, True]], ["red, green"]),
        (["0;2", "1"], ["red, green", "blue"]),
    ],
    ids=str,
)
def test_several_right_options(made, answers, right):
    task = made(asked(answers))
    assert firsts(task) == right
    assert "an answer must name all of them (task.options_right=any: one of them)" in said(task)
    assert task.examples("train")[0].references[1:3] in {("A, C", "A. red\nC. green"), ("B, C", "B. blue\nC. green")}


@pytest.mark.parametrize(
    "answer", ["b)", "(B)", "B. blue", "Option B", "choice_b", "The answer is B", "Blue.", " b ", {"label": "B"}, ["B"]]
)
def test_ways_to_name_one_option(made, answer):
    assert firsts(made(asked([answer, "A"]))) == ["blue", "red"]


def test_keys_of_multiple_choice_that_are_not_used_are_said(made):
    task = made([{"question": "q?", "answer": "a"}], options_from=1, options_right="any")
    assert "it is no multiple choice, and task.options_from, task.options_right not used" in said(task)


def test_any_of_several_right_options(made):
    assert made(asked(["A or C"])).examples("train")[0].references == ("red", "A", "A. red", "green", "C", "C. green")
    any_of_them = made(asked(["A,C", "B"]), options_right="any")
    assert any_of_them.examples("train")[0].references[::3] == ("red", "green")
    assert firsts(made(asked(["A or C"]), options_right="all")) == ["red, green"]
    assert any_of_them.content_key() != made(asked(["A,C", "B"])).content_key()
    assert "options_right is 'some': want null, all or any" in made(asked("A"), options_right="some").problems()[0]


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        (asked([2, 1]), "answer gives the right options as numbers (1, 2)"),
        (asked([[1, 2], [1]]), "answer gives the right options as numbers (1, 2)"),
        (asked(["1"], "red; blue; green"), "answer gives the right options as numbers (1)"),
        (  # the columns count from 1, and the numbers may all the same count from 0, as PIQA's do
            [{"question": "q?", "option1": "red", "option2": "blue", "option3": "green", "label": 1}],
            "label gives the right options as numbers (1)",
        ),
    ],
)
def test_numbers_that_may_count_from_0_or_1(made, rows, seen):
    (problem,) = made(rows).problems()
    assert f"{seen} that are never 0 and never that of the last option" in problem
    for first, right in ((0, "blue"), (1, "red")):
        assert firsts(made(rows, options_from=first))[-1].startswith(right)


def test_messages_name_columns_as_the_file_has_them(made):
    rows = [{"Question": f"q{n}?", "Options": COLOURS, "Correct Answer": n} for n in (1, 2)]
    assert "Correct Answer gives the right options" in made(rows).problems()[0]
    rows = [{**row, "Correct Answer": answer} for row, answer in zip(rows, ("A", None), strict=True)]
    assert "Correct Answer is empty" in made(rows).problems()[0]


def test_rows_with_different_numbers_of_options(made):
    rows = [{"question": f"q{n}?", "choices": COLOURS[:count], "answer": count} for n, count in enumerate((2, 3))]
    task = made(rows)
    assert firsts(task) == ["blue", "green"]
    assert "numbers in answer count the options from 1" in said(task)
    table = "question,A,B,C,answer\na?,x,y,,B\nb?,x,,,A\nc?,x,y,,C\n"
    one, empty = made(table, "train.csv").problems()
    assert "train.csv:3: is no multiple choice: want a question and two options at least, got 1 option" in one
    assert "train.csv:4: has a bad answer: want a label, text or number of one of 'A. x', 'B. y', got 'C'" in empty


def test_a_column_that_says_what_is_right_under_another_name(made):
    rows = [{"question": f"q{n}?", "choices": COLOURS, "wahr so": letter} for n, letter in enumerate("AC")]
    (problem,) = made(rows).problems()
    assert """task.format=choices task.columns.references=['"wahr so"']""" in problem
    told = made(rows, format="choices", columns__references=["wahr so"], others=rows[0])
    assert firsts(told) == ["red", "green"]
    assert "not read" not in said(told)
    rows = [{"stelle": "q?", "choices": COLOURS, "wahr": "A", "note": "n"}]
    told = made(rows, format="choices", columns__references=["wahr"], columns__input=["stelle"], others=rows[0])
    assert firsts(told) == ["red"]
    assert "not read: note" in said(told)


def test_the_column_is_taken_that_names_options(made):
    rows = [{"question": "q?", "choices": COLOURS, "answer": "As the sun does.", "label": label} for label in (0, 2)]
    task = made(rows)
    assert firsts(task) == ["red", "green"]
    assert "not read: answer" in said(task)


@pytest.mark.parametrize(
    "row",
    [
        {"question": "q?", "answers": ["red", "crimson"], "answer": "red"},  # several right answers
        {"question": "q?", "option": "x", "answer": "as it is"},
        {"question": "q?", "best_answer": "b", "correct_answers": ["b", "c"], "incorrect_answers": ["w"]},
    ],
)
def test_what_is_no_multiple_choice(made, row):
    task = made([row])
    assert task.problems() == []
    assert task.examples("train")[0].input == "q?"


def test_one_line_for_all_rows_of_a_file(made):
    rows = asked(["z", "A", "y", "w"]) + [{"question": f"q{n}?", "options": COLOURS} for n in range(3)]
    bad, without = made(rows).problems()
    assert "got 'z' (the same at 2 others: 3, 4)" in bad
    assert "does not say which option is right: answer is empty" in without
    assert "(the same at 2 others: 6, 7)" in without


def test_numbers_and_texts_with_points(made):
    assert firsts(made(asked(["1.5", "3.5"], ["1.5", "2.5", "3.5"]))) == ["1.5", "3.5"]
    assert firsts(made(asked([1.0, 0.0, 2.0]))) == ["blue", "red", "green"]
    assert firsts(made(asked([True, False], [True, False]))) == ["true", "false"]


def test_a_question_that_holds_its_options(made):
    options = [{"label": label, "text": text} for label, text in zip("ABC", COLOURS, strict=True)]
    asks = [{"stem": f"q{n}?", "choices": options} for n in range(3)]
    rows = [{"id": ask["stem"], "question": ask, "answerKey": key} for ask, key in zip(asks, "CAB", strict=True)]
    task = made(rows)
    assert firsts(task) == ["green", "red", "blue"]
    assert task.examples("train")[0].input.startswith("q0?")
    assert shown(task) == ["A. red", "B. blue", "C. green"]


def test_choices_to_be_scored_by_likelihood_are_read_from_their_column(made):
    """They are no part of the prompt, and with no such column every key is what it was."""
    rows = [{"q": "Capital of Peru?", "r": "Lima", "endings": ["La Paz", "Lima"]}]
    columns = {"columns__input": ["q", "input"], "columns__references": ["r", "references"]}
    task = made(rows, **columns, columns__choices=["endings"])
    assert task.problems() == []
    (example,) = task.examples("train")
    assert (example.choices, example.input) == (("La Paz", "Lima"), "Capital of Peru?")
    plain = replace(example, choices=())
    assert digest(plain) != digest(example)
    assert "choices" not in canonical(plain)
    assert digest(replace(task.columns, choices=())) != digest(task.columns)
    assert "choices" not in canonical(replace(task.columns, choices=()))
