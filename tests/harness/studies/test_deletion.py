"""Passages taken out of prompts: what is asked, what the deletion effect and unfaithful citations are; by hand."""

from dataclasses import replace

import pytest

from harness.studies.controls.removed_passages import RemovedIsAbsent, SupportWasShown
from harness.studies.data import Made, StudyData
from harness.studies.interventions.withheld_passages import WithheldPassages
from harness.studies.measures.citations import Citations, unfaithful_citations
from harness.studies.measures.deletion_effect import DeletionEffect, effect, right_before, without_support
from harness.studies.study import Budget, Study
from harness.studies.table import study_table
from harness.studies.words import NOT_TESTED
from harness.tasks.task import training_task
from harness.types import Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import SmallTask

LEVELS = ("nothing removed", "support removed", "another removed")
GOLD, OTHER = Passage("page0", "The door is red.", 0, 16, 1.0), Passage("page9", "A fence is low.", 0, 15, 0.5)
QUESTION = Example("q", "Which colour has the door?", ("red",), ("page0",))
LEFT = {LEVELS[0]: (OTHER, GOLD), LEVELS[1]: (OTHER,), LEVELS[2]: (GOLD,)}


def test_only_questions_that_rest_on_documents_are_asked_and_adapters_stay():
    task = SmallTask()
    for removed, withheld in (("nothing", ""), ("support", "support"), ("another", "others")):
        changed = WithheldPassages(removed).apply(task)
        assert {one.withheld for one in changed.examples("test")} == {withheld}
        assert [one.id for one in changed.examples("test")] == [one.id for one in task.examples("test")]
        assert changed.documents() is task.documents()
        assert training_task(changed) is task


def test_without_known_evidence_it_says_so():
    assert "task.columns.evidence" in WithheldPassages("support").refuses(SmallTask(questions=0))


def prediction(name, text, shown, written=""):
    prompt = ("Passages:", *(one.text for one in shown))
    return Prediction(name, text, tuple(shown), (), "stop", prompt=prompt, written=written)


def data(answers, shown=LEFT, cites=None, arm="rag", **fields):
    """An arm's answers to some questions.

    Args:
        answers: per question, the texts under the three levels.
        shown: level -> passages of every prompt.
        cites: per question, the numbers of the passages that support its answer.
        arm: its name.
        fields: of every record.
    """
    asked = [replace(QUESTION, id=f"q{at}") for at in range(len(answers))]
    cells = {}
    for place, level in enumerate(LEVELS):
        texts = [row[place] for row in answers]
        rows = [prediction(one.id, text, shown[level]) for one, text in zip(asked, texts, strict=True)]
        scores = [Score(one.id, "em", float(text == "red")) for one, text in zip(asked, texts, strict=True)]
        scores += [
            Score(one.id, "citation_recall", 1.0, details={f"passage {number}": 1.0 for number in numbers})
            for one, numbers in zip(asked, cites or [()] * len(asked), strict=True)
        ]
        cells[level, arm] = (
            build_record(arm, examples=asked, predictions=rows, scores=scores,
                         metrics={"em": SHARE, "citation_recall": SHARE}, **fields),
        )  # fmt: skip
    made = [Made(level, level, 0, {"removed": level.split()[0]}) for level in LEVELS]
    return StudyData("qa", "pocket", "em", tuple(made), cells, {})


FIVE = [
    ("red", "blue", "red"),
    ("red", "blue", "blue"),
    ("red", "red", "red"),
    ("red", "I", "red"),
    ("blue", "red", "red"),
]


def test_the_deletion_effect():
    """Of four right answers three go wrong without the support, and one without another passage."""
    found = data(FIVE)
    own = right_before(found, "rag")
    assert [one.question.id for one in own] == ["q0", "q1", "q2", "q3"]
    assert without_support(found, own).value == pytest.approx(3 / 4)
    assert effect(found, own).value == pytest.approx(3 / 4 - 1 / 4)
    (section,) = DeletionEffect().read(found).sections
    assert [getattr(cell, "value", cell) for cell in section.rows[0]] == ["rag", 4.0, 0.75, 0.25, 0.5, 0.0]


