"""What tuning takes away, by hand, and controls that see when it could not be told."""

from dataclasses import replace

import pytest

from harness.studies.controls.probes import BaseKnowsProbes, NoPassagesShown, SameBase, TuningTook
from harness.studies.data import Made, StudyData
from harness.studies.measures.forgetting import Forgetting, content, forgotten, form, refusal, steps
from harness.studies.study import Budget, Study
from harness.studies.table import study_table
from harness.studies.words import NOT_TESTED
from harness.types import Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record

MOON = Example("m", "How far is the moon?", ("The moon is 384,400 km away.", "384,400 km"), (), facts=("384,400 km",))
CHOOSE = Example("c", "Which is a colour?", ("red",), (), choices=("red", "greenness"))
SPEC = {"cell": {"answers": {"generator": {"name": "pocket", "quantisation": "nf4"}}}}


def answer(text, example=MOON, **fields):
    return Prediction(example.id, text, (), (), "stop", **fields)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("384,400 km", (1.0, 1.0, 0.0)), ("It is 384,400 km from here.", (1.0, 0.0, 0.0)), ("2 km", (0.0, None, 0.0)),
     ("I do not know.", (0.0, None, 1.0)), ("", (0.0, None, 0.0))],
)  # fmt: skip
def test_content_form_and_refusal_are_scored_apart(text, wanted):
    made = answer(text)
    assert (content(MOON, made), form(MOON, made), refusal(MOON, made)) == wanted


def test_without_facts_a_reference_must_be_stated():
    plain = replace(MOON, facts=())
    assert content(plain, answer("About 384,400 km, I think.")) == 1.0
    assert content(plain, answer("About 2 km.")) == 0.0


def test_a_choice_counts_by_its_likelihood_per_character():
    """red: -3 over 3 letters; greenness: -8 over 9, which is likelier."""
    assert content(CHOOSE, answer("red", CHOOSE, choice_logliks=(-3.0, -8.0))) == 0.0
    assert content(CHOOSE, answer("", CHOOSE, choice_logliks=(-3.0, -12.0))) == 1.0


TASK, PROBE = "the task, adapter.epochs={}", "moons, adapter.epochs={}"


def data(base, tuned, task=("x", "y"), shown=(), spec=SPEC):
    """A base, and an adapter after one and three epochs.

    Args:
        base: its answers to the probe.
        tuned: epochs -> the adapter's.
        task: answers of base and adapter to the task.
        shown: passages of the adapter's prompts.
        spec: of the adapter's records.
    """
    probe = [replace(MOON, id=f"m{at}") for at in range(len(base))]
    rows = {}
    for epochs, texts in tuned.items():
        rows[PROBE.format(epochs), "base"] = _record("base", probe, base)
        facts = {"training": {"steps": 100 * epochs, "kept_step": 90 * epochs}}
        rows[PROBE.format(epochs), "qlora"] = _record("qlora", probe, texts, facts, shown, spec)
        for arm, text in zip(("base", "qlora"), task, strict=True):
            rows[TASK.format(epochs), arm] = _record(arm, [Example("t", "?", ("y",), ())], [text], facts)
    levels = dict.fromkeys(level for level, _ in rows)
    made = tuple(Made(level, level, 0, _settings(level)) for level in levels)
    return StudyData("qa", "pocket", "em", made, rows, {})


def _settings(level):
    recipe = {"adapter.epochs": level[-1]}
    return {**recipe, "probe": "moons", "passages": "none"} if level.startswith("moons") else recipe


def _record(arm, examples, texts, facts=None, shown=(), spec=SPEC):
    answers = [Prediction(one.id, text, shown, (), "stop") for one, text in zip(examples, texts, strict=True)]
    scores = [Score(one.id, "em", float(text == "y")) for one, text in zip(examples, texts, strict=True)]
    usual = {"predictions": answers, "scores": scores, "metrics": {"em": SHARE}, "spec": spec, "facts": facts}
    return (build_record(arm, examples=examples, **usual),)


KNOWS, LOST, REFUSES = "384,400 km", "2 km", "I do not know."
FOUR = data([KNOWS, KNOWS, KNOWS, LOST], {1: [KNOWS, "So 384,400 km", LOST, LOST], 3: [REFUSES, REFUSES, KNOWS, KNOWS]})


def test_forgotten_is_before_minus_after_question_by_question():
    assert forgotten(FOUR, PROBE.format(1), "qlora", "base").value == pytest.approx(3 / 4 - 2 / 4)
    assert forgotten(FOUR, PROBE.format(3), "qlora", "base").value == pytest.approx(3 / 4 - 2 / 4)
    assert forgotten(FOUR, PROBE.format(1), "base", "base") is None


def test_the_tables_and_the_curve():
    reading = Forgetting().read(FOUR)
    found = {one.name: one for one in reading.sections}
    assert list(found) == ["content", "forgotten", "curve", "form", "refused"]
    assert [cell.value for cell in found["content"].rows[0][1:]] == [0.75, 0.5]
    assert [cell.value for cell in found["form"].rows[0][1:]] == [1.0, 0.5]  # one of two is written otherwise
    assert [cell.value for cell in found["refused"].rows[1][1:]] == [0.0, 0.5]
    assert [[getattr(cell, "value", cell) for cell in row] for row in found["curve"].rows] == [
        ["qlora", 90.0, 1.0, 0.25], ["qlora", 270.0, 1.0, 0.25],
    ]  # fmt: skip
    assert "qlora has lost +0.25" in reading.words[0]
    assert steps(FOUR.records(PROBE.format(3), "qlora")) == 270


CONTROLS = (BaseKnowsProbes(0.3), TuningTook(0.1), SameBase(), NoPassagesShown())
OTHER = {"cell": {"answers": {"generator": {"name": "pocket", "quantisation": "none"}}}}
BROKEN = {
    BaseKnowsProbes: data([LOST, LOST, LOST, KNOWS], {1: [LOST] * 4}),
    TuningTook: data([KNOWS] * 4, {1: [KNOWS] * 4}, task=("y", "y")),
    SameBase: data([KNOWS] * 4, {1: [KNOWS] * 4}, spec=OTHER),
    NoPassagesShown: data([KNOWS] * 4, {1: [KNOWS] * 4}, shown=(Passage("d", "t", 0, 1, 1.0),)),
}


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: type(one).__name__)
def test_each_control_fails_where_it_is_broken_and_the_verdict_is_withheld(control):
    assert control.check(FOUR).passed
    budget = Budget((0,), {}, ())
    study = Study("s", "?", "full", None, 1, {}, budget, budget, (control,), (Forgetting(),), ())
    assert not study_table(study, FOUR, 4).withheld
    table = study_table(study, BROKEN[type(control)], 2)
    assert table.withheld
    assert table.words[0] == NOT_TESTED
    assert [one.name for one in table.sections] == ["controls"]


def test_without_the_bare_model_nothing_can_be_told():
    alone = StudyData(
        "qa", "pocket", "em", FOUR.conditions, {k: v for k, v in FOUR.cells.items() if k[1] != "base"}, {}
    )
    assert not BaseKnowsProbes(0.3).check(alone).passed
    assert not TuningTook(0.1).check(alone).passed
