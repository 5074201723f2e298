"""Citations are read out of answers and taken off; by hand."""

import pytest

from harness.text.citations import cited_sentences, plain
from tests.growth import growth


def read(answer):
    text = plain(answer)
    return [(text[one.start : one.end], one.numbers) for one in cited_sentences(answer)]


@pytest.mark.parametrize(
    ("answer", "text", "sentences"),
    [
        ("It opened in 1894 [2].", "It opened in 1894.", [("It opened in 1894.", (2,))]),
        ("It opened in 1894. [2]", "It opened in 1894.", [("It opened in 1894.", (2,))]),
        ("It opened in 1894.[2] Entry is free [1][3].", "It opened in 1894. Entry is free.",
         [("It opened in 1894.", (2,)), ("Entry is free.", (1, 3))]),
        ("One [1, 2]. Two. Three [2-4] [3].", "One. Two. Three.",
         [("One.", (1, 2)), ("Two.", ()), ("Three.", (2, 3, 4))]),
        ("[1] It is free.", "It is free.", [("It is free.", (1,))]),
        ("- It is free [1]\n- Dogs stay out [passage 2]\n", "- It is free\n- Dogs stay out\n",
         [("- It is free", (1,)), ("- Dogs stay out", (2,))]),
        ("博物馆于1894年开放【2】。周日免费[1]。", "博物馆于1894年开放。周日免费。",
         [("博物馆于1894年开放。", (2,)), ("周日免费。", (1,))]),
        ("It opened [99].", "It opened.", [("It opened.", (99,))]),
        ("[2]", "", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_marks_belong_to_the_sentence_in_which_or_behind_which_they_stand(answer, text, sentences):
    assert plain(answer) == text
    assert read(answer) == sentences


@pytest.mark.parametrize(
    "answer", ["See [2](https://example.org).", "In [brackets].", "A note [of 2024].", "f(x)[i]", "[12345]", "1894"]
)
def test_other_brackets_are_text(answer):
    assert plain(answer) is answer
    assert [one.numbers for one in cited_sentences(answer)] == [()]


@pytest.mark.parametrize("part", ["[1] ", "[", "[1,", "[1, 2", "  [ ", "[passage ", "A. [1] "])
def test_long_answers_take_linear_time(part):
    assert growth(lambda size: cited_sentences(part * size), 2_500, 10_000) < 8  # linear: 4; quadratic: 16
