"""How well refusals are recognised, on the committed examples of all languages."""

import json

import pytest

from harness.text.refusal_patterns import languages, patterns
from harness.text.refusals import is_refusal
from harness.text.sentences import sentences
from validation.pairs import FOLDER
from validation.refusals import LATEST, precision_and_recall, read, section, written_apart

EXAMPLES = read()
HELD_OUT = [one for one in EXAMPLES if one.get("held_out")]
EARLIER = [one for one in HELD_OUT if one["held_out"] is True]
LATEST_ONES = [one for one in HELD_OUT if one["held_out"] == LATEST]


def of(language):
    return [one for one in EXAMPLES if language in ("", one["language"])]


def test_precision_and_recall_on_all_examples():
    assert len(EXAMPLES) >= 800
    assert min(precision_and_recall(EXAMPLES)) >= 0.97


def test_precision_and_recall_on_what_the_patterns_were_not_cured_by():
    assert sum(one["refusal"] for one in EARLIER) >= 90
    assert sum(not one["refusal"] for one in EARLIER) >= 90
    precision, recall = precision_and_recall(EARLIER)
    assert precision >= 0.93  # the patterns alone had .95: the learned score finds more, and takes more for refusals
    assert recall >= 0.96


def test_the_latest_examples_are_not_recognised_worse_than_at_first_sight():
    assert sum(one["refusal"] for one in LATEST_ONES) == 63
    assert sum(not one["refusal"] for one in LATEST_ONES) == 63
    precision, recall = precision_and_recall(LATEST_ONES)
    assert precision >= 0.93  # the patterns alone had .98
    assert recall >= 0.9  # the patterns alone: .79


def test_the_validity_page_tells_both_figures():
    fresh, line = [one for one in section().splitlines() if one.startswith("| all |")]
    assert fresh.strip("|").split("|")[1].strip() == str(len(written_apart())) == "360"
    kept, held = len(EXAMPLES) - len(HELD_OUT), len(HELD_OUT)
    cells = [one.strip() for one in line.strip("|").split("|")]
    assert (cells[1], cells[5]) == (str(kept), str(held))
    assert cells[7:] == [f"{one:.3f}" for one in precision_and_recall(HELD_OUT)]


def test_a_damaged_recogniser_shows_in_the_figures(monkeypatch):
    monkeypatch.setattr("validation.refusals.is_refusal", lambda text: "not" in text)
    assert min(precision_and_recall(EXAMPLES)) < 0.7


@pytest.mark.parametrize("language", list(languages()))
def test_every_language_is_recognised(language):
    examples = of(language)
    assert len(examples) >= 80
    assert min(precision_and_recall(examples)) >= 0.93


def test_examples_stand_there_once_and_in_languages_with_patterns():
    texts = [one["text"] for one in EXAMPLES]
    assert len(set(texts)) == len(texts)
    assert {one["language"] for one in EXAMPLES} == set(languages())


def test_always_yes_and_always_no_would_fail():
    assert not sum(one["refusal"] for one in EXAMPLES) / len(EXAMPLES) >= 0.97


def test_only_languages_that_a_text_can_be_in_are_tried():
    assert patterns("i do not know").declining.search("не знаю") is None
    assert patterns("не знаю").declining.search("не знаю")
    assert patterns("1984").declining.search("1984") is None


def test_patterns_are_read_from_yaml():
    assert set(languages()) >= {"en", "de", "fr", "es", "ru", "zh"}
    assert patterns("i do not know").declining.search("i do not know")


def test_ordinary_texts_are_no_refusals():
    """Prose of many subjects that was not learned from: one sentence in a hundred at most."""
    lines = [json.loads(line) for line in (FOLDER / "part_d.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [sentence for line in lines for sentence in sentences(line["evidence"])]
    taken = [text for text in texts if is_refusal(text)]
    assert len(texts) > 500
    assert len(taken) <= 0.01 * len(texts), taken
