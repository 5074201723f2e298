"""A generic text with the ending of a reference: what the scale misses is measured and shown."""

import dataclasses

from harness.analysis.notes.evaluation import NEITHER_END, style_notes, style_warnings
from harness.analysis.selection import select_records
from harness.metrics.style.content import FEWEST, closed
from tests.harness.records import record

REFERENCES = [f"Yes, number {number} is open. Anything else?" for number in range(FEWEST)]
GENERIC = ["The museum is open.", "Entry is free."]


def test_every_generic_text_gets_an_ending_of_a_reference():
    assert closed(GENERIC, REFERENCES) == [f"{text} Anything else?" for text in GENERIC]


def test_references_of_single_sentences_have_no_endings_to_lend():
    single = ["Yes, it is open."] * 50
    assert closed(GENERIC, [*single, *REFERENCES[:-1]]) == []


def noted(key="metrics", **facts):
    known = {"refused": "", "house": 40, "generic": 40, "writer": "w", "separation": 0.99, "leakage": 0.0, **facts}
    made = dataclasses.replace(record("base", [1.0], metric="style_match"), facts={key: {"style_match": known}})
    chosen = select_records([made], [], None)
    return [one.text for one in style_notes(chosen)], [one.text for one in style_warnings(chosen)]


def test_tables_say_what_an_ending_does():
    (note,), (warning,) = noted(borrowed=0.95)
    assert "with the last sentence of a reference gets 0.950" in note
    assert "gets 0.95. A high value may come from a closing formula alone" in warning
    (note,), warnings = noted(borrowed=0.2, lost=0.15)
    assert "gets 0.200" in note
    assert "costs unseen references 0.150 of their value" in note
    assert warnings == []


def test_without_endings_and_in_older_records_nothing_is_said():
    for facts in ({"borrowed": None}, {"key": "style"}):
        (note,), warnings = noted(**facts)
        assert "last sentence" not in note
        assert warnings == []


def test_tables_count_answers_outside_the_range_per_arm():
    known = {"refused": "", "house": 40, "generic": 40, "writer": "w", "separation": 0.99, "leakage": 0.0}
    made = dataclasses.replace(
        record("base", [0.9, 0.2, 0.1], metric="style_match"), facts={"metrics": {"style_match": known}}
    )
    details = ({"outside": 0.0}, {"outside": 1.0}, {"outside": 1.0})
    scores = tuple(dataclasses.replace(s, details=d) for s, d in zip(made.scores, details, strict=True))
    chosen = select_records([dataclasses.replace(made, scores=scores)], [], None)
    _, outside = style_notes(chosen)
    assert outside.topic == NEITHER_END
    assert outside.text == "style_match: answers like neither end, which get less than .5: base 2 of 3"
