"""Knowledge bases cut and grown: nested, about other things, and the same questions at every size."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.studies.controls.models import ModelsDiffer
from harness.studies.controls.retrieved import AddedIsRetrieved, AddedIsRetrievedLess, SameQuestions
from harness.studies.data import Made, StudyData
from harness.studies.interventions.knowledge_size import KnowledgeSize, further_documents, nested_part
from harness.studies.interventions.look_alikes import PREFIX, look_alikes
from harness.studies.interventions.off_topic import off_topic_documents
from harness.studies.measures.arm_contrasts import ArmContrasts, better_of
from harness.tasks.columns import DocumentColumns
from harness.tasks.jsonl import JsonlTask
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.task import training_task
from harness.text.tokens import words
from harness.types import Document, Example, Passage, Prediction
from tests.harness.records import build_record
from tests.harness.studies.fakes import SmallTask, study_data

SIZE = KnowledgeSize(factor=1, growth="look-alikes", smallest=0.5, draw=0)
LAMPS = [
    Document("falfak-lamp", "Falfak lamp", "The Falfak lamp weighs 61 kilos. It was made by Lamika Nalkix in 2023."),
    Document("balmov-lamp", "Balmov lamp", "The Balmov lamp weighs 8 kilos. Since 1 May 2021 Pelio Bunren sells it."),
]


def test_every_size_asks_what_the_smallest_can_answer():
    task = SmallTask()
    kept = {one.id for one in nested_part(task, 0.5, 0)}
    changed = {factor: replace(SIZE, factor=factor).apply(task) for factor in (0.5, 1, 3)}
    assert {factor: len(one.documents()) for factor, one in changed.items()} == {0.5: 3, 1: 6, 3: 18}
    for one in changed.values():
        assert {name for example in one.examples("test") for name in example.evidence} == kept
        assert {document.id for document in one.documents()} >= kept
        assert training_task(one) is task


def test_a_smaller_part_is_inside_a_larger():
    small, large = ({one.id for one in nested_part(SmallTask(), part, 0)} for part in (0.3, 0.7))
    assert small < large


def test_look_alikes_are_about_other_things_of_the_same_kind():
    made = list(look_alikes(LAMPS, 40, 0))
    titles = {one.title.casefold() for one in made}
    assert len(titles) == 40
    assert not titles & {"falfak lamp", "balmov lamp"}
    first = made[0]
    assert first.id == f"{PREFIX}-0-falfak-lamp"
    assert first.title in first.text
    assert "Falfak lamp" not in first.text
    assert len(first.text.split()) == len(LAMPS[0].text.split())


def test_values_and_names_become_others_of_the_same_shape():
    (first,) = look_alikes(LAMPS, 1, 0)
    assert "61 kilos" not in first.text
    assert "in 20" in first.text
    weight = first.text.split("weighs ")[1].split()[0]
    assert weight.isdigit()
    assert len(weight) == 2
    second = list(look_alikes(LAMPS, 2, 0))[1]
    assert " May " in second.text  # a month names no thing of the data


def test_more_look_alikes_begin_with_the_same_ones():
    assert list(look_alikes(LAMPS, 3, 0)) == list(look_alikes(LAMPS, 9, 0))[:3]
    assert list(look_alikes(LAMPS, 3, 1)) != list(look_alikes(LAMPS, 3, 0))


def test_off_topic_documents_share_no_name_with_the_task():
    made = list(off_topic_documents(50, 0))
    assert len({one.id for one in made}) == len({one.title for one in made}) == 50
    names = {word for lamp in LAMPS for word in words(lamp.title)}
    assert not names & {word for one in made for word in words(one.text)}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (SmallTask(pages=0), "task.documents_file=FILE"),
        (SmallTask(questions=0), "task.columns.evidence"),
    ],
)
def test_what_is_missing_is_said(task, words):
    assert words in replace(SIZE, factor=3).refuses(task)


def test_pairs_as_knowledge_and_documents_without_title_are_refused():
    class Other(SmallTask):
        def documents(self):
            return shown

    shown = (Document("pair:t0", "", "x", "t0"),)
    assert "train pairs" in SIZE.refuses(Other())
    shown = (Document("page0", "", "x"), Document("page1", "", "y"))
    assert "task.document_columns.title" in replace(SIZE, factor=3).refuses(Other())
    assert replace(SIZE, factor=3, growth="off-topic").refuses(Other()) == ""


def test_values_out_of_range_are_named():
    assert "smallest must not be larger" in replace(SIZE, factor=0.1).problems()[0]
    assert "more than 0" in replace(SIZE, factor=0).problems()[0]


GROWN, FILLED = {"factor": 4, "growth": "look-alikes"}, {"factor": 4, "growth": "off-topic"}


def shown(grown, filled):
    """rag under two conditions: ids of the document that each of its prompts shows."""
    cells = {}
    for level, names in (("grown", grown), ("filled", filled)):
        asked = [Example(f"e{at}", f"question {at}", ("x",), ()) for at in range(len(names))]
        answers = [
            Prediction(one.id, f"{level}", (Passage(name, "", 0, 0, 1.0),), (), "stop")
            for one, name in zip(asked, names, strict=True)
        ]
        cells[level, "rag"] = (build_record("rag", examples=asked, predictions=answers),)
    made = (Made("grown", "grown", 0, GROWN), Made("filled", "filled", 0, FILLED))
    return StudyData("qa", "pocket", "em", made, cells, {})


def test_added_documents_must_be_retrieved_and_filler_less():
    good, bad = (
        shown(["look-alike-1", "page1"], ["page0", "page1"]),
        shown(["page0", "page1"], ["off-topic-1", "page1"]),
    )
    found = AddedIsRetrieved(GROWN, "look-alike", 0.5), AddedIsRetrievedLess(FILLED, "off-topic", GROWN, "look-alike")
    assert [one.check(good).passed for one in found] == [True, True]
    assert [one.check(bad).passed for one in found] == [False, False]


def test_all_conditions_must_ask_the_same():
    assert SameQuestions().check(shown(["a", "b"], ["a", "b"])).passed
    assert not SameQuestions().check(shown(["a", "b"], ["a"])).passed


def test_models_must_answer_differently():
    assert ModelsDiffer().check(shown(["a"], ["a"])).passed  # the answer is the level's name
    same = StudyData("qa", "m", "em", shown(["a"], ["a"]).conditions, {}, {})
    twice = shown(["a"], ["a"]).cells["grown", "rag"]
    same = replace(same, cells={("grown", "rag"): twice, ("filled", "rag"): twice})
    assert not ModelsDiffer().check(same).passed


def test_the_hybrid_is_held_against_the_better_of_its_parts():
    cells = {
        ("small", arm): [value] * 4 for arm, value in {"rag": 0.5, "qlora": 0.25, "hybrid": 0.75, "raft": 1.0}.items()
    }
    data = study_data(cells)
    assert better_of(data, "small", ("rag", "qlora")) == "rag"
    (section,) = ArmContrasts().read(data).sections
    _, best, over_best, over_naive = section.rows[0]
    assert (best, over_best.value, over_naive.value) == ("rag", 0.25, 0.25)


@pytest.fixture
def with_further(tmp_path):
    """A task in files with two documents, and three further ones beside them of which one is its own."""
    rows = {
        "documents": [{"id": one.id, "title": one.title, "text": one.text} for one in LAMPS],
        "documents_more": [
            {"id": "own", "title": "Falfak lamp", "text": LAMPS[0].text},
            {"id": "heater", "title": "Heater", "text": "The heater weighs 3 kilos."},
            {"id": "kettle", "title": "Kettle", "text": "The kettle weighs 1 kilo."},
        ],
        "train": [{"input": "Colour of the lamp?", "references": ["red"]}],
        "test": [{"input": "How heavy is the Falfak lamp?", "references": ["61 kilos"], "evidence": ["falfak-lamp"]}],
    }
    for name, own in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in own))
    columns = DocumentColumns(("id",), ("title",), ("text",))
    splits = {"train": "train", "validation": None, "test": "test"}
    return JsonlTask(
        name="lamps", instruction="Answer.", max_new_tokens=8, cut=None, columns=DEFAULTS, document_columns=columns,
        limit=None, validation_share=0.0, dir=str(tmp_path), splits=splits, documents_file="documents",
    )  # fmt: skip


def test_further_documents_of_the_task_come_before_made_ones_and_none_of_its_own(with_further):
    size = KnowledgeSize(factor=3, growth="look-alikes", smallest=1, draw=0)
    assert size.refuses(with_further) == ""
    grown = size.apply(with_further)
    added = [one.id for one in grown.documents()[2:]]
    assert sorted(added[:2]) == [f"{PREFIX}-more-heater", f"{PREFIX}-more-kettle"]
    assert added[2:] == [f"{PREFIX}-0-falfak-lamp", f"{PREFIX}-1-balmov-lamp"]
    half = [one.id for one in replace(size, factor=1.5).apply(with_further).documents()[2:]]
    assert half == added[:1]  # a smaller base is inside a larger one
    assert grown.change == "× 3 look-alikes, 2 of documents_more"
    off = replace(size, growth="off-topic").apply(with_further)
    assert all(one.id.startswith("off-topic") for one in off.documents()[2:])


def test_further_documents_may_be_a_folder_of_pages_beside_a_base_of_any_name(with_further):
    folder = Path(with_further.dir)
    (folder / "documents.jsonl").rename(folder / "wiki.jsonl")
    (folder / "documents_more.jsonl").unlink()
    (folder / "documents_more").mkdir()
    (folder / "documents_more/fan.md").write_text("# Fan\n\nThe fan weighs 2 kilos.\n")
    task = replace(with_further, documents_file="wiki.jsonl")
    size = KnowledgeSize(factor=1.5, growth="look-alikes", smallest=1, draw=0)
    assert size.refuses(task) == ""
    assert size.apply(task).documents()[-1].text.endswith("The fan weighs 2 kilos.")
    assert any("documents_more: further documents" in line for line in task.remarks())


def test_a_further_page_about_a_thing_of_the_tasks_own_is_left_out(with_further):
    page = {"id": "x", "title": "falfak LAMP", "text": "The Falfak lamp weighs 99 kilos."}
    (Path(with_further.dir) / "documents_more.jsonl").write_text(json.dumps(page) + "\n")
    assert further_documents(with_further, None, 0) == []


def test_further_documents_with_one_id_are_told_apart_and_repeated_ones_count_once(with_further):
    path = Path(with_further.dir) / "documents_more.jsonl"
    fan, iron = ({"id": "x", "title": name, "text": f"The {name} is new."} for name in ("fan", "iron"))
    path.write_text("".join(json.dumps(row) + "\n" for row in (fan, iron)))
    names = sorted(one.id for one in further_documents(with_further, None, 0))
    assert names == [f"{PREFIX}-more-x/{n}" for n in (1, 2)]
    path.write_text("".join(json.dumps(row) + "\n" for row in (fan, {**fan, "id": "y"})))
    assert len(further_documents(with_further, None, 0)) == 1


def test_further_documents_need_no_titles_where_they_are_enough_and_are_refused_where_they_cannot_be_read(with_further):
    folder = Path(with_further.dir)
    plain = replace(with_further, document_columns=replace(with_further.document_columns, title=("none",)))
    size = KnowledgeSize(factor=2, growth="look-alikes", smallest=1, draw=0)
    assert size.refuses(plain) == ""
    assert "fewer than two have one" in replace(size, factor=4).refuses(plain)
    (folder / "documents_more.jsonl").write_text("{no json\n")
    assert "documents_more" in size.refuses(with_further)
    assert "documents_more.jsonl:1" in size.refuses(with_further)
