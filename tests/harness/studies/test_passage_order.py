"""The right passage first, in the middle and last: what is asked, what the controls see, what is read off; by hand."""

from dataclasses import replace

import pytest

from harness.studies.controls.passage_place import OrderChanges, SupportIsInPlace
from harness.studies.data import Made, StudyData
from harness.studies.intervention import Conditions
from harness.studies.interventions.passage_order import PassageOrder
from harness.studies.interventions.unchanged import Unchanged
from harness.studies.measures.passage_place import PassagePlace
from harness.tasks.task import training_task
from harness.types import PLACES, Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import SmallTask

GOLD = Passage("page0", "The door is red.", 0, 16, 1.0)
OTHERS = tuple(Passage(f"page{at}", text, 0, len(text), 0.5) for at, text in ((8, "A fence is low."), (9, "It rains.")))
ORDERS = {"first": (GOLD, *OTHERS), "middle": (OTHERS[0], GOLD, OTHERS[1]), "last": (*OTHERS, GOLD)}
QUESTION = Example("q", "Which colour has the door?", ("red",), ("page0",))


def data(answers, orders=ORDERS, read=None, arm="rag", left_out=None):
    """An arm's answers to some questions.

    Args:
        answers: per question, whether it is right with the right passage first, in the middle and last.
        orders: place -> passages as the record lists them.
        read: place -> passages as the prompt holds them; None: as listed.
        arm: its name.
        left_out: of StudyData; with it there is no record.
    """
    asked = [replace(QUESTION, id=f"q{at}") for at in range(len(answers))]
    made, cells = [], {}
    for at, place in enumerate(PLACES):
        level = PassageOrder(place).label
        made.append(Made(level, level, 0, PassageOrder(place).settings))
        prompt = ("Passages:", *(one.text for one in (read or orders)[place]))
        rows = [Prediction(one.id, "red", orders[place], (), "stop", prompt=prompt) for one in asked]
        scores = [Score(one.id, "em", float(row[at])) for one, row in zip(asked, answers, strict=True)]
        record = build_record(arm, examples=asked, predictions=rows, scores=scores, metrics={"em": SHARE})
        if left_out is None:
            cells[level, arm] = (record,)
    return StudyData("qa", "pocket", "em", tuple(made), cells, {}, left_out or {})


FOUR = [(1, 0, 1), (1, 0, 0), (1, 1, 1), (0, 0, 1)]


def test_only_questions_that_rest_on_documents_are_asked_and_adapters_stay():
    task = SmallTask()
    for place in PLACES:
        changed = PassageOrder(place).apply(task)
        assert {one.place for one in changed.examples("test")} == {place}
        assert [one.id for one in changed.examples("test")] == [one.id for one in task.examples("test")]
        assert changed.documents() is task.documents()
        assert training_task(changed) is task
    assert PassageOrder("next").problems() == ["place is next; it must be one of first, middle, last"]


def test_without_known_evidence_it_says_so():
    assert "task.columns.evidence" in PassageOrder("last").refuses(SmallTask(questions=0))


def test_what_the_place_does():
    """Right: three of four first, one in the middle, three last."""
    reading = PassagePlace().read(data(FOUR))
    means, effects = reading.sections
    assert [row[1].value for row in means.rows] == [0.75, 0.25, 0.75]
    assert [row[1].value for row in effects.rows] == pytest.approx([-0.5, 0.0])
    assert "middle − mean of both ends -0.50" in reading.words[0]


def test_a_prompt_without_a_middle_is_not_counted():
    short = {place: tuple(one for one in own if one is not OTHERS[1]) for place, own in ORDERS.items()}
    assert PassagePlace().read(data(FOUR, short)).sections == ()


def controls(found):
    return OrderChanges(0.3).check(found), SupportIsInPlace().check(found)


def test_the_controls_pass_where_the_prompts_order_is_the_one_asked_for():
    assert [one.passed for one in controls(data(FOUR))] == [True, True]


def test_an_order_that_stands_in_the_record_alone_fails_both():
    """The prompts were written in one order, whatever the list of passages says."""
    assert [one.passed for one in controls(data(FOUR, read=dict.fromkeys(PLACES, ORDERS["first"])))] == [False, False]


def test_other_passages_are_no_other_order():
    swapped = {**ORDERS, "last": (OTHERS[0], Passage("page7", "It snows.", 0, 9, 0.5), GOLD)}
    changes, in_place = controls(data(FOUR, swapped))
    assert not changes.passed
    assert in_place.passed


def test_one_place_that_is_wrong_fails_and_is_named():
    _, in_place = controls(data(FOUR, {**ORDERS, "middle": ORDERS["last"]}))
    assert not in_place.passed
    assert "4 of 12 (33 %) prompts have it elsewhere; such as q0" in in_place.text


def test_without_evidence_the_conditions_are_left_out_and_the_controls_say_so():
    names = [PassageOrder(place).label for place in PLACES]
    found = data(FOUR, left_out={(name, "rag"): "no test question says which document" for name in names})
    for one in controls(found):
        assert one.passed
        assert one.text == "not asked: no test question says which document"
    assert PassagePlace().read(found).sections == ()


def test_conditions_that_should_have_been_asked_and_have_no_record_fail_the_controls():
    found = replace(data(FOUR, left_out={}), cells={})
    assert [one.passed for one in controls(found)] == [False, False]


def test_a_condition_that_is_asked_where_possible_refuses_no_study():
    bare = SmallTask(questions=0)
    (plain,) = Conditions(PassageOrder("first")).made()
    (loose,) = Conditions(PassageOrder("first"), where_possible=True).made()
    (always,) = Conditions(Unchanged("clean"), where_possible=True).made()
    assert plain.unasked(bare) == always.unasked(bare) == loose.unasked(SmallTask()) == ""
    assert "task.columns.evidence" in loose.unasked(bare)


def test_a_passage_that_stands_inside_of_another_as_well_is_read_where_it_is_shown():
    quoting = Passage("page8", "Note: The door is red. A fence is low.", 0, 38, 0.5)
    orders = {
        "first": (GOLD, quoting, OTHERS[1]),
        "middle": (quoting, GOLD, OTHERS[1]),
        "last": (quoting, OTHERS[1], GOLD),
    }
    assert [one.passed for one in controls(data(FOUR, orders=orders))] == [True, True]


def test_prompts_without_a_middle_withhold_nothing():
    short = {"first": (GOLD, OTHERS[0]), "middle": (GOLD, OTHERS[0]), "last": (OTHERS[0], GOLD)}
    found = controls(data(FOUR, orders=short))
    assert [one.passed for one in found] == [True, True]
    assert {one.text for one in found} == {"not asked: no prompt shows the right passage and two others"}
