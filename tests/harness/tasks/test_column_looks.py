"""Which column asks, answers or holds the evidence is decided by values, too: a name alone says little."""

import json
from pathlib import Path

import pytest

from harness.tasks.formats.recognition import recognise
from harness.tasks.looks import Look, column_look, holds_passages

ASKED = [
    f"How often is the {plant} watered?" for plant in ("fern", "basil", "ivy", "mint", "sage", "kale", "iris", "fig")
]
SAID = [f"Every {number} days, in the morning." for number in range(8)]
MANUAL = [f"Water plant {number} in the morning. It likes shade and a warm place." for number in range(8)]
ANSWER = {"answer": SAID}


@pytest.fixture
def known(tmp_path):
    """What is recognised of a file with these columns."""

    def look(columns):
        rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        path = tmp_path / "train.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return recognise(Path(path))

    return look


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["https://x.org/1", "www.x.org/a_b"], Look.NAMES),
        (["u1@x.org", "u2@x.org"], Look.NAMES),
        (["docs/fern.md", "Fern guide.pdf"], Look.NAMES),
        ([1, 2], Look.NAMES),
        (["2026-01-02", "A3"], Look.NAMES),
        (["c0ffee-12", "user7"], Look.NAMES),
        (["Summarise the text."] * 3, Look.NAMES),
        (["§ 3", "mail 4"], Look.WORDS),
        (["fern", "basil"], Look.WORDS),
        (["web shop", "call centre"] * 8, Look.WORDS),
        (["fern 1 grows", "basil 2 dies"], Look.TEXTS),
        (["保証期間は3か月です", "保証期間は4か月です"], Look.TEXTS),
        (["Read readme.txt!", "Who wrote a.md?"], Look.TEXTS),
        ([None, ""], Look.NAMES),
    ],
    ids=str,
)
def test_looks(values, expected):
    assert column_look([{"x": value} for value in values], "x") == expected


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"source": [f"https://x.org/{n}" for n in range(8)], "text": ASKED}, "text"),
        ({"source": [f"mail {n}" for n in range(8)], "content": ASKED}, "content"),
        ({"source": ["web shop"] * 8, "content": ASKED}, "content"),
        ({"user": [f"user{n}" for n in range(8)], "message": ASKED}, "message"),
        ({"Conversation": ["c1"] * 8, "Text": ASKED}, "Text"),
        ({"prompt": ["Answer."] * 8, "question": ASKED}, "question"),
        ({"question": ["fern", "basil"] * 4}, "question"),
        ({"source": ASKED}, "source"),
        ({"q": ["12", "13"] * 4}, "q"),
    ],
    ids=lambda value: ",".join(value or "-"),
)
def test_the_input_is_the_column_with_texts(known, columns, column):
    found = known({**columns, **ANSWER})
    assert (found.roles["input"], found.problem) == (column, "")


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"sentence": list(range(8)), "description": ASKED}, "sentence would be the input by name, but has ids"),
        ({"email": [f"u{n}@x.org" for n in range(8)]}, "set task.columns.input=[COLUMN]"),
        ({"question": list(range(8)), "description": ASKED}, "set task.columns.input=[description]"),
        ({"document": ASKED, "text": MANUAL}, "document, text can each be the input: say which is"),
    ],
    ids=lambda value: ",".join(value or "-"),
)
def test_a_doubtful_input_is_asked_for(known, columns, line):
    assert line in known({**columns, **ANSWER}).problem


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"answer": SAID, "ground_truth": ASKED}, "ground_truth"),
        ({"response": SAID, "correct_response": ASKED}, "correct_response"),
        ({"output": SAID, "Expected Output": ASKED}, "Expected Output"),
        ({"answer": SAID, "gold": ASKED}, "gold"),
        ({"answer": SAID, "reference": ASKED}, "reference"),
        ({"answer": SAID, "reference": [f"https://x.org/{n}" for n in range(8)]}, "answer"),
        ({"answer": SAID, "label": ASKED}, "answer"),
    ],
    ids=lambda value: ",".join(value or "-"),
)
def test_the_right_answer_wins_over_what_a_model_said(known, columns, column):
    assert known({"question": ASKED, **columns}).roles["references"] == column


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"document": [f"manual_{n}.pdf" for n in range(8)]}, None),
        ({"article": [f"§ {n}" for n in range(8)]}, None),
        ({"paragraph": list(range(8))}, None),
        ({"document": ["Care of plants in the winter"] * 8}, None),
        ({"passage": MANUAL}, "passage"),
        ({"contexts": [[text] for text in MANUAL]}, "contexts"),
        ({"context": [f"A{n}" for n in range(8)]}, None),
        ({"contexts": [[text] for text in MANUAL], "ground_truth": SAID}, None),
        ({"context": MANUAL, "expected_answer": SAID}, None),
        ({"contexts": [MANUAL] * 8, "ground_truth": SAID, "reference_contexts": [MANUAL] * 8}, "reference_contexts"),
    ],
    ids=lambda value: ",".join(value or "-"),
)
def test_contexts_are_texts_and_not_what_was_retrieved(known, columns, column):
    assert known({"question": ASKED, **ANSWER, **columns}).context == column


def test_a_title_is_no_passage():
    rows = [{"x": "Care of plants in the winter months"}, {"x": "Care of plants in the dark"}]
    assert not holds_passages(rows, "x", surely=False)
    assert holds_passages(rows, "x", surely=True)
