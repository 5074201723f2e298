"""What every value of an arm says of itself stands under the table."""

from harness.analysis.table import build
from harness.types import Example, Score
from tests.harness.records import SHARE, build_record

EXAMPLES = [Example(f"e{at}", "?", ("!",), ()) for at in range(4)]


def record(arm, notes):
    scores = [
        Score(one.id, "citation_recall", 0.5, note=note, details={"statements": 1.0} if note != "failed" else {})
        for one, note in zip(EXAMPLES, notes, strict=True)
    ]
    return build_record(arm, examples=EXAMPLES, scores=scores, metrics={"citation_recall": SHARE})


def said(notes):
    table = build([record("rag", notes), record("base", [""] * 4)], resamples=200)
    return [note.text for note in table.notes if note.topic == "citation_recall" and note.level == "warning"]


def test_a_remark_on_all_values_is_a_warning_that_names_the_arm():
    assert said(["found afterwards"] * 3 + ["failed"]) == ["of rag: found afterwards"]


def test_values_without_one_say_nothing():
    assert said(["", "", "", "failed"]) == []
    assert said(["found afterwards", "", "", ""]) == []
