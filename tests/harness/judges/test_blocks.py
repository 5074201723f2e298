"""Lists, tables, code, repeated questions, and Chinese and Japanese signs: what of an answer is a claim."""

import pytest

from harness.judges.blocks import blocks, without_markers
from harness.judges.claims import claims, sentences
from tests.growth import growth

OPENING = "When did the museum in Lyon open?"


def parts(answer, asked=""):
    return [answer[slice(*one.span)] for one in claims(answer, asked)]


def numbers(answer):
    return [[word.key for word in one.terms.words if word.number] for one in claims(answer)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("- The lamp is green.\n- The pump is red.", ["The lamp is green.", "The pump is red."]),
        ("1. The lamp is green.\n2. The pump is red.", ["The lamp is green.", "The pump is red."]),
        ("1) The lamp is green.", ["The lamp is green."]),
        ("(2) The lamp is green", ["The lamp is green"]),
        ("a) The lamp is green\nb) The pump is red", ["The lamp is green", "The pump is red"]),
        ("• The lamp is green\n• Let me know if you need more.", ["The lamp is green"]),
        ("・入場は無料です\n・犬は入れません", ["入場は無料です", "犬は入れません"]),
        ("1、周日免费入场\n2、狗不得进入", ["周日免费入场", "狗不得进入"]),
        ("（一）周日免费入场\n（二）狗不得进入", ["周日免费入场", "狗不得进入"]),
        ("  3. The lamp is green.\n  4. The pump is red.", ["The lamp is green.", "The pump is red."]),
    ],
)
def test_the_items_of_a_list_are_claims_without_their_markers(answer, expected):
    assert parts(answer) == expected
    assert not any(numbers(answer))


@pytest.mark.parametrize(
    "answer",
    [
        "3. Mai 1894 war die Eröffnung.",
        "12 lamps are green.",
        "1. Mai 1894 war die Eröffnung.",
        "2、3楼开放",
        "-5 degrees",
    ],
)
def test_a_number_that_says_something_is_no_marker(answer):
    assert without_markers(answer) == answer


def test_a_row_of_a_table_is_one_claim_and_its_head_none():
    head = "Here are the prices:\n\n| Item | Price |\n| --- | :-: |\n"
    table = f"{head}| Lamp, No. 5. Green | 20 crowns |\n| Is it new? | Yes, in 2019 |\n\nThe pump is red."
    assert parts(table)[-3:] == ["Lamp, No. 5. Green | 20 crowns", "Is it new? | Yes, in 2019", "The pump is red."]
    assert not any("Item" in part for part in parts(table))
    assert [one.asks for one in claims(table)][-3:] == [False, False, False]


def test_a_row_with_a_figure_above_the_rule_is_a_claim():
    assert parts("| Damage | 3150 crowns |\n|---|---|\n| Station | Nordhafen |") == [
        "Damage | 3150 crowns",
        "Station | Nordhafen",
    ]


def test_a_bar_in_prose_makes_no_table():
    assert parts("Choose red|green. The lamp is on.") == ["Choose red|green.", "The lamp is on."]


def test_a_line_of_code_is_one_claim_and_a_fence_none():
    answer = "Reset it like this:\n```bash\nreset --factory; sleep 5? i=1\n\npower on\n```\nThe lamp turns green."
    made = claims(answer)[-3:]
    assert [answer[slice(*one.span)] for one in made] == [
        "reset --factory; sleep 5? i=1",
        "power on",
        "The lamp turns green.",
    ]
    assert [(one.asks, one.personal) for one in made] == [(False, False)] * 3
    assert not any("bash" in part for part in parts(answer))


def test_an_open_fence_lasts_to_the_end():
    assert [block.kind for block in blocks("It is:\n~~~\na. b\nc")] == ["prose", "code", "code"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("The museum in Lyon opened. It opened in 1894.", ["It opened in 1894."]),
        ("You asked when the museum in Lyon opened. It opened in 1894.", ["It opened in 1894."]),
        ("To answer your question, the museum opened in 1894.", ["the museum opened in 1894."]),
        ("You want to know when the museum opened: it opened in 1894.", ["it opened in 1894."]),
        ("The museum in Lyon opened in 1894.", ["The museum in Lyon opened in 1894."]),
        ("The museum in Lyon opened.", ["The museum in Lyon opened."]),  # all that it says stays
        ("The museum never opened. It burnt down.", ["The museum never opened.", "It burnt down."]),
        ("Your request was approved on Monday.", ["Your request was approved on Monday."]),
        ("You asked about the museum in Rome. It is free.", ["You asked about the museum in Rome.", "It is free."]),
    ],
)
def test_a_clause_that_only_repeats_the_question_claims_nothing(answer, left):
    assert parts(answer, OPENING) == left


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Is entry free on Sundays?", "Entry is free on Sundays. The museum is small."),
        ("Which is heavier, the lamp or the pump?", "The lamp is heavier. It weighs a ton."),
        ("The museum in Lyon opened. Tell me more.", "The museum in Lyon opened. It is free."),
        ("", "The museum in Lyon opened. You asked about it."),
    ],
)
def test_what_answers_a_question_in_its_own_words_is_a_claim(asked, answer):
    assert len(parts(answer, asked)) == 2


@pytest.mark.parametrize(
    ("asked", "answer", "left"),
    [
        ("博物馆何时开放？", "您问博物馆何时开放。博物馆于1894年开放。", ["博物馆于1894年开放。"]),
        (
            "Wann wurde das Museum eröffnet?",
            "Sie haben gefragt, wann das Museum eröffnet wurde. Es war 1894.",
            ["Es war 1894."],
        ),
        (
            "Quand le musée a-t-il ouvert ?",
            "Vous avez demandé quand le musée a ouvert. Il a ouvert en 1894.",
            ["Il a ouvert en 1894."],
        ),
    ],
)
def test_the_question_is_known_in_other_languages(asked, answer, left):
    assert parts(answer, asked) == left


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("博物馆开放了！你去过吗？周日免费。", ["博物馆开放了！", "你去过吗？", "周日免费。"]),
        (
            "館長は「日曜は無料です。」と答えた。犬は入れません。",
            ["館長は「日曜は無料です。」と答えた。", "犬は入れません。"],
        ),
        ("「日曜は無料です。」犬は入れません。", ["「日曜は無料です。」", "犬は入れません。"]),
        ("長さは３．５メートルです。重い。", ["長さは３．５メートルです。", "重い。"]),
        ("開館は１８９４年．犬は入れません．", ["開館は１８９４年．", "犬は入れません．"]),
    ],
)
def test_sentences_in_chinese_and_japanese_signs(text, expected):
    assert [text[slice(*one)] for one in sentences(text)] == expected


def test_a_japanese_question_needs_no_question_mark():
    assert [one.asks for one in claims("何時に開きますか。博物館は九時に開きます。")] == [True, False]


UNITS = [
    "|",
    "| a ",
    "|-|\n",
    "```\n",
    "1. \n",
    "2. a\n",
    "- ",
    "・",
    "一、",
    "（",
    "。」と",
    "か。",
    "you asked, ",
    "where ",
    "　",
]


def test_adversarial_repeats_take_linear_time():
    def split(length):
        for unit in UNITS:
            text = unit * (length // len(unit)) + "x?"
            assert all(0 <= one.span.start <= one.span.end <= len(text) for one in claims(text, text))

    assert growth(split, 1_500, 6_000) < 8  # linear: 4; quadratic: 16
