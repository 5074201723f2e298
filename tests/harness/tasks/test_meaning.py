"""Paraphrases by a fake encoder: two inputs mean the same if they are about the same thing."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from harness.errors import ArmError
from harness.tasks import meaning
from harness.tasks.meaning import meaning_audit
from harness.types import Example
from tests.harness.tasks.planted import PlantedTask, flags

SOUND = PlantedTask()


def encode(texts):
    """A random vector per text: of the thing that it is about, and a little of its words."""
    vectors = np.array([drawn(about(text)[0]) + 0.1 * drawn(text) for text in texts])
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def drawn(text):
    return np.random.default_rng(crc32(text.encode())).normal(size=32)


def about(text):
    return [word for word in text.split() if any(map(str.isdigit, word))]


def found(task):
    return flags(meaning_audit(task, encode))


def paraphrased(rows, split, **more):
    return tuple(
        replace(own, id=f"{split}-{own.id}", input=f"I want to know who made {about(own.input)[0]}", **more)
        for own in rows
    )


def test_loading_the_encoder_prints_no_bar(capsys):
    from transformers.utils import logging

    logging.enable_progress_bar()
    meaning.encoder.cache_clear()
    meaning.encoder()
    logging.disable_progress_bar()
    assert capsys.readouterr().err == ""


def test_sound_data_are_not_flagged():
    (result,) = meaning_audit(SOUND, encode)
    assert (result.flag, result.checked, result.details["said"]) == ("", 20, [])
    assert result.details["drawn"] == {"train": 30, "validation": 10, "test": 20}


def test_paraphrased_test_rows_with_their_answers():
    flagged = found(replace(SOUND, train=SOUND.train + paraphrased(SOUND.test[:8], "t")))
    assert "of 20 test inputs 8 ask in other words what a train row with the same answer asks" in flagged["meaning"]


def test_paraphrased_test_rows_with_other_answers():
    leaked = tuple(replace(own, references=(f"No idea {own.id}",)) for own in paraphrased(SOUND.test[:12], "t"))
    flagged = found(replace(SOUND, train=SOUND.train + leaked))
    assert "12 of 20 test inputs (60 %) are as close in meaning to one of train" in flagged["meaning"]


def test_paraphrased_test_rows_in_validation():
    flagged = found(replace(SOUND, validation=paraphrased(SOUND.test[:8], "v")))
    assert "8 of 8 validation inputs (100 %) are in test in other words" in flagged["meaning"]


def test_train_that_asks_everything_twice_is_the_background():
    """Test is as close to train as train is to itself: nothing was leaked, the task is like that."""
    other = tuple(replace(own, references=(f"Yes {own.id}",)) for own in paraphrased(SOUND.train, "t"))
    test = tuple(
        replace(own, id=f"s-{own.id}", input=f"Tell me: {about(own.input)[0]}", references=(f"So {own.id}",))
        for own in SOUND.train[:20]
    )
    jitter = np.random.default_rng(0)

    def noisy(texts):
        vectors = encode(texts) + jitter.normal(size=(len(texts), 32)).astype(np.float32) * 0.05
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    assert flags(meaning_audit(replace(SOUND, train=SOUND.train + other, test=test), noisy)) == {}


def test_too_few_rows_have_no_background():
    assert list(meaning_audit(replace(SOUND, test=SOUND.test[:19]), encode)) == []


def test_a_missing_encoder_is_said(monkeypatch):
    def missing():
        raise ArmError("no such package")

    monkeypatch.setattr(meaning, "encoder", missing)
    (result,) = meaning_audit(SOUND)
    assert (result.checked, result.flag, result.details) == (0, "", {"left_out": "no such package"})


UNRELATED = """How tall is the tower? Who wrote the hymn? Why do cats purr? Is glass a liquid? What do otters eat?
Where is the archive kept? How is cheese made? Who invented radio? Which metal melts first? Does the shop sell stamps?
How fast do glaciers move? What is a sonnet? Who rules the island? Why is the sky blue? How are bridges tested?
Which bus goes downtown? What colour is rust? How many judges vote? Who painted the ceiling? When was paper invented?
What causes tides? Is the museum free? How deep is the lake? Who coaches the team? Why do leaves fall? What is yeast?
How long is a marathon? Which planet has rings? Can bees see red? Who signs the budget? Where do eels breed?
What does the lawyer charge? How is steel hardened? When do owls hunt? Which key opens the attic?"""
ASKED_AGAIN = [
    ("How do I cancel my order?", "What must I do to cancel an order I made?"),
    ("Is breakfast included in the price?", "Does the price include breakfast in the morning?"),
    ("Where can I park my car?", "Is there a place to park a car?"),
    ("Can I bring my dog?", "Are dogs allowed to come along with me?"),
    ("When does the pool open?", "At what time is the swimming pool opened?"),
]


@pytest.mark.slow
def test_the_encoder_at_hand_finds_paraphrases():
    alone = [f"{text.strip()}?" for text in UNRELATED.split("?") if text.strip()]
    asked = [*alone[20:], *(question for question, _ in ASKED_AGAIN)]

    def made(split, texts):
        return tuple(Example(f"{split}{n}", text, (f"Reply to {split} {n}",), ()) for n, text in enumerate(texts))

    test = made("test", asked)
    leaked = tuple(
        replace(own, id=f"t-{own.id}", input=text) for own, (_, text) in zip(test[15:], ASKED_AGAIN, strict=True)
    )
    sound = replace(SOUND, train=made("train", alone[:20]), validation=(), test=test)
    assert flags(meaning_audit(sound)) == {}
    assert (
        "of 20 test inputs 5 ask in other words"
        in flags(meaning_audit(replace(sound, train=sound.train + leaked)))["meaning"]
    )
