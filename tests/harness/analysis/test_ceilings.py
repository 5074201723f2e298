"""The references as the last line of a table: their figures, where they come from, and what is said without them."""

import csv
import dataclasses
import io

import pytest

from harness.analysis.table import build
from harness.audits import FACT, AuditResult, as_facts
from harness.reports.cells import blocks
from harness.reports.csv import Csv
from harness.reports.first_page import first_page
from harness.reports.html.scoreboard import scoreboard
from harness.types import Example, Score
from tests.harness.records import SHARE, build_record

SUPPORT = {**SHARE, "key": "new"}
RATE = {**SHARE, "unit": "share of claims", "higher_is_better": False, "worst": 1.0}
MEANS = {
    "means": {"faithfulness": 0.83, "hallucination_rate": 0.125},
    "n": {"faithfulness": 40, "hallucination_rate": 40},
}


def record(arm, details=MEANS, flag="", meaning=SUPPORT, value=0.6):
    """Forty answers with three scores each, and what the audit of the references found; None: no audit."""
    examples = [Example(f"e{n}", "?", ("!",), (f"d{n}",)) for n in range(40)]
    metrics = {"faithfulness": meaning, "hallucination_rate": RATE, "exact_match": SHARE}
    scores = [Score(one.id, metric, value) for metric in metrics for one in examples]
    audit = AuditResult("references", 40, "references", flag, details=details or {})
    facts = {} if details is None else {FACT: as_facts([audit])}
    return build_record(arm, examples=examples, metrics=metrics, scores=scores, facts=facts)


def table(*records):
    return build([*records] or [record("base"), record("rag")], resamples=50)


def notes(made, topic="References"):
    return [note.text for note in made.notes if note.topic == topic]


def test_columns_have_what_the_references_get():
    found = {column.metric: column.references for column in table().columns}
    assert (found["faithfulness"].value, found["faithfulness"].n) == (0.83, 40)
    assert found["hallucination_rate"].value == 0.125
    assert found["exact_match"] is None  # a reference is itself


def test_the_hallucination_rate_stands_beside_faithfulness_on_the_first_page():
    made = table()
    assert [made.columns[place].metric for place in made.shown] == ["exact_match", "faithfulness", "hallucination_rate"]
    assert made.columns[made.shown[-1]].metric not in [made.columns[place].metric for place in made.deciding]


def test_the_first_page_ends_with_the_references():
    strips = dict(first_page(table()).strips)
    assert [cell.text for cell in strips["arm"]] == ["base", "rag", "references"]
    assert strips["faithfulness ↑"][-1].text == "0.830"
    assert strips["hallucination_rate ↓"][-1].text == "0.125"
    assert [strips[name][-1].text for name in ("failed", "exact_match ↑")] == ["–", "–"]


def test_every_table_for_people_ends_with_them():
    made = table()
    for block in blocks(made, 60):
        assert block.rows[-1][0].text == "references"
        assert {len(row) for row in block.rows} == {len(block.headings)}
    last = scoreboard(made, made.shown).lines[-1]
    assert (last.arm, last.is_arm, [cell.value.text for cell in last.scores]) == (
        "references", False, ["–", "0.830", "0.125"],
    )  # fmt: skip
    assert last.scores[1].whisker.at == 100.0  # the scale reaches up to them


def test_the_csv_has_a_column_and_no_further_arm():
    rows = list(csv.DictReader(io.StringIO(Csv().render(table()))))
    assert [row["arm"] for row in rows] == ["base", "rag"]
    assert [row["faithfulness_references"] for row in rows] == ["0.83", "0.83"]
    assert {row["exact_match_references"] for row in rows} == {""}


def test_how_to_read_them_is_said_on_the_first_page():
    (text,) = notes(table())
    assert "40 examples" in text
    assert f"References: {text}." in first_page(table()).footnotes


