"""Every control, passed and broken."""

import pytest

from harness.studies.controls.training import ShuffledAnswersTeachNothing, TrainingChangesAnswers
from harness.studies.controls.wording import FullStrengthChangesAnswers, QuestionsKeepFacts
from harness.studies.data import Made, StudyData
from harness.types import Example, Prediction
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import study_data

OWN = {"pairs": "all", "answers": "own", "asked": "test"}
SHUFFLED = {"pairs": "all", "answers": "shuffled", "asked": "test"}


@pytest.mark.parametrize(("left", "passed"), [(0.0, True), (0.4, True), (0.6, False), (1.0, False)])
def test_shuffled_answers(left, passed):
    some = [1.0] * round(10 * left) + [0.0] * (10 - round(10 * left))
    cells = {("own", "base"): [0.0] * 10, ("own", "qlora"): [1.0] * 10, ("shuffled", "qlora"): some}
    found = ShuffledAnswersTeachNothing(0.5).check(study_data(cells, {"own": OWN, "shuffled": SHUFFLED}))
    assert found.passed is passed
    assert found.kind == "negative"


def test_shuffled_answers_where_nothing_is_gained_at_all():
    cells = {("own", "base"): [1.0] * 4, ("own", "qlora"): [0.0] * 4, ("shuffled", "qlora"): [0.0] * 4}
    assert ShuffledAnswersTeachNothing(0.5).check(study_data(cells, {"own": OWN, "shuffled": SHUFFLED})).passed


def answered(cells, settings):
    """The data of a study by what was asked and answered: (level, arm) -> [(question, answer)]."""
    records = {}
    for (level, arm), rows in cells.items():
        examples = [Example(f"e{at}", question, ("red 7",), ()) for at, (question, _) in enumerate(rows)]
        answers = [Prediction(f"e{at}", text, (), (), "stop") for at, (_, text) in enumerate(rows)]
        records[level, arm] = (build_record(arm, examples=examples, predictions=answers, metrics={"em": SHARE}),)
    levels = dict.fromkeys(level for level, _ in cells)
    return StudyData("qa", "pocket", "em", tuple(Made(one, one, 0, settings[one]) for one in levels), records, {})


@pytest.mark.parametrize(("answers", "passed"), [("ab", True), ("xx", False)])
def test_training_must_change_answers(answers, passed):
    cells = {("all", "base"): [("q", "x"), ("q", "x")], ("all", "qlora"): [("q", text) for text in answers]}
    assert TrainingChangesAnswers(0.1).check(answered(cells, {"all": OWN})).passed is passed


def test_training_cannot_be_checked_without_the_bare_model():
    assert not TrainingChangesAnswers(0.1).check(answered({("all", "qlora"): [("q", "x")]}, {"all": OWN})).passed


WORDS = {"clean": {"change": "clean"}, "typos": {"change": "typos", "share": 1.0}}


@pytest.mark.parametrize(("answers", "passed"), [(("a", "b"), True), (("a", "a"), False)])
def test_full_strength_must_change_answers(answers, passed):
    cells = {(level, "rag"): [("q", answer)] for level, answer in zip(WORDS, answers, strict=True)}
    control = FullStrengthChangesAnswers({"change": "clean"}, {"share": 1.0}, 0.1)
    assert control.check(answered(cells, WORDS)).passed is passed
    assert not control.check(answered({("clean", "rag"): [("q", "a")]}, WORDS)).passed


@pytest.mark.parametrize(
    ("question", "passed"), [("Whihc door is red, 7 or 12?", True), ("Whihc door is rde, 7 or 12?", False),
                             ("Which door is red, 7 or 21?", False)],
)  # fmt: skip
def test_questions_must_keep_their_facts(question, passed):
    cells = {("clean", "rag"): [("Which door is red, 7 or 12?", "a")], ("typos", "rag"): [(question, "a")]}
    assert QuestionsKeepFacts({"change": "clean"}).check(answered(cells, WORDS)).passed is passed
