"""Terms: equal words meet, whatever their form and script."""

import pytest

from harness.text.terms import denied, terms, word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paintings", "painting"),
        ("opened", "opening"),
        ("1,000", "1000"),
        ("１８９４", "1894"),
        ("twelve", "12"),
        ("zwölf", "12"),
        ("douze", "12"),
        ("двенадцать", "12"),
        ("городами", "город"),
        ("ÉTÉ", "été"),
    ],
)
def test_the_same_word(one, other):
    assert word(one).key == word(other).key


@pytest.mark.parametrize(("one", "other"), [("1894", "1904"), ("1.5", "15"), ("Lyon", "Nice"), ("Москва", "Минск")])
def test_different_words(one, other):
    assert word(one).key != word(other).key


def test_what_weighs_more():
    assert word("the").weight < word("museum").weight < word("1894").weight == word("January").weight


@pytest.mark.parametrize("written", ["the", "und", "les", "los", "что", "的", "don", "yes"])
def test_function_words(written):
    assert not word(written).content


def test_offsets_are_those_of_the_text():
    text = "Ｌyon, 它于1894年; naïve"
    found = terms(text, 1)
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == [
        "yon",
        "它",
        "于",
        "1894",
        "年",
        "naïve",
    ]


def test_names_are_capitals_inside_a_sentence():
    found = terms("The painter Claude Monet and I")
    assert found.named == (False, False, True, True, False, False)


def test_what_is_denied():
    assert denied(terms("Dogs are not allowed inside today").words) == [frozenset({"dogs", "allow", "inside"})]
    assert denied(terms("Dogs are allowed").words) == []
