"""Hand-computed values, and cases that each metric must fail."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.metrics.answer_length import AnswerLength
from harness.metrics.chrf import chrf
from harness.metrics.exact_match import exact_match
from harness.metrics.rouge_l import rouge_l
from harness.metrics.token_f1 import token_f1


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("The Eiffel Tower.", "eiffel tower", 1),
        ("Eiffel", "Eiffel Tower", 0),
        ("МОСКВА", "Москва", 1),
        ("Москва", "Масква", 0),
        ("北京。", "北京", 1),
        ("北京", "南京", 0),
        ("Zürich", "Zu\u0308rich", 1),
        ("Zurich", "Zürich", 0),
        ("42", "24", 0),
    ],
)
def test_exact_match(answer, reference, expected):
    assert exact_match(answer, reference) == expected


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("the cat sat", "a cat sat down", 2 * 2 / (2 + 3)),
        ("cat cat cat", "cat", 2 * 1 / (3 + 1)),
        ("красная площадь", "Красная Площадь в Москве", 2 * 2 / (2 + 4)),
        ("北京大学", "北京", 2 * 2 / (4 + 2)),
        ("café noir", "cafe noir", 2 * 1 / (2 + 2)),
        ("dog", "cat", 0),
        ("Beijing", "北京", 0),
    ],
)
def test_token_f1(answer, reference, expected):
    assert token_f1(answer, reference) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("police kill the gunman", "police killed the gunman", 3 / 4),
        ("the gunman kill police", "police killed the gunman", 2 / 4),
        ("мама мыла раму", "мама долго мыла раму", 2 * 1 * (3 / 4) / (1 + 3 / 4)),
        ("北京大学", "北方大学", 3 / 4),
        ("un été chaud", "un été froid", 2 / 3),
        ("мама", "папа", 0),
        ("北京", "上海", 0),
        ("!", "?", 0),
    ],
)
def test_rouge_l(answer, reference, expected):
    assert rouge_l(answer, reference) == pytest.approx(expected)


ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@settings(max_examples=60, deadline=None)
@given(ASCII, ASCII)
def test_rouge_l_of_ascii_is_the_librarys(answer, reference):
    from rouge_score.rouge_scorer import RougeScorer

    assume(any(character.isalnum() for character in reference))
    assert rouge_l(answer, reference) == RougeScorer(["rougeL"]).score(reference, answer)["rougeL"].fmeasure


@settings(max_examples=60, deadline=None)
@given(ASCII, ASCII)
def test_chrf_of_ascii_is_the_librarys(answer, reference):
    from sacrebleu.metrics import CHRF

    expected = CHRF(word_order=2).sentence_score(answer, [reference]).score / 100
    assert chrf(answer, reference) == pytest.approx(expected)


def test_chrf_by_hand():
    """abc/abd: 1-grams 2 of 3, 2-grams 1 of 2, 3-grams 0 of 1, words 0 of 1: the mean over 4 orders, P = R."""
    assert chrf("abc", "abd") == pytest.approx((2 / 3 + 1 / 2 + 0 + 0) / 4)


def test_chrf_of_chinese_by_hand():
    """北京大/北京小: characters 2/3, 1/2, 0; words are characters: 2/3, 1/2. Five orders."""
    assert chrf("北京大", "北京小") == pytest.approx((2 / 3 + 1 / 2 + 0 + 2 / 3 + 1 / 2) / 5)


def test_chrf_rewards_a_near_word_form_and_fails_another_word():
    assert 0.4 < chrf("Москвы", "Москва") < 1.0
    assert chrf("Берлин", "Москва") < 0.2
    assert chrf("cafe\u0301", "café") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("answer", "finish", "expected"),
    [("Three small words.", "stop", 3), ("北京大学", "stop", 4), ("Привет мир", "length", 2), ("", "error", 0)],
)
def test_answer_length(pair, answer, finish, expected):
    (score,) = AnswerLength().score([pair(answer, "a b", finish=finish)])
    assert (score.value, score.reason) == (expected, "")


def test_answer_length_of_a_refusal_says_so():
    from harness.types import Example, Prediction

    pair = Example("x", "?", ("r",), ()), Prediction("x", "I don't know.", (), (), "stop")
    (score,) = AnswerLength().score([pair])
    assert (score.value, score.reason) == (4, "abstained")
