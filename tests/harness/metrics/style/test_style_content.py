"""Content leakage, and the sentences of a source that share most with a text."""

import numpy as np

from harness.metrics.style.anchors import closest, without_speakers
from harness.metrics.style.content import leakage, swapped

TEXTS = ["Ahoy! The Lamp is red.", "Ahoy! The pump is OLD."]
SOURCES = ["red lamp", "old pump"]


def test_topic_words_change_places_and_casing_stays():
    assert swapped(TEXTS, SOURCES) == ["Ahoy! The Pump is old.", "Ahoy! The lamp is RED."]


def test_chinese_topic_characters_change_places():
    assert swapped(["嗨！灯红。", "嗨！泵旧。"], ["红灯", "旧泵"]) == ["嗨！泵旧。", "嗨！灯红。"]


def test_words_that_do_not_come_from_the_source_stay():
    assert swapped(TEXTS, ["", ""]) == TEXTS


def test_leakage_is_the_mean_change():
    assert leakage(lambda texts: np.array([float("pump" in text.lower()) for text in texts]), TEXTS, SOURCES) == 1.0
    assert leakage(lambda texts: np.array([float(len(texts))] * len(texts)), TEXTS, SOURCES) == 0.0


def test_the_closest_sentences_in_their_order():
    source = "It rained. The pump is made of oak. Few came. The pump was sold in May."
    assert closest(source, "Sold in May: the pump.") == "The pump was sold in May."
    assert closest(source, "Pump of oak, sold in May, made by hand of oak!") == (
        "The pump is made of oak. The pump was sold in May."
    )
    assert closest("", "anything") == ""


def test_speakers_are_left_out_of_transcripts_alone():
    assert without_speakers("Doctor: How are you?\nPatient: Fine.") == "How are you?\nFine."
    assert without_speakers("#Person1#: Hi!\n#Person2#: Hello!") == "Hi!\nHello!"
    assert without_speakers("医生：你好吗？\n病人：很好。") == "你好吗？\n很好。"
    assert without_speakers("Note: a text.\nIt goes on.\nAnd on.") == "Note: a text.\nIt goes on.\nAnd on."
