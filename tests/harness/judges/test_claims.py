"""Answers cut into sentences and claims; every span is the text between its offsets."""

import random

import pytest

from harness.judges.claims import LONGEST, claims, sentences
from tests.growth import growth


def texts(answer):
    return [answer[one.start : one.end] for one in sentences(answer)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It opened in 1890. It closed in 1950!", ["It opened in 1890.", "It closed in 1950!"]),
        ("Dr. Smith came at 3.30 p.m. today.", ["Dr. Smith came at 3.30 p.m. today."]),
        ("Er kam am 3. Mai. Sie blieb.", ["Er kam am 3. Mai.", "Sie blieb."]),
        ("« Il est venu. » Elle est restée.", ["« Il est venu.", "» Elle est restée."]),
        ("¿Cuándo abrió? Abrió ayer.", ["¿Cuándo abrió?", "Abrió ayer."]),
        ("Он пришёл. Она ушла.", ["Он пришёл.", "Она ушла."]),
        ("它于1894年开放。周日免费！", ["它于1894年开放。", "周日免费！"]),
        ("one\n\ntwo", ["one", "two"]),
        ("... !!", []),
        ("", []),
    ],
)
def test_sentences(answer, expected):
    assert texts(answer) == expected


def parts(answer):
    return [answer[one.span.start : one.span.end] for one in claims(answer)]


def test_a_long_sentence_of_two_statements_makes_two_claims():
    first = "The old museum in Lyon opened its doors in 1894"
    second = "but the new wing with modern paintings opened only last summer."
    assert parts(f"{first}, {second}") == [first, second]
    assert [one.sentence for one in claims(f"{first}, {second} It is free.")] == [0, 0, 1]


def test_a_short_aside_is_no_claim_of_its_own():
    assert parts("The museum opened in 1894, but not fully.") == ["The museum opened in 1894, but not fully."]


@pytest.mark.parametrize(
    "answer",
    [
        "Let me know if you need more.", "You're welcome.", "Yes, we do.", "I'm sorry.", "Is there anything else?",
        "N'hésitez pas à me contacter.", "Gern geschehen!", "谢谢。", "Спасибо!", "Gracias.",
    ],
)  # fmt: skip
def test_courtesies_claim_nothing(answer):
    assert claims(answer) == []


def test_questions_are_marked():
    assert [one.asks for one in claims("It opened in 1890. Do you like museums? 你喜欢博物馆吗？")] == [
        False,
        True,
        True,
    ]


def test_who_speaks_of_himself():
    said = ["I love old trains.", "I'm sorry, the train is full.", "The train is full.", "Ich mag alte Züge."]
    assert [claims(one)[0].personal for one in said] == [True, False, False, True]


def test_citations_are_no_part_of_a_claim():
    (one,) = claims("The museum opened in 1890 [2].")
    assert [word.key for word in one.terms.words] == ["the", "museum", "open", "in", "1890"]


def test_a_sentence_without_an_end_is_cut():
    answer = "word " * (2 * LONGEST + 1)
    assert [len(one.terms) for one in claims(answer)] == [LONGEST, LONGEST, 1]
    assert "".join(part.replace(" ", "") for part in parts(answer)) == answer.replace(" ", "")


UNITS = [
    "a ",
    ".",
    "?",
    "!?",
    "\n",
    " ",
    ", right? ",
    "word – ",
    "; ",
    "——",
    "thank you, ",
    "1. ",
    "a-",
    "是不是",
    "吗？",
    "[1",
    '"',
]


@pytest.mark.slow
@pytest.mark.ci_slow
def test_adversarial_repeats_take_linear_time_and_keep_their_offsets():
    def split(length):
        for unit in UNITS:
            answer = unit * (length // len(unit)) + "x?"
            assert all(0 <= claim.span.start <= claim.span.end <= len(answer) for claim in claims(answer))

    assert growth(split, 1_500, 6_000) < 8  # linear: 4; quadratic: 16


def test_any_text_keeps_its_offsets():
    draw = random.Random(0)
    pieces = [
        *UNITS,
        "Did you know that ",
        "\u0301",
        "\u200b",
        "\ud83d",
        "\x00",
        "ﬁ",
        "İ",
        "½ ",
        "¿",
        "«",
        "你",
        "don’t ",
    ]
    for _ in range(500):
        answer = "".join(draw.choice([draw.choice(pieces), chr(draw.randrange(0x110000))]) for _ in range(30))
        found = claims(answer)
        assert [one.span.start for one in found] == sorted(one.span.start for one in found)
        for one in found:
            part = answer[one.span.start : one.span.end]
            assert part == part.strip()
            assert all(one.span.start <= start < one.span.end for start in one.terms.starts)
