"""Alignment by hand: shares, stretches, jumps, contradictions."""

import pytest

from harness.judges.alignment import MOST_PLACES, PRIOR_SHARE, PRIOR_WORDS, align, indexed, span
from harness.text.terms import terms


def aligned(claim, *evidence):
    return align(terms(claim), indexed(evidence))


def share(value, count):
    return pytest.approx((value * count + PRIOR_WORDS * PRIOR_SHARE) / (count + PRIOR_WORDS))


def test_a_copy_has_all_shares_full():
    found = aligned("red cats chase mice", "Yesterday red cats chase mice again")
    assert found.known == found.together == found.in_order == found.related == share(1.0, 4)
    assert found.stretch == (1, 4)


def test_nothing_in_common():
    found = aligned("red cats chase mice", "bonjour")
    assert found.known == found.together == found.in_order == found.related == share(0.0, 4)
    assert found.stretch is None


def test_words_far_apart_are_known_but_not_together():
    found = aligned("red cats chase mice", "red cats " + "x " * 30 + "chase mice")
    assert found.known == share(1.0, 4)
    assert found.together == share(0.5, 4)
    assert found.in_order == share((4 - 2.0) / 4, 4)  # one jump costs 2
    assert found.related == share(2 / 6, 4)  # 6 pairs of neighbours, 2 of them kept


def test_a_gap_costs_less_than_a_jump():
    assert aligned("red cats chase mice", "red cats often chase mice").in_order == share((4 - 0.1) / 4, 4)


def test_another_form_counts_half():
    assert aligned("organisations", "the organisational chart").known == share(0.5, 1)


def test_texts_do_not_touch():
    assert aligned("red cats chase mice", "red cats", "chase mice").together == share(0.5, 4)


@pytest.mark.parametrize("words", [8, 19, 60, 99, 600])
def test_a_long_claim_lies_in_one_text_even_when_two_hold_its_halves(words):
    named = [f"word{'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10 % 10]}{'uvwxzq'[at // 100]}" for at in range(words)]
    half = words // 2
    texts = ("something else " + " ".join(named[:half]), " ".join(named[half:]) + " and more")
    evidence = indexed(texts)
    found = align(terms(" ".join(named)), evidence)
    number, start, end = span(found, evidence)
    assert texts[number][start:end] == " ".join(named[half:] if words % 2 else named[:half])


def test_chinese_by_character():
    found = aligned("周日免费", "博物馆周日免费")
    assert found.known == found.together == found.in_order == share(1.0, 4)
    assert aligned("周六免费", "博物馆周日免费").known == share(0.75, 4)


def test_unknown_numbers_and_names():
    found = aligned("the museum has 7 paintings by Paul Cézanne", "the museum has 9 paintings by Monet")
    assert (found.unknown_numbers, found.unknown_names) == (1, 2)
    assert aligned("it has 7 rooms", "it has seven rooms").unknown_numbers == 0
    assert aligned("it has 7 rooms", "it has some rooms").unknown_numbers == 0  # no number there to differ from


def test_capitals_tell_nothing_in_german():
    assert aligned("Das neue Haus am Markt hat Keller", "bonjour").unknown_names == 0


@pytest.mark.parametrize(
    ("claim", "evidence", "differs"),
    [
        ("dogs are allowed inside", "dogs are not allowed inside", True),
        ("dogs are not allowed inside", "dogs are allowed inside", True),
        ("dogs are not allowed inside", "no dogs are allowed inside", False),
        ("dogs aren't allowed inside", "dogs are not allowed inside", False),
        ("Hunde sind erlaubt", "Hunde sind nicht erlaubt", True),
        ("Собаки разрешены", "Собаки не разрешены", True),
        ("cats are allowed inside", "dogs are not allowed inside", False),
    ],
)
def test_negation(claim, evidence, differs):
    assert aligned(claim, evidence).negation_differs is differs


def test_places_of_a_word_are_limited():
    assert len(indexed(("word " * (MOST_PLACES + 5),)).places["word"]) == MOST_PLACES
