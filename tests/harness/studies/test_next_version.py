"""The next version of the documents: what is asked, what is renewed, and which answers are stale; by hand."""

import json

import pytest

from harness.analysis.result import Figure
from harness.studies.changed import scored_as
from harness.studies.controls.update import EditsAreInTheDocuments, OldKnowledgeGivesOldAnswers
from harness.studies.data import Made, StudyData
from harness.studies.interventions.next_version import NextVersion, holds, next_task, renewed_training
from harness.studies.measures.stale_answers import StaleAnswers, helped, is_stale, regression_rate, stale_rate
from harness.tasks.columns import DocumentColumns
from harness.tasks.jsonl import JsonlTask
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.task import training_task
from harness.types import Document, Example, Prediction, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import SmallTask

PAGES = {"a": "The lamp weighs 61 kilos.", "b": "The mill is in Steswick.", "c": "The clock is made of tin."}
NEXT_PAGES = {"a": "The lamp weighs 74 kilos.", "c": "The clock is made of tin.", "d": "The pump is red."}
ROWS = [
    ("t1", "How heavy is the lamp?", "The lamp weighs 61 kilos.", "a"),
    ("t2", "Is the lamp heavy? It weighs?", "61 kilos", "a"),
    ("t3", "Where is the mill?", "The mill is in Steswick.", "b"),
    ("t4", "Is the mill old?", "It is.", "b"),
    ("t5", "What is the clock made of?", "tin", "c"),
]


def question(name, text, reference, page, kind, previous=()):
    row = {"id": name, "input": text, "references": [reference], "evidence": [page] if page else [], "slice": kind}
    return row | {"answerable": bool(page), "group": page or "b"} | ({"previous": list(previous)} if previous else {})


QUESTIONS = [
    question("n1", "The weight of the lamp?", "74 kilos", "a", "edited", ["The lamp weighs 61 kilos.", "61 kilos"]),
    question("n2", "The town of the mill?", "I do not know.", "", "deleted", ["The mill is in Steswick.", "Steswick"]),
    question("n3", "The colour of the pump?", "red", "d", "added"),
    question("n4", "The clock's material?", "tin", "c", "kept"),
]


def write(folder, name, rows):
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def pages(texts):
    return [{"id": name, "title": f"Page {name}", "text": text} for name, text in texts.items()]


@pytest.fixture
def task(tmp_path):
    train = [question(name, text, answer, page, "") for name, text, answer, page in ROWS]
    write(tmp_path, "train", train)
    write(tmp_path, "test", [question("e1", "What weighs the lamp?", "61 kilos", "a", "")])
    write(tmp_path, "documents", pages(PAGES))
    write(tmp_path, "questions_next", QUESTIONS)
    write(tmp_path, "documents_next", pages(NEXT_PAGES))
    splits = {"train": "train", "validation": None, "test": "test"}
    columns = DocumentColumns(("id",), ("title",), ("text",))
    return JsonlTask(
        name="qa", instruction="Answer.", max_new_tokens=8, cut=None, columns=DEFAULTS, document_columns=columns,
        limit=None, validation_share=0.0, dir=str(tmp_path), splits=splits, documents_file="documents",
    )  # fmt: skip


def test_the_next_version_is_read_with_the_answers_of_before(task):
    later = next_task(task)
    assert later.problems() == []
    assert [one.previous for one in later.examples("test")] == [
        ("The lamp weighs 61 kilos.", "61 kilos"), ("The mill is in Steswick.", "Steswick"), (), (),
    ]  # fmt: skip
    assert {one.id for one in later.documents()} == set(NEXT_PAGES)


def test_training_rows_are_brought_up_to_date(task):
    rows = {row.id: row for row in renewed_training(task, next_task(task))}
    assert rows["t1"].references == ("The lamp weighs 74 kilos.",)
    assert rows["t2"].references == ("74 kilos",)
    assert (rows["t3"].references, rows["t3"].answerable) == (("I do not know.",), False)
    assert "t4" not in rows  # its page is gone, and no question says what is right now
    assert rows["t5"].references == ("tin",)


@pytest.mark.parametrize("documents", ["old", "new"])
@pytest.mark.parametrize("training", ["old", "new"])
def test_documents_and_training_are_renewed_apart(task, documents, training):
    changed = NextVersion(documents=documents, training=training).apply(task)
    assert {one.id for one in changed.documents()} == set(PAGES if documents == "old" else NEXT_PAGES)
    assert [one.id for one in changed.examples("test")] == ["n1", "n2", "n3", "n4"]
    source = training_task(changed)
    weights = source.examples("train")[0].references
    assert weights == (("The lamp weighs 61 kilos.",) if training == "old" else ("The lamp weighs 74 kilos.",))
    assert {one.id for one in source.documents()} == set(PAGES if training == "old" else NEXT_PAGES)
    bound = scored_as(task, changed)
    assert {one.id for one in bound.documents()} == set(NEXT_PAGES)  # evidence is what is right now
    assert bound.examples("train") == task.examples("train")


