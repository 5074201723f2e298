"""The shipped tasks: sizes, evidence, slices, no leakage, and files that are what the generator writes."""

import json
import shutil
from pathlib import Path

import pytest

from pocket.tasks import audits, more_documents, seeds
from pocket.tasks.__main__ import write_all
from pocket.tasks.audits import rows
from pocket.tasks.summarization import HOUSE
from pocket.world.names import Mint

ROOT = Path(__file__).parents[2] / "datasets"
TASKS = ("summarization", "qa", "support")
SIZES = {"summarization": (400, 60, 150), "qa": (1200, 100, 300), "support": (600, 60, 200)}
SPLITS = ("train", "validation", "test")


def texts(task: str, name: str = "documents") -> dict[str, str]:
    return {row["id"]: f"{row['title']} {row['text']}".lower() for row in rows(ROOT / task, name)}


def test_the_committed_files_are_what_the_generator_writes(tmp_path):
    write_all(tmp_path)
    for task in (*TASKS, "probes"):
        made = {path.name: path.read_bytes() for path in (tmp_path / task).iterdir()}
        kept = {path.name: path.read_bytes() for path in (ROOT / task).iterdir()}
        assert made.keys() == kept.keys()
        assert [name for name in made if made[name] != kept[name]] == []


@pytest.mark.parametrize("task", TASKS)
def test_no_page_or_training_row_tells_what_the_probes_ask(task):
    almanac = [row["group"].lower() for row in rows(ROOT / "probes", "almanac")]
    assert len(almanac) == 150
    told = (ROOT / task / "train.jsonl").read_text(encoding="utf-8").lower()
    pages = ROOT / task / "documents.jsonl"
    told += pages.read_text(encoding="utf-8").lower() if pages.exists() else ""
    assert [name for name in almanac if name in told] == []
    reports = {row["input"] for row in rows(ROOT / "probes", "summaries")}
    assert reports.isdisjoint(row["input"] for row in rows(ROOT / task, "train"))


def test_there_is_no_python_among_the_data():
    assert not list(ROOT.rglob("*.py"))


@pytest.mark.parametrize("task", TASKS)
def test_sizes_and_unique_ids(task):
    read = {split: rows(ROOT / task, split) for split in SPLITS}
    assert tuple(len(read[split]) for split in SPLITS) == SIZES[task]
    ids = [row["id"] for split in SPLITS for row in read[split]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("task", TASKS)
def test_at_most_one_percent_of_test_is_nearly_in_train(task):
    near, tested = audits.near_duplicates(ROOT / task)
    assert near <= 0.01 * tested


@pytest.mark.parametrize("task", ["qa", "support"])
def test_little_can_be_guessed_from_the_question_alone(task):
    right, asked = audits.guessed(ROOT / task)
    assert asked >= 200
    assert right <= 0.12 * asked


@pytest.mark.parametrize("task", ["qa", "support"])
def test_test_answers_stand_in_their_evidence(task):
    documents = texts(task)
    for row in rows(ROOT / task, "test"):
        gold = " ".join(documents[name] for name in row["evidence"])
        assert bool(row["evidence"]) == row["answerable"]
        assert all(value.lower() in gold for _, value in audits.asked(row)), row["id"]


@pytest.mark.parametrize("task", ["qa", "support"])
def test_answers_of_the_next_version_stand_in_its_documents(task):
    documents = texts(task, "documents_next")
    for row in rows(ROOT / task, "questions_next"):
        gold = " ".join(documents[name] for name in row["evidence"])
        assert all(value.lower() in gold for _, value in audits.asked(row)), row["id"]
        assert (row["slice"] == "deleted") == (not row["answerable"])
    assert {row["slice"] for row in rows(ROOT / task, "questions_next")} == {"edited", "deleted", "added", "kept"}


def test_slices_of_qa():
    counted = dict.fromkeys(("trained", "document-only", "changed", "look-alike", "unanswerable"), 0)
    for row in rows(ROOT / "qa", "test"):
        counted[row["slice"]] += 1
    assert counted == {"trained": 100, "document-only": 100, "changed": 28, "look-alike": 27, "unanswerable": 45}


def test_document_only_facts_were_never_asked_in_train():
    asked = {(row["group"], row["fact"]) for row in rows(ROOT / "qa", "train")}
    test = rows(ROOT / "qa", "test")
    assert all((row["group"], row["fact"]) in asked for row in test if row["slice"] == "trained")
    assert not [row["id"] for row in test if row["slice"] != "trained" and (row["group"], row["fact"]) in asked]


def test_changed_facts_of_support_were_trained_on_with_the_old_value():
    earlier = {
        (row["group"], row["fact"][0]): row["facts"][0] for row in rows(ROOT / "support", "train") if "outdated" in row
    }
    changed = [row for row in rows(ROOT / "support", "test") if row["slice"] == "changed"]
    assert len(changed) == 40
    for row in changed:
        assert earlier[row["group"], row["fact"][0]] == row["previous"][0] != row["facts"][0]


def test_replies_of_support_hold_their_facts_and_the_voice():
    for split in SPLITS:
        for row in rows(ROOT / "support", split):
            reply = row["references"][0]
            assert reply.startswith("Ahoy")
            assert reply.endswith("Fair winds, your Halmar crew")
            assert all(value in reply for value in row["facts"])


def test_board_notes_hold_their_facts_in_the_fixed_order():
    for row in rows(ROOT / "summarization", "test"):
        note = row["references"][0]
        assert [line.split(" ")[0] for line in note.splitlines()] == [
            line.split(" ")[0] for line in HOUSE[row["slice"]].splitlines()
        ]
        assert all(value.removeprefix("the ").lower() in note.lower() for value in row["facts"])
        assert 120 <= len(row["input"].split()) <= 250


def test_the_shipped_worlds_are_drawn_from_their_seeds():
    assert Mint(seeds.shipped("qa"), "reserved").name() != Mint(seeds.shipped("support"), "reserved").name()


@pytest.mark.parametrize("task", TASKS)
def test_every_line_is_json_and_lines_end_plainly(task):
    for path in (ROOT / task).glob("*.jsonl"):
        data = path.read_bytes()
        assert b"\r" not in data
        assert all(json.loads(line) for line in data.decode().splitlines())


@pytest.mark.parametrize("task", ["qa", "support"])
def test_further_documents_are_about_things_that_no_question_asks_about(task, tmp_path):
    folder = tmp_path / task
    shutil.copytree(ROOT / task, folder)
    assert more_documents.write(folder, task, 3) == 2 * len(texts(task))
    made = rows(folder, "documents_more")
    own = {row["title"].casefold() for name in ("documents", "documents_next") for row in rows(folder, name)}
    assert len({row["id"] for row in made}) == len({row["title"].casefold() for row in made} - own) == len(made)
    asked = [row["input"].casefold() for row in rows(folder, "test")]
    assert not [row["title"] for row in made if any(row["title"].casefold() in text for text in asked)]
    again = (folder / "documents_more.jsonl").read_bytes()
    more_documents.write(folder, task, 3)
    assert (folder / "documents_more.jsonl").read_bytes() == again