@pytest.mark.parametrize(
    ("details", "why"),
    [
        (None, "made without that audit"),
        ({"means": {}, "n": {}, "left_out": ["faithfulness", "hallucination_rate"]}, "cost money"),
        ({"means": {}, "n": {"faithfulness": 0, "hallucination_rate": 0}}, "none of them can be checked"),
    ],
)
def test_without_their_figures_there_is_no_line_and_a_reason(details, why):
    made = table(record("base", details), record("rag", details))
    assert [cell.text for cell in dict(first_page(made).strips)["arm"]] == ["base", "rag"]
    (text,) = notes(made)
    assert text.startswith("not scored by faithfulness and hallucination_rate: ")
    assert why in text


def test_figures_of_another_meaning_of_the_metric_are_not_taken():
    """An old record scored the references, too, by what the metric meant then."""
    old = record(
        "base", {**MEANS, "means": {"faithfulness": 0.5, "hallucination_rate": 0.125}}, meaning={**SHARE, "key": "old"}
    )
    made = table(old, record("rag"))
    assert made.columns[0].references.value == 0.83
    without = table(old, record("rag", None))
    assert without.columns[0].references is None
    assert without.columns[1].references.value == 0.125


def test_a_judge_that_cannot_tell_references_apart_is_flagged_in_front():
    flag = "faithfulness: the judge does not tell references from those of other rows (AUROC 0.51, chance 0.50)"
    page = first_page(table(record("base", flag=flag), record("rag", flag=flag)))
    assert next((note.mark, note.topic, note.text) for note in page.warnings) == ("!", "References", flag)


def test_the_first_page_does_not_explain_a_line_that_only_the_details_have():
    """Seen on a user's own data: only groundedness had a figure of the references, and it is not on the first page."""
    examples = [Example(f"e{n}", "?", ("!",), (f"d{n}",)) for n in range(40)]
    details = {"means": {"groundedness": 0.83}, "n": {"groundedness": 40}}
    facts = {
        FACT: as_facts([AuditResult("references", 40, "references", details=details)]),
        "judges": [
            {
                "name": "lexical", "model": "", "reads": "words", "fingerprint": "f" * 64,
                "agreement": {"BEGIN": {"AUROC": 0.95}}, "metrics": ["groundedness"],
            }
        ],
    }  # fmt: skip
    metrics = {"groundedness": SUPPORT, "exact_match": SHARE}
    scores = [Score(one.id, metric, 0.6) for metric in metrics for one in examples]
    own = [build_record(arm, examples=examples, metrics=metrics, scores=scores, facts=facts) for arm in ("base", "rag")]
    made = table(*own)
    assert "groundedness" not in [made.columns[place].metric for place in made.shown]
    assert len(notes(made)) == len(notes(made, "Judge")) == 1
    assert not [line for line in first_page(made).footnotes if line.startswith(("References", "Judge"))]
    assert [cell.text for cell in dict(first_page(made).strips)["arm"]] == ["base", "rag"]


def judged(agreement):
    facts = {
        "name": "lexical", "model": "", "reads": "words", "fingerprint": "f" * 64,
        "agreement": agreement, "metrics": ["faithfulness", "hallucination_rate"],
    }  # fmt: skip
    records = [record("base"), record("rag")]
    return table(*(dataclasses.replace(one, facts={**one.facts, "judges": [facts]}) for one in records))


def test_the_judges_precision_and_recall_of_unsupported_are_said():
    figures = {"AUROC": 0.95, "precision of unsupported": 0.814, "recall of unsupported": 0.7, "rank agreement": 1.0}
    made = judged({"BEGIN": figures})
    assert notes(made, "Judge") == [
        "lexical (faithfulness, hallucination_rate); agreement with people: BEGIN AUROC 0.950 (docs/VALIDITY.md)"
    ]
    (text,) = notes(made, "Unsupported")
    assert text.endswith(
        'precision and recall of its "unsupported", against people: BEGIN 0.81 and 0.70 (docs/VALIDITY.md)'
    )
    assert f"Unsupported: {text}." in first_page(made).footnotes
    older = notes(judged({"BEGIN": {"AUROC": 0.95}}), "Unsupported")
    assert "not measured with these settings" in older[0]
