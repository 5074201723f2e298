"""What is left of a text without its topic, worked out by hand."""

import pytest

from harness.metrics.style.masking import formulas, masked, plain, skeleton

MASKED = {
    "The Lundon lamp is NOT cheap: it costs 312 crowns!": "The Xx xx is NOT xx: it xx ### xx!",
    "It's John's MRI, isn't it?": "It's Xx's XX, isn't it?",
    "Die Lampe kostet 5 Euro.": "Die Xx xx # Xx.",
    "La lampe n'est pas chère": "La xx n'est pas xx",
    "¿Qué hace la bomba?": "¿Xx xx la xx?",
    "Он не купил насос…": "Он не xx xx…",
    "我不知道你的名字。": "我不xx你的xx。",
    "共２０２４页，完！": "x####x，x！",
    "a\r\n\r\n\r\nb": "a\n\nxx",
    "": "",
}


@pytest.mark.parametrize("text", MASKED, ids=range(len(MASKED)))
def test_content_words_become_shapes(text):
    assert masked(text, frozenset()) == f"⊢{MASKED[text]}⊣"


def test_formulas_stand_in_many_texts_of_one_side():
    references = [f"Ahoy thing{letter}" for letter in "abcdefghijkl"]
    assert formulas([references, ["other"] * 4], 0.5) == {"ahoy"}
    assert masked("Ahoy Thinga", frozenset({"ahoy"})) == "⊢Ahoy Xx⊣"


def test_chinese_formulas_are_pairs_of_characters():
    kept = formulas([[f"您好，{sign}" for sign in "甲乙丙丁戊己庚辛壬癸"]], 0.5)
    assert kept == {"您好"}
    assert masked("您好，好您", kept) == "⊢您好，x您⊣"


def test_a_skeleton_has_every_sign_for_itself():
    assert skeleton("⊢Xx, it's!\n#.⊣").split() == ["⊢", "Xx", ",", "it's", "!", "⏎", "#", ".", "⊣"]


def test_plain_text_has_one_kind_of_apostrophe_and_line_end():
    assert plain(" it’s\r\nso ") == "it's\nso"
    assert len(plain("x" * 100_000)) == 20_000
