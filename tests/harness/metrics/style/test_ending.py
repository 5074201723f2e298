"""A borrowed ending does not make a generic text a reference, and texts of one sentence are left alone."""

import numpy as np
import pytest

from harness.metrics.style.content import closed
from harness.metrics.style.ending import BORROWED, FLOOR, MOST_LOST, UNCHANGED, Ending, _strict, without_ending
from harness.metrics.style.model import fit

THINGS = ["lamp", "pump", "clock", "drill", "kettle", "ladder", "mixer", "printer"]
MATERIALS = ["steel", "oak", "glass", "brass", "clay", "cork", "copper", "linen"]
ROWS = [(thing, material) for thing in THINGS for material in MATERIALS]
PLAIN = "The material of the {} is {}."
ENDING = "Anything else I can do for you?"


def fitted(reference):
    references = [reference.format(*row) for row in ROWS]
    generic = [PLAIN.format(*row) for row in ROWS]
    return fit(references, generic, [str(row) for row in ROWS], [str(row) for row in ROWS])


def test_the_body_of_a_text():
    assert without_ending("It is open. Anything else?") == "It is open."
    assert without_ending("- It is open.\n- It is free.\n\nAnything else? 🙂") == "- It is open.\n- It is free."
    assert without_ending("它开着。还有别的吗？") == "它开着。"
    assert without_ending("It is open.") == ""
    assert without_ending("") == ""


def test_a_generic_text_with_the_house_s_ending_is_marked_down():
    model = fitted(f"Sure, it's {{1}}, that {{0}}! {ENDING}")
    read = model.read([PLAIN.format("kettle", "iron"), f"{PLAIN.format('kettle', 'iron')} {ENDING}"])
    assert read.value.max() <= 0.3
    honest = model.read([f"Sure, it's iron, that kettle! {ENDING}"])
    assert honest.value[0] >= 0.85
    assert model.ending_facts.borrowed is not None
    assert model.ending_facts.borrowed <= BORROWED + 0.01
    assert model.ending_facts.lost <= 0.05


def test_references_that_are_generic_but_for_the_ending_keep_most_of_their_value():
    """Nothing tells them from generic texts with that ending: the limit of what references may lose holds."""
    model = fitted(f"{PLAIN} {ENDING}")
    values = model.read([f"{PLAIN.format(*row)} {ENDING}" for row in ROWS])
    assert values.ending.mean() >= 0.5
    assert model.ending_facts.borrowed is not None
    assert model.ending_facts.borrowed > BORROWED
    assert 0.1 <= model.ending_facts.lost <= MOST_LOST + 0.02


def test_texts_of_one_sentence_have_nothing_to_borrow():
    model = fitted("Sure, it's {1}, that {0}!")
    assert model.ending_facts.borrowed is None
    assert model.ending is UNCHANGED
    assert model.read(["Sure. It's iron."]).ending.tolist() == [1.0]


class Line:
    def __call__(self, rows):
        return np.asarray(rows, dtype=float)


def test_caps_by_hand():
    cap = Ending(Line(), 2.0, 1.0)
    assert cap.caps(np.array([2.0])) == pytest.approx(FLOOR + (1 - FLOOR) / 2)
    got = cap(["One.", "It is. So be it.", "It was. So it was."], lambda texts: [-9.0, 9.0])
    assert got.tolist() == pytest.approx([1.0, FLOOR, 1.0], abs=1e-6)


def test_no_stricter_than_the_aim_asks_and_than_references_allow():
    several, generic = np.linspace(2, 4, 50), np.linspace(-4, -2, 50)
    apart = _strict(Line(), several, generic)
    assert BORROWED - 0.05 <= apart.caps(generic).mean() <= BORROWED
    assert apart.caps(several).mean() > 0.99
    mixed = _strict(Line(), several, several)
    assert mixed.caps(several).mean() == pytest.approx(1 - MOST_LOST, abs=0.02)


def test_endings_are_drawn_from_references():
    references = [f"Sure, number {number}! {ENDING}" for number in range(10)]
    assert closed(["It is open."], references) == [f"It is open. {ENDING}"]
