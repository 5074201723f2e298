import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.tokens import normalised


def squad(text):
    """The published rule: lower case, punctuation, articles, white space."""
    bare = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_text_is_normalised_as_by_squad(text):
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


def test_letters_that_differ_stay_different():
    assert normalised("cafe") != normalised("café")
    assert normalised("A") != normalised("The")
    assert normalised("+") != normalised("-")


@given(st.text())
def test_any_text_is_normalised_once_and_for_all(text):
    once = normalised(text)
    assert once == "" or once.strip() == once
    assert bool(once) == bool(text.strip())
