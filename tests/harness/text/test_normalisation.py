import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.tokens import compared_words, normalised


def squad(text):
    """The published rule: lower case, punctuation, articles, white space."""
    bare = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="0123456789+#-^")))
def test_ascii_text_without_marks_that_mean_something_is_normalised_as_by_squad(text):
    if squad(text):
        assert normalised(text) == squad(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Eiffel Tower!", "eiffel tower"),
        ("«Эйфелева башня»", "эйфелева башня"),
        ("Straße", "strasse"),
        ("ＡＢＣ１２３", "abc123"),
        ("Cafe\u0301", "café"),
        ("北京、上海。", "北京上海"),
        ("“quoted” – text…", "quoted text"),
        ("soft\u00adhyphen", "softhyphen"),
        ("हिन्दी", "हिन्दी"),
        ("theatre", "theatre"),
    ],
)
def test_scripts(text, expected):
    assert normalised(text) == expected


@pytest.mark.parametrize("text", ["A", "the", "+", "?", "😀"])
def test_nothing_is_normalised_away_entirely(text):
    assert normalised(text) == text.casefold()


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("3.5", "35"),
        ("-5", "5"),
        ("12.5%", "125"),
        ("C++", "C"),
        ("C#", "C"),
        ("A+", "A"),
        ("A-", "A"),
        (".5", "5"),
        ("2-5", "25"),
        ("1/2", "12"),
        ("½", "12"),
        ("10:30", "1030"),
        ("< 5", "> 5"),
        ("-$5", "$5"),
        ("2026-11-28", "20261128"),
        ("1,2,3", "123"),
        ("x^2", "x2"),
    ],
)
def test_marks_that_change_what_is_meant_are_kept(text, other):
    assert normalised(text) != normalised(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("1,000", "1000"),
        ("1'000", "1000"),
        ("1,000,000.5", "1.000.000,5"),
        ("3,5", "3.5"),
        ("−5", "-5"),
        ("1994–95", "1994-95"),
        (".5", "0.5"),
        ("It is 3.5.", "it is 3.5"),
        ("the C++, Java", "C++ Java"),
        ("COVID-19", "COVID19"),
        ("- five", "five"),
    ],
)
def test_ways_to_write_the_same_are_one(text, other):
    assert normalised(text) == normalised(other)


def test_words_that_are_compared_hold_numbers_whole():
    assert compared_words("It costs 3.5, and C++ 👍yes.") == ["it", "costs", "3.5", "and", "c++", "yes"]


def test_letters_that_differ_stay_different():
    assert normalised("cafe") != normalised("café")
    assert normalised("A") != normalised("The")
    assert normalised("+") != normalised("-")


@given(st.text())
def test_any_text_is_normalised_once_and_for_all(text):
    once = normalised(text)
    assert once == "" or once.strip() == once
    assert bool(once) == bool(text.strip())
