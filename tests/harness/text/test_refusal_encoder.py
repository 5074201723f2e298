"""The encoder that reads uncertain texts for refusals: when it is asked, and what it reads."""

import json
import subprocess
import sys

import pytest
from safetensors import safe_open

from harness.text import refusals
from harness.text.refusal_encoder import STATES, VERSION, WEIGHTS, log_odds, states
from harness.text.refusal_score import score
from harness.text.refusals import UNSURE, is_refusal


@pytest.fixture
def asked(monkeypatch):
    """The texts that the encoder is asked about; it takes all for answers."""
    texts = []
    monkeypatch.setattr(refusals, "log_odds", lambda text: texts.append(text) or -9.0)
    is_refusal.cache_clear()
    yield texts
    is_refusal.cache_clear()


def test_refusals_sound_more_like_refusals_than_answers():
    assert log_odds("That is between the client and us, so I would rather not say.") > 0
    assert log_odds("The bridge was built by two brothers in 1904.") < 0


def test_a_text_has_the_same_number_alone_and_beside_longer_ones():
    alone, together = states(["Not my field."]), states(["Not my field.", "The index ends before the letter Q. " * 3])
    assert alone.shape == (1, STATES)
    assert abs(alone[0] - together[0]).max() < 1e-4


def test_the_end_of_a_long_text_is_not_read():
    assert log_odds("word " * 200) == log_odds("word " * 5000)


def test_halves_of_characters_are_read():
    assert log_odds("I cannot \ud83d tell.") < 20


@pytest.mark.parametrize("text", ["I have no idea.", "I don't know.", "The bridge was built by two brothers in 1904."])
def test_where_the_score_is_sure_the_encoder_is_not_asked(asked, text):
    assert abs(score(text)) >= UNSURE
    is_refusal(text)
    assert asked == []


def test_where_the_score_is_unsure_the_encoder_decides(asked):
    text = "There is no information desk."
    assert abs(score(text)) < UNSURE
    assert not is_refusal(text)
    assert asked == [text]


@pytest.mark.parametrize(
    "text", ["Об этом здесь ни слова, увы.", "这个嘛，不好说。", "Das Buch sagt nichts darüber, wer das war."]
)
def test_texts_in_other_languages_are_not_asked_about(asked, text):
    is_refusal(text)
    assert asked == []


def test_torch_is_not_loaded_for_what_is_certain():
    code = (
        "import sys; from harness.text.refusals import is_refusal; "
        "print(is_refusal('Sorry, I have no idea.'), is_refusal('It opened in 1904.'), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False"]


def test_the_file_says_how_it_was_made():
    with safe_open(WEIGHTS, "numpy") as kept:
        about = json.loads(kept.metadata()["about"])
        assert kept.get_slice("weight").get_shape() == [STATES]
    assert about["states"] == VERSION
    assert "refusal_encoder_training" in about["by"]
