"""Lengths of time in words and on a clock."""

import pytest

from harness.text.durations import about, clock


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "5 seconds"),
        (13, "15 seconds"),
        (44, "40 seconds"),
        (89, "90 seconds"),
        (95, "2 minutes"),
        (540, "9 minutes"),
        (5399, "90 minutes"),
        (5400, "1 h 30 min"),
        (7100, "2 hours"),
        (8400, "2 h 20 min"),
        (36_000, "10 hours"),
        (3 * 86_400, "3 days"),
    ],
)
def test_words(seconds, words):
    assert about(seconds) == words


@pytest.mark.parametrize(("seconds", "shown"), [(7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_clock(seconds, shown):
    assert clock(seconds) == shown
