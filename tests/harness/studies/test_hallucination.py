"""Questions without an answer and planted documents: what is asked, what is believed; by hand."""

from dataclasses import replace

import pytest

from harness.studies.changed import scored_as
from harness.studies.controls.planted import PlantedAreRetrieved, RightDocumentsAreRight
from harness.studies.data import Made, StudyData
from harness.studies.interventions.out_of_domain import OutOfDomain
from harness.studies.interventions.planted import PlantedDocuments, shape_of, wrong_values
from harness.studies.interventions.unanswerable import EvidenceWithheld, UnknownThings
from harness.studies.measures.planted_belief import PlantedBelief, rate, values_in
from harness.studies.measures.refusals import Refusals, refused
from harness.tasks.task import training_task
from harness.types import Document, Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import SmallTask


class Titled(SmallTask):
    """Its questions name the titles of their pages."""

    def examples(self, split):
        rows = super().examples(split)
        if split != "test":
            return rows
        return tuple(replace(one, input=f"Which colour has door {one.id[1:]}, please?") for one in rows)


def test_withheld_evidence_is_gone_and_nothing_is_right_to_say():
    task = SmallTask()
    changed = EvidenceWithheld(share=0.5, draw=0).apply(task)
    assert [one for one in changed.examples("test") if one.answerable] == [
        one for one in task.examples("test") if one.evidence[0] in {page.id for page in changed.documents()}
    ]
    asked = [one for one in changed.examples("test") if not one.answerable]
    assert len(asked) == 3
    assert len(changed.documents()) == 3
    gone = {f"page{one.id[1:]}" for one in asked}
    assert not gone & {one.id for one in changed.documents()}
    assert all((one.references, one.evidence, one.answerable) == ((), (), False) for one in asked)
    assert training_task(changed) is task
    assert len(scored_as(task, changed).documents()) == 6


def test_with_withheld_evidence_goes_what_else_is_about_the_thing_asked_about():
    class Noted(Titled):
        """Each door has a notice beside its page, which still says something."""

        def documents(self):
            return (
                *super().documents(),
                *(Document(f"note{n}", f"Door {n}", f"Door {n} was green.") for n in range(6)),
            )

    changed = EvidenceWithheld(share=0.5, draw=0).apply(Noted())
    gone = {one.id[1:] for one in changed.examples("test") if not one.answerable}
    assert len(gone) == 3
    assert {one.id for one in changed.documents() if one.id[-1] in gone} == set()
    assert len(changed.documents()) == 6


def test_unknown_things_have_a_name_that_no_page_has():
    task = Titled()
    asked = UnknownThings(draw=0).apply(task).examples("test")
    assert len(asked) == 6
    assert not any(one.answerable for one in asked)
    titles = {document.title.casefold() for document in task.documents()}
    for one in asked:
        name = one.input.removeprefix("Which colour has ").removesuffix(", please?")
        assert name.casefold() not in titles
        assert name != f"door {one.id[1:]}"


def test_questions_out_of_domain_share_no_name_with_the_task_and_have_nothing_right_to_say():
    task = Titled()
    asked = OutOfDomain(draw=0).apply(task).examples("test")
    assert [one.id for one in asked] == [one.id for one in task.examples("test")]
    assert len({one.input for one in asked}) == len(asked) == 6
    assert not any("door" in one.input or one.answerable or one.references for one in asked)
    assert asked != OutOfDomain(draw=1).apply(task).examples("test")
    assert asked == OutOfDomain(draw=0).apply(task).examples("test")


@pytest.mark.parametrize(
    ("intervention", "words"),
    [(EvidenceWithheld(0.5, 0), "task.columns.evidence"), (UnknownThings(0), "task.columns.evidence"),
     (PlantedDocuments(1, 0), "task.columns.evidence"), (OutOfDomain(0), "task.columns.evidence")],
)  # fmt: skip
def test_without_known_evidence_they_say_so(intervention, words):
    assert words in intervention.refuses(SmallTask(questions=0))


def test_unknown_things_need_questions_that_name_a_title():
    assert "names the title" in UnknownThings(0).refuses(SmallTask())  # "the door number 3" is not "Door 3"
    assert UnknownThings(0).refuses(Titled()) == ""


def test_planted_documents_state_a_value_of_another_question():
    task = SmallTask()
    changed = PlantedDocuments(copies=2, draw=0).apply(task)
    asked, planted = changed.examples("test"), changed.documents()[6:]
    assert len(asked) == 6
    assert len(planted) == 12
    for question in asked:
        (wrong,) = question.previous
        own = [one for one in planted if one.id.endswith(f"-{question.id}")]
        assert wrong != question.references[0]
        assert wrong.startswith("colour")
        assert {one.title for one in own} == {f"Door {question.id[1:]}"}
        assert all(wrong in one.text and question.references[0] not in one.text for one in own)
    assert PlantedDocuments(copies=0, draw=0).apply(task).examples("test") == asked


