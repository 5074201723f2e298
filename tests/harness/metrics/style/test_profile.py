"""Counts with names, worked out by hand."""

import numpy as np
import pytest

from harness.metrics.style.profile import NAMES, profiles

CASES = [
    ("contractions", "It's fine, we don't care", 2 / 5),
    ("written out", "It is fine, we do not care", 2 / 7),
    ("emoji", "not again 🤔", 1 / 2),
    ("emoticons", "not again :/", 1 / 2),
    ("letters and digits in one word", "See you l8r at 3pm", 1 / 5),
    ("digits for letters", "p1ck a s1de", 2 / 3),
    ("list items", "1. one\n2. two", 2 / 4),
    ("labels", "down: 3 May\nwhy: rust", 2 / 5),
    ("placeholders", "Call {{Phone Number}} now", 1 / 4),
    ("words in capitals", "THE MRI is fine", 2 / 4),
    ("comma", "a, b、c", 2 / 3),
    ("negations", "Nein, ich habe keine Zeit", 1 / 5),
    ("first person", "Я не знаю, мне жаль", 2 / 5),
    ("words (log)", "他来了。", np.log1p(3)),
    ("words per sentence (log)", "他来了。你呢？", np.log1p(2.5)),
    ("full width", "他来了。你呢？", 2 / 5),
    ("function words", "他来了。你呢？", 4 / 5),
    ("ends with a full stop", "他来了。", 1.0),
    ("sentences (log)", "Ça va. Et toi ?", np.log1p(2)),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[f"{name}: {text}" for name, text, _ in CASES])
def test_a_count(name, text, expected):
    assert profiles([text])[0, NAMES.index(name)] == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", " ", "?!", "\ud83d\x00", "字" * 30_000, "word " * 10_000])
def test_odd_texts_have_finite_counts(text):
    assert np.isfinite(profiles([text])).all()


def test_no_text_no_rows():
    assert profiles([]).shape == (0, len(NAMES))
