"""Distractors at a rising share: what is asked, what the control sees, what is read off; by hand."""

from dataclasses import replace

import pytest

from harness.studies.controls.distractors import DistractorsAreShown
from harness.studies.data import Made, StudyData
from harness.studies.interventions.distractor_share import DistractorShare
from harness.studies.measures.distractors import DistractorEffect
from harness.tasks.task import training_task
from harness.types import Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import SmallTask

SHARES = (0, 0.5, 0.75, 1)
GOLD = Passage("page0", "The door is red.", 0, 16, 1.0)
OTHERS = tuple(
    Passage(f"page{at}", text, 0, len(text), 0.5)
    for at, text in ((7, "A gate is new."), (8, "A fence is low."), (9, "It rains."))
)
SHOWN = {0: (GOLD,), 0.5: (GOLD, OTHERS[0]), 0.75: (GOLD, *OTHERS), 1: OTHERS}
QUESTION = Example("q", "Which colour has the door?", ("red",), ("page0",))


def data(answers, shown=SHOWN):
    """Per question its answers at the four shares: red is right, and of distractors alone "I" is a refusal."""
    made, cells = [], {}
    for at, share in enumerate(SHARES):
        own = DistractorShare(share)
        made.append(Made(own.label, own.label, 0, own.settings))
        asked = [replace(own._noisy(QUESTION), id=f"q{n}") for n in range(len(answers))]
        pairs = [(one, row[at]) for one, row in zip(asked, answers, strict=True)]
        rows = [Prediction(one.id, text, shown[share], (), "stop") for one, text in pairs]
        scores = [Score(one.id, "em", float(text == "red")) for one, text in pairs]
        scores += [
            Score(one.id, "abstention", float((text == "I") is not one.answerable), "abstained" if text == "I" else "")
            for one, text in pairs
        ]
        metrics = {"em": SHARE, "abstention": SHARE}
        cells[own.label, "rag"] = (
            build_record("rag", examples=asked, predictions=rows, scores=scores, metrics=metrics),
        )
    return StudyData("qa", "pocket", "em", tuple(made), cells, {})


FOUR = [("red", "red", "red", "I"), ("red", "red", "blue", "I"), ("red", "blue", "blue", "red"), ("red", "I", "I", "I")]


def test_questions_stay_and_of_distractors_alone_nothing_can_be_known():
    task = SmallTask()
    some, all_of_them = (DistractorShare(share).apply(task) for share in (0.5, 1))
    assert {(one.noise, one.answerable) for one in some.examples("test")} == {(0.5, True)}
    assert {(one.noise, one.answerable, one.references) for one in all_of_them.examples("test")} == {(1.0, False, ())}
    assert [one.evidence for one in all_of_them.examples("test")] == [one.evidence for one in task.examples("test")]
    assert training_task(some) is task
    assert some.documents() is task.documents()
    assert DistractorShare(1.2).problems() == ["share is 1.2; it must be from 0 to 1"]
    assert "task.columns.evidence" in DistractorShare(0.5).refuses(SmallTask(questions=0))


def test_accuracy_falls_with_the_share_and_refusals_stand_apart():
    reading = DistractorEffect().read(data(FOUR))
    found = {section.name: [row[1].value for row in section.rows] for section in reading.sections}
    assert found["noise_shown"] == [0.0, 0.5, 0.75, 1.0]
    assert found["noise"] == [1.0, 0.5, 0.25]
    assert found["noise_lost"] == pytest.approx([-0.5, -0.75])
    assert found["noise_refused"] == [0.0, 0.25, 0.25, 0.75]
    assert reading.words[0].startswith("With 75 % distractors, rag changes by -0.75")


def test_a_passage_that_states_the_right_value_is_no_distractor():
    told = replace(OTHERS[2], text="A red fence.")
    shown = {**SHOWN, 0.75: (GOLD, *OTHERS[:2], told), 1: (*OTHERS[:2], told)}
    assert DistractorEffect().read(data(FOUR, shown)).sections == ()


def checked(shown):
    return DistractorsAreShown(0.3).check(data(FOUR, shown))


def test_the_control_passes_where_prompts_show_what_was_asked_for():
    assert checked(SHOWN).passed


@pytest.mark.parametrize(
    "wrong",
    [{0: (GOLD, OTHERS[0])}, {1: (GOLD, *OTHERS)}, {0.75: (GOLD,)}],
    ids=["noise at 0", "right at 1", "no noise"],
)
def test_a_share_that_did_not_arrive_fails_the_control(wrong):
    assert not checked({**SHOWN, **wrong}).passed


def test_a_budget_without_distractors_has_nothing_to_check():
    bare = StudyData("qa", "pocket", "em", (), {}, {})
    result = DistractorsAreShown(0.3).check(bare)
    assert result.passed
    assert result.text == "not asked: no condition puts distractors into prompts here"