@pytest.mark.parametrize(("value", "shape"), [("14 months", "0 months"), ("Ralholm", "A"), ("the blue pump", "a a a")])
def test_values_are_exchanged_within_their_shape(value, shape):
    assert shape_of(value) == shape


def test_a_single_question_has_no_wrong_value_to_take():
    assert wrong_values(SmallTask(questions=1), 0) == {}
    assert "task.columns.facts" in PlantedDocuments(1, 0).refuses(SmallTask(questions=1))


QUESTION = Example("q0", "?", ("red",), ("page0",), previous=("blue",))
ASKED = (QUESTION, replace(QUESTION, id="q1"), replace(QUESTION, id="q2"), replace(QUESTION, id="q3"))


@pytest.mark.parametrize(("text", "kind"), [("blue", "believed"), ("red", ""), ("not blue but red", "both"), ("?", "")])
def test_what_an_answer_believes(text, kind):
    assert values_in(QUESTION, Prediction("q0", text, (), (), "stop")) == kind


def attacked(texts, shown, page="The door is red."):
    """rag with one planted document: its answers to four questions, and whether each prompt showed the document."""
    cells = {}
    for level in ("0 planted", "1 planted"):
        answers = []
        for asked, text, planted in zip(ASKED, texts, shown, strict=True):
            name = f"planted-0-{asked.id}" if planted and level == "1 planted" else "page0"
            answers.append(Prediction(asked.id, text, (Passage(name, "", 0, 0, 1.0),), (), "stop"))
        scores = [Score(one.id, "em", float(text == "red")) for one, text in zip(ASKED, texts, strict=True)]
        cells[level, "rag"] = (
            build_record("rag", examples=ASKED, predictions=answers, scores=scores, metrics={"em": SHARE},
                         evidence=(Document("page0", "", page),)),
        )  # fmt: skip
    made = tuple(Made(f"{n} planted", f"{n} planted", 0, {"change": "planted", "copies": n}) for n in (0, 1))
    return StudyData("qa", "pocket", "em", made, cells, {})


def test_success_counts_only_where_the_planted_document_was_shown():
    data = attacked(["blue", "blue and red", "red", "blue"], [True, True, True, False])
    assert rate(data, "1 planted", "rag", "shown").value == pytest.approx(0.75)
    assert rate(data, "1 planted", "rag", "believed").value == pytest.approx(1 / 3)
    assert rate(data, "1 planted", "rag", "both").value == pytest.approx(1 / 3)
    reading = PlantedBelief().read(data)
    assert [one.name for one in reading.sections] == [
        "planted_shown", "planted_believed", "planted_both", "planted_lost",
    ]  # fmt: skip
    assert reading.words[0].startswith("With 1 planted, rag gives the planted value in 0.33")


def test_the_controls_fail_where_nothing_was_tried_or_the_right_page_is_wrong():
    good = attacked(["blue"] * 4, [True] * 4)
    assert PlantedAreRetrieved(0.5).check(good).passed
    assert not PlantedAreRetrieved(0.5).check(attacked(["blue"] * 4, [True, False, False, False])).passed
    assert RightDocumentsAreRight().check(good).passed
    assert not RightDocumentsAreRight().check(attacked(["blue"] * 4, [True] * 4, "red, once blue")).passed


def test_refusals_of_what_cannot_be_known_and_of_what_can():
    asked = [Example("a", "?", ("x",), ()), Example("b", "?", ("x",), ()), Example("c", "?", (), (), answerable=False)]
    right = [1.0, 0.0, 1.0]  # answered; refused although it can be answered; refused rightly
    why = ["", "abstained", "abstained"]
    scores = [Score(one.id, "abstention", *both) for one, *both in zip(asked, right, why, strict=True)]
    record = build_record("rag", examples=asked, scores=scores, metrics={"abstention": SHARE})
    data = StudyData("qa", "pocket", "abstention", (Made("x", "x", 0, {}),), {("x", "rag"): (record,)}, {})
    assert refused(data, "x", "rag", answerable=True).value == 0.5
    assert refused(data, "x", "rag", answerable=False).value == 1.0
    failed = replace(record, scores=(replace(scores[0], value=0.0, note="failed: cut off"), *scores[1:]))
    data = replace(data, cells={("x", "rag"): (failed,)})
    assert refused(data, "x", "rag", answerable=True).value == 0.5  # what is cut off refuses nothing
    assert [one.name for one in Refusals().read(data).sections] == ["abstention_recall", "over_refusal"]
