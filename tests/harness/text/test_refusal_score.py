"""The score of refusals: its features, and its independence of what was read before."""

import json
from itertools import pairwise

import pytest
from safetensors import safe_open

from harness.text.language_files import language_file
from harness.text.refusal_concepts import concepts, tokens
from harness.text.refusal_patterns import languages
from harness.text.refusal_score import BUCKETS, VERSION, WEIGHTS, buckets, score


@pytest.mark.parametrize(
    "text", ["I have not been told.", "Das weiß ich nicht.", "Je ne sais pas.", "Не знаю.", "我不知道。", "", "\ud83d"]
)
def test_features_are_ordered_and_in_the_tables(text):
    for places in buckets(text):
        assert all(one < two for one, two in pairwise(places))
        assert all(0 <= place < BUCKETS for place in places)


def test_the_same_text_has_the_same_score_in_other_spellings():
    assert score("I don't know.") == score("I don’t know.") == score("I DON'T KNOW.")


def test_refusals_sound_more_like_refusals_than_answers():
    assert score("I have no idea.") > 1 > -1 > score("It opened in 1904 and has two floors.")


def test_concepts_do_not_depend_on_the_language():
    english, german = (concepts(tokens(text)) for text in ("I don't know.", "Ich weiß nicht."))
    assert any("idiom" in one or "knowing" in one for one in english)
    assert any("idiom" in one or "knowing" in one for one in german)


def test_a_phrase_is_found_before_its_words():
    assert concepts(tokens("no idea")) == [frozenset({"idiom"})]


def test_every_language_of_patterns_has_words_for_the_same_concepts():
    words = language_file("refusal_concepts")
    assert set(words) == set(languages())
    assert len({frozenset(listed) for listed in words.values()}) == 1


def test_the_file_says_how_it_was_made():
    with safe_open(WEIGHTS, "numpy") as kept:
        about = json.loads(kept.metadata()["about"])
    assert about["features"] == VERSION
    assert "refusal_training" in about["by"]
