"""Without known evidence no arm is best for facts; what answers are like is said instead."""

import dataclasses

import pytest

from harness.analysis.answers import answers
from harness.analysis.headline import deciding_names
from harness.analysis.table import build
from harness.types import Example, Prediction, Score
from tests.harness.records import build_record

SHORT, LONG = "Depot A, gate 3", "The depot that ships it is the one in the north, behind the third gate, until May."
FACTS = {"provenance": {"evidence": "evidence: unknown; 0 of 30 references rest on their inputs"}}


def table(reference, evidence=(), metrics=("token_f1", "exact_match", "chrf", "faithfulness"), facts=None):
    examples = [Example(f"e{number}", f"Which {number}?", (reference,), evidence) for number in range(40)]
    records = [_record(arm, good, examples, metrics, facts) for arm, good in (("base", 0.1), ("rag", 0.9))]
    return build(records, resamples=500)


def _record(arm, good, examples, metrics, facts):
    unknown = not examples[0].evidence
    scores = [_score(metric, own, number, good, unknown) for metric in metrics for number, own in enumerate(examples)]
    predictions = [Prediction(own.id, "text", (), (), "stop") for own in examples]
    meaning = {"unit": "share", "higher_is_better": True, "worst": 0.0}
    named = dict.fromkeys(metrics, meaning)
    return build_record(arm, examples=examples, predictions=predictions, scores=scores, metrics=named, facts=facts)


def _score(metric, example, number, good, unknown):
    if unknown and metric == "faithfulness":
        return Score(example.id, metric, None, "not_applicable", "no gold evidence is known")
    return Score(example.id, metric, float(number % 10 < 10 * good))


def topics(made):
    return [line.topic for line in answers(made)]


def leading(made):
    return [made.columns[place].metric for place in made.deciding]


def test_short_answers_are_led_by_exact_match_and_token_f1():
    made = table(SHORT, facts=FACTS)
    assert topics(made) == ["For right answers: rag"]
    assert leading(made) == ["exact_match", "token_f1"]


def test_long_answers_are_like_their_references_or_not():
    made = table(LONG)
    assert topics(made)[0] == "For likeness to references: rag"
    assert leading(made)[0] == "token_f1"


def test_known_evidence_shows_facts():
    made = table(SHORT, evidence=("@input",))
    assert topics(made)[0] == "For facts: rag"
    assert leading(made)[:2] == ["exact_match", "faithfulness"]


@pytest.mark.parametrize(
    ("metrics", "topic"), [(("accuracy", "macro_f1"), "right labels"), (("json_equality",), "right answers")]
)
def test_labels_and_json(metrics, topic):
    made = table(SHORT, metrics=(*metrics, "exact_match"))
    assert topics(made) == [f"For {topic}: rag"]
    assert leading(made)[: len(metrics)] == list(metrics)


def test_unknown_evidence_is_said_with_the_metrics_that_lack_it():
    (note,) = [note for note in table(SHORT, facts=FACTS).notes if note.topic == "Evidence"]
    assert note.level == "warning"
    assert "0 of 30 references rest on their inputs" in note.text
    assert "Without it faithfulness" in note.text
    stated = {"provenance": {"evidence": "evidence: the inputs, since 9 of 9 references rest on them"}}
    (known,) = [note for note in table(SHORT, ("@input",), facts=stated).notes if note.topic == "Evidence"]
    assert (known.level, known.text[:10]) == ("note", "the inputs")
    assert not [note for note in table(SHORT, ("@input",)).notes if note.topic == "Evidence"]


def test_questions_without_references_make_a_table():
    bare = [dataclasses.replace(own, references=()) for own in [Example(f"e{n}", "?", ("x",), ()) for n in range(40)]]
    meaning = {"unit": "share", "higher_is_better": True, "worst": 0.0}
    records = [
        build_record(
            arm,
            examples=bare,
            scores=[Score(own.id, "exact_match", None, "not_applicable", "nothing to compare with") for own in bare],
            metrics={"exact_match": meaning},
        )
        for arm in ("base", "rag")
    ]
    empty = build(records, resamples=200)
    assert empty.rows[0].entries[0].mean is None
    assert not any("facts" in topic for topic in topics(empty))


def test_references_without_a_known_language_take_that_of_the_questions():
    polish = [Example(f"e{n}", "Jak długo jest w naprawie i od kiedy nie działa to?", (str(n),), ()) for n in range(30)]
    answered = [Prediction(own.id, "Nie wiem.", (), (), "stop") for own in polish]
    made = build([build_record("base", examples=polish, predictions=answered)], resamples=200)
    assert any(note.topic == "Language" and "pl (100% of the answers" in note.text for note in made.notes)


def test_long_references_are_not_asked_for_word_for_word():
    text = " ".join(["the old valve of the mill was changed in the night"] * 3)
    names = ["exact_match", "token_f1", "faithfulness"]
    assert deciding_names(names, [Example("a", "?", (text,), ("page",))])[0] == "faithfulness"
    assert deciding_names(names, [Example("a", "?", ("an old valve",), ("page",))])[0] == "exact_match"