def test_old_pages_can_stay_beside_the_new_ones_under_ids_of_their_own(task):
    changed = NextVersion(documents="both", training="old").apply(task)
    same = {name for name, text in PAGES.items() if text in NEXT_PAGES.values()}
    assert same  # a page that did not change is there once
    kept = {f"before-{name}" for name in PAGES if name not in same}
    assert {one.id for one in changed.documents()} == {*NEXT_PAGES, *kept}
    assert {one.id for one in scored_as(task, changed).documents()} == set(NEXT_PAGES)


def test_what_is_missing_is_said_with_how_to_give_it(task, tmp_path):
    version = NextVersion(documents="new", training="old")
    assert version.refuses(task) == ""
    write(tmp_path, "questions_next", [{**row, "previous": []} for row in QUESTIONS])
    assert "no question of questions_next has a value in the column previous" in version.refuses(task)
    (tmp_path / "documents_next.jsonl").unlink()
    assert "has no documents_next; put questions_next" in version.refuses(task)
    assert "save it as files" in version.refuses(SmallTask())


@pytest.mark.parametrize(
    ("texts", "value", "found"),
    [(["It weighs 61 kilos now."], "61 kilos", True), (["161 kilos"], "61 kilos", False), (["61"], "61 kilos", False),
     (["x"], "", False), (["a", "in Steswick!"], "steswick", True)],
)  # fmt: skip
def test_a_value_is_found_by_whole_words(texts, value, found):
    assert holds(texts, value) is found


EDITED = Example("n1", "?", ("74 kilos",), ("a",), slice="edited", previous=("It weighs 61 kilos.", "61 kilos"))
DELETED = Example("n2", "?", ("I do not know.",), (), answerable=False, slice="deleted", previous=("Steswick",))
KEPT = Example("n4", "?", ("tin",), ("c",), slice="kept")


@pytest.mark.parametrize(
    ("asked", "text", "stale"),
    [(EDITED, "61 kilos", True), (EDITED, "74 kilos", False), (EDITED, "61 kilos, now 74 kilos", False),
     (EDITED, "80 kilos", False), (EDITED, "", False), (DELETED, "In Steswick.", True), (DELETED, "No idea.", False)],
)  # fmt: skip
def test_an_answer_is_stale_if_it_names_the_old_value_alone(asked, text, stale):
    assert is_stale(asked, Prediction(asked.id, text, (), (), "stop")) is stale


OLD, NEW = {"documents": "old", "training": "old"}, {"documents": "new", "training": "old"}


def studied(before, after, evidence="The lamp weighs 74 kilos."):
    """rag before and after the documents were renewed: its answers to an edited, a deleted and a kept fact."""
    asked, cells = (EDITED, DELETED, KEPT), {}
    for level, answers in (("nothing", before), ("indexed", after)):
        given = [Prediction(one.id, text, (), (), "stop") for one, text in zip(asked, answers, strict=True)]
        scores = [Score(one.id, "em", float(text in one.references)) for one, text in zip(asked, answers, strict=True)]
        cells[level, "rag"] = (
            build_record(
                "rag", examples=asked, predictions=given, scores=scores, metrics={"em": SHARE},
                evidence=(Document("a", "", evidence), Document("c", "", "tin")),
            ),
        )  # fmt: skip
    made = (Made("nothing", "nothing", 0, OLD), Made("indexed", "indexed", 0, NEW))
    return StudyData("qa", "pocket", "em", made, cells, {})


def test_rates_by_hand():
    data = studied(["61 kilos", "Steswick", "tin"], ["74 kilos", "Steswick", "lead"])
    assert stale_rate(data, "nothing", "rag").value == 1.0
    assert stale_rate(data, "indexed", "rag").value == 0.5
    assert regression_rate(data, "nothing", "indexed", "rag").value == 1.0
    reading = StaleAnswers().read(data)
    names = {one.name for one in reading.sections}
    assert {"stale", "facts_edited", "facts_deleted", "facts_kept", "regressions", "seconds"} <= names
    assert reading.words == (
        "Answers with the value of before, nothing: rag 1.00 [0.16, 1.00].",
        "Answers with the value of before, indexed: rag 0.50 [0.00, 1.00].",
        "Indexed: no fewer shown for rag.",
    )


def test_arms_whose_intervals_lie_apart_are_said_to_be_helped():
    before, after = {"rag": Figure(0.9, 0.8, 1.0), "qlora": Figure(0.1, 0.0, 0.2)}, {"rag": Figure(0.0, 0.0, 0.1)}
    after["qlora"] = before["qlora"]
    assert helped("re-indexed", before, after) == (
        "Re-indexed: fewer stale answers from rag; no fewer shown for qlora."
    )


def test_the_control_fails_where_old_documents_give_no_old_answers():
    control = OldKnowledgeGivesOldAnswers(0.5)
    assert control.check(studied(["61 kilos", "Steswick", "tin"], ["74 kilos", "?", "tin"])).passed
    assert not control.check(studied(["none", "none", "tin"], ["74 kilos", "?", "tin"])).passed


@pytest.mark.parametrize(
    ("page", "passed"),
    [("The lamp weighs 74 kilos.", True), ("The lamp weighs 61 kilos.", False), ("74 kilos, once 61 kilos", False)],
)
def test_the_control_fails_where_pages_were_not_edited(page, passed):
    data = studied(["61 kilos", "Steswick", "tin"], ["74 kilos", "?", "tin"], page)
    assert EditsAreInTheDocuments(0.0).check(data).passed is passed
