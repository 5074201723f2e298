"""A generic text with the ending of a reference: what the scale misses is measured and shown."""

import dataclasses

import numpy as np

from harness.analysis.notes.evaluation import style_notes, style_warnings
from harness.analysis.selection import select_records
from harness.metrics.style.content import FEWEST, borrowed, closed
from tests.harness.records import record

REFERENCES = [f"Yes, number {number} is open. Anything else?" for number in range(FEWEST)]
GENERIC = ["The museum is open.", "Entry is free."]


def ends_like_a_reference(texts):
    return np.array([float(text.endswith("Anything else?")) for text in texts])


def test_every_generic_text_gets_an_ending_of_a_reference():
    assert closed(GENERIC, REFERENCES) == [f"{text} Anything else?" for text in GENERIC]
    assert borrowed(ends_like_a_reference, GENERIC, REFERENCES) == 1.0
    assert borrowed(lambda texts: np.zeros(len(texts)), GENERIC, REFERENCES) == 0.0


def test_references_of_single_sentences_have_no_endings_to_lend():
    single = ["Yes, it is open."] * 50
    assert closed(GENERIC, [*single, *REFERENCES[:-1]]) == []
    assert borrowed(ends_like_a_reference, GENERIC, single) is None


def noted(key="metrics", **facts):
    known = {"refused": "", "house": 40, "generic": 40, "writer": "w", "separation": 0.99, "leakage": 0.0, **facts}
    made = dataclasses.replace(record("base", [1.0], metric="style_match"), facts={key: {"style_match": known}})
    chosen = select_records([made], [], None)
    return [one.text for one in style_notes(chosen)], [one.text for one in style_warnings(chosen)]


def test_tables_say_what_an_ending_does():
    (note,), (warning,) = noted(borrowed=0.95)
    assert "with the last sentence of a reference gets 0.950" in note
    assert "gets 0.95. A high value may come from a closing formula alone" in warning
    (note,), warnings = noted(borrowed=0.2)
    assert "gets 0.200" in note
    assert warnings == []


def test_without_endings_and_in_older_records_nothing_is_said():
    for facts in ({"borrowed": None}, {"key": "style"}):
        (note,), warnings = noted(**facts)
        assert "last sentence" not in note
        assert warnings == []