def test_a_value_that_another_passage_states_is_counted():
    both = replace(OTHER, text="A red fence.")
    shown = {LEVELS[0]: (both, GOLD), LEVELS[1]: (both,), LEVELS[2]: (GOLD,)}
    assert DeletionEffect().read(data(FIVE, shown)).sections[0].rows[0][-1].value == 1.0


def test_where_the_support_stands_alone_or_was_not_shown_nothing_is_counted():
    for whole in ((GOLD,), (OTHER,)):
        found = data(FIVE, {LEVELS[0]: whole, LEVELS[1]: (), LEVELS[2]: whole})
        assert right_before(found, "rag") == []
        assert DeletionEffect().read(found).sections == ()


def test_a_citation_is_unfaithful_when_the_answer_is_the_same_without_it():
    """q0 and q1 change, q2 stays; q3 also cites the passage that stayed, and q4 cites nothing that supports it."""
    found = data(FIVE, cites=[(2,), (2,), (2,), (1, 2), ()])
    assert unfaithful_citations(found, "rag", LEVELS) == {"q0": 0.0, "q1": 0.0, "q2": 1.0}
    (section,) = Citations().read(found).sections
    assert section.rows[0][:3] == ("nothing removed", "rag", "made by the model")
    assert section.rows[0][-1].value == pytest.approx(1 / 3)


def test_citations_found_afterwards_are_called_so():
    found = data(FIVE, cites=[(2,)] * 5)
    for records in found.cells.values():
        for score in records[0].scores:
            score.details.update({"found afterwards": 1.0} if score.metric == "citation_recall" else {})
    reading = Citations().read(found)
    assert reading.sections[0].rows[0][2] == "found afterwards"
    assert "citations found afterwards support" in reading.words[0]


def test_the_judges_own_error_is_printed():
    judge = {"name": "lexical", "fingerprint": "f", "metrics": ["citation_recall"],
             "agreement": {"FRANK": {"precision of unsupported": 0.7, "recall of unsupported": 0.6}}}  # fmt: skip
    found = data(FIVE, cites=[(2,)] * 5, facts={"judges": [judge]})
    notes = Citations().read(found).sections[0].notes
    assert any("FRANK 0.70 and 0.60" in note.text for note in notes if note.topic == "Judge")


def failed(control, found):
    return not control.check(found).passed


def test_the_controls_see_passages_that_are_gone():
    assert not failed(SupportWasShown(0.3), data(FIVE))
    assert not failed(RemovedIsAbsent(), data(FIVE))


def test_a_passage_that_was_not_removed_fails_the_control():
    kept = {**LEFT, LEVELS[1]: (OTHER, GOLD)}
    assert failed(RemovedIsAbsent(), data(FIVE, kept))
    under_another_id = {**LEFT, LEVELS[1]: (OTHER, replace(GOLD, document_id="page7", text=f"Note: {GOLD.text}"))}
    assert failed(RemovedIsAbsent(), data(FIVE, under_another_id))
    assert failed(RemovedIsAbsent(), data(FIVE, {**LEFT, LEVELS[2]: (OTHER, GOLD)}))


def test_where_hardly_any_support_was_shown_the_control_fails():
    assert failed(SupportWasShown(0.3), data(FIVE, {LEVELS[0]: (OTHER,), LEVELS[1]: (OTHER,), LEVELS[2]: (OTHER,)}))
    assert failed(SupportWasShown(0.3), data(FIVE, arm="base"))


def test_a_broken_control_withholds_the_verdict():
    budget = Budget((0,), {}, ())
    controls = (SupportWasShown(0.3), RemovedIsAbsent())
    study = Study("s", "?", "full", None, 1, {}, budget, budget, controls, (DeletionEffect(), Citations()), ())
    whole = study_table(study, data(FIVE, cites=[(2,)] * 5), 3)
    assert [one.name for one in whole.sections] == ["controls", "deletion", "citations"]
    broken = study_table(study, data(FIVE, {**LEFT, LEVELS[1]: (OTHER, GOLD)}, cites=[(2,)] * 5), 3)
    assert broken.withheld
    assert [one.name for one in broken.sections] == ["controls"]
    assert broken.words[0] == NOT_TESTED
