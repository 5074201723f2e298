"""`task.cut`, and the key that it replaces."""

import pytest

from harness.cli.builder import Builder
from harness.cli.config import compose, resolved


def built(*overrides):
    builder = Builder()
    plain = resolved(compose(["task=jsonl", "task.dir=d", *overrides]))
    return builder.build(plain["task"], "task"), builder.problems


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("task.cut=start", "start"),
        ("task.cut=middle", "middle"),
        ("task.cut=end", True),
        ("task.cut=null", False),
        ("task.cut_long_input=true", True),
        ("task.cut_long_input=false", False),
        ("task.cut_long_input=start", "start"),
    ],
)
def test_both_keys_say_what_is_cut_away(line, cut):
    task, problems = built(line)
    assert (task.cut, problems) == (cut, [])


def test_a_file_of_ones_own_may_have_the_old_key():
    node = resolved(compose(["task=jsonl", "task.dir=d"]))["task"]
    del node["cut"]
    for value, cut in ((True, "end"), (False, None)):
        old = Builder().build({**node, "cut_long_input": value}, "task")
        new = Builder().build({**node, "cut": cut}, "task")
        assert old == new


def test_another_word_is_refused_with_those_that_are_right():
    _, problems = built("task.cut=front")
    assert problems == ["task.cut is 'front'; it must be start, middle, end, true, false or null"]
