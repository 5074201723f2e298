"""A generic text with an ending of the house: what the scale cannot see is measured, and told."""

import dataclasses

import numpy as np

from harness.analysis.notes.evaluation import style_notes, style_warnings
from harness.analysis.selection import select_records
from harness.metrics.style.content import FEWEST, borrowed, closed
from tests.harness.records import record

HOUSE = [f"Yes, number {number} is open. Anything else?" for number in range(FEWEST)]
GENERIC = ["The museum is open.", "Entry is free."]


def ends_like_the_house(texts):
    return np.array([float(text.endswith("Anything else?")) for text in texts])


def test_every_generic_text_gets_an_ending_of_the_house():
    assert closed(GENERIC, HOUSE) == [f"{text} Anything else?" for text in GENERIC]
    assert borrowed(ends_like_the_house, GENERIC, HOUSE) == 1.0
    assert borrowed(lambda texts: np.zeros(len(texts)), GENERIC, HOUSE) == 0.0


def test_a_house_of_single_sentences_has_no_endings_to_lend():
    single = ["Yes, it is open."] * 50
    assert closed(GENERIC, [*single, *HOUSE[:-1]]) == []
    assert borrowed(ends_like_the_house, GENERIC, single) is None


def noted(**facts):
    known = {"refused": "", "house": 40, "generic": 40, "writer": "w", "separation": 0.99, "leakage": 0.0, **facts}
    told = dataclasses.replace(record("base", [1.0], metric="style_match"), facts={"style": {"style_match": known}})
    chosen = select_records([told], [], None)
    return [one.text for one in style_notes(chosen)], [one.text for one in style_warnings(chosen)]


def test_tables_say_what_an_ending_does():
    (note,), (warning,) = noted(borrowed=0.95)
    assert "with the last sentence of a house text reads 0.950" in note
    assert "reads 0.95; a high value may come of a closing formula alone" in warning
    (note,), warnings = noted(borrowed=0.2)
    assert "reads 0.200" in note
    assert warnings == []


def test_without_endings_and_in_older_records_nothing_is_said():
    for facts in ({"borrowed": None}, {}):
        (note,), warnings = noted(**facts)
        assert "last sentence" not in note
        assert warnings == []
