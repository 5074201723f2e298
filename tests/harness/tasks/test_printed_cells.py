"""Cells as pandas and numpy print them: arrays in arrays, over several lines, with and without their types."""

import pytest

from harness.tasks.formats.printed import printed


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("{'text': array(['two years'], dtype=object), 'answer_start': array([4])}", ("two years", 4)),
        (
            "{'text': array(['two years', '2 years'],\n   dtype=object), 'answer_start': array([4, 9],\n dtype=int32)}",
            ("two years", 4),
        ),
        ("{'text': np.array(['two years']), 'answer_start': np.array([4], dtype='int64')}", ("two years", 4)),
    ],
)
def test_arrays_in_objects(cell, value):
    found = printed(cell)
    assert (found["text"][0], found["answer_start"][0]) == value


def test_arrays_in_arrays():
    cell = "{'title': array(['A', 'B'], dtype=object), 'sentences': array([array(['It is red.'], dtype=object),\n"
    found = printed(cell + "       array(['No array(1) here, dtype=x)'], dtype=object)], dtype=object)}")
    assert found == {"title": ["A", "B"], "sentences": [["It is red."], ["No array(1) here, dtype=x)"]]}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("('red', 'crimson')", ["red", "crimson"]),
        ("['red' 'crimson']", ["red", "crimson"]),
        ("[{'a': nan}\n {'a': None}]", [{"a": None}, {"a": None}]),
    ],
)
def test_lists_in_print(cell, value):
    assert printed(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["(3, 4)", "(the red one)", "('red')", "(a) first (b) second", "[print('red')]", "array(['a'])", "['a', ..., 'b']"],
)
def test_texts_in_brackets_stay_texts(cell):
    assert printed(cell) is None
