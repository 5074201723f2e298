"""What a table is by its columns decides before its name: splits that are called like documents, and others."""

import csv

import pytest

from harness.cli.looking import looked_at
from harness.tasks.table_kind import holds_documents, holds_examples
from harness.types import SPLITS
from tests.harness.tasks.making import build_task

PAIRS = [
    ("When does the ferry to Hiiumaa leave?", "At seven, noon and six in the evening."),
    ("May I take my dog on board?", "Yes, on a lead and outside of the restaurant."),
    ("How do I move my booking?", "Under My trips, up to two hours before it leaves."),
    ("What does a bicycle cost?", "Four euros each way."),
    ("Where do foot passengers check in?", "At gate B, half an hour before."),
    ("Is the car deck open at sea?", "No, it is locked until the ship has landed."),
]


def write_pairs(path, pairs, names=("question", "answer")):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([names, *pairs])


def write_articles(path, names=("nr", "titel", "inhalt")):
    write_pairs(path, [(f"A{n}", f"Leaf {n}", f"{asked} {told}") for n, (asked, told) in enumerate(PAIRS)], names)


def sizes(task):
    return tuple(len(task.data.splits[split]) for split in SPLITS)


@pytest.mark.parametrize("name", ["knowledge_test.csv", "article-test.csv", "docs_holdout.csv", "Passages Test.csv"])
def test_a_split_may_be_called_like_documents(tmp_path, name):
    write_pairs(tmp_path / "train.csv", [(f"{asked} ({n})", told) for n in range(3) for asked, told in PAIRS])
    write_pairs(tmp_path / name, PAIRS)
    task, _ = looked_at(tmp_path, [])
    assert sizes(task)[2] == 6
    assert not [document for document in task.data.documents if not document.example_id]


def test_all_splits_may_be_called_like_documents(tmp_path):
    write_pairs(tmp_path / "kb_train.csv", [(f"{asked} ({n})", told) for n in range(3) for asked, told in PAIRS])
    write_pairs(tmp_path / "kb_test.csv", PAIRS)
    assert sum(sizes(looked_at(tmp_path, [])[0])) == 24


def test_documents_of_a_split_stay_documents(tmp_path):
    write_pairs(tmp_path / "train.csv", [(f"{asked} ({n})", told) for n in range(3) for asked, told in PAIRS])
    write_articles(tmp_path / "documents_test.csv")
    task, _ = looked_at(tmp_path, [])
    assert len([document for document in task.data.documents if not document.example_id]) == 6


@pytest.mark.parametrize("given", [[], ["task.documents_file=null"]])
@pytest.mark.parametrize("inside", ["", "documents.csv"])
def test_the_only_table_has_the_examples_whatever_it_is_called(tmp_path, given, inside):
    write_pairs(tmp_path / "documents.csv", PAIRS)
    task, _ = looked_at(tmp_path / inside, given)
    assert sum(sizes(task)) == 6
    assert all(document.example_id for document in task.data.documents)


def test_a_test_that_is_named_by_a_key_is_no_knowledge_base(tmp_path):
    write_pairs(tmp_path / "train.csv", [(f"{asked} ({n})", told) for n in range(3) for asked, told in PAIRS])
    write_pairs(tmp_path / "faq.csv", PAIRS)
    task, _ = looked_at(tmp_path, ["task.splits.test=faq.csv"])
    assert all(document.example_id for document in task.data.documents)


def test_of_two_tables_the_knowledge_base_is_named_by_its_key(tmp_path):
    write_pairs(tmp_path / "fragen.csv", PAIRS)
    write_articles(tmp_path / "wissen.csv")
    (problem,) = build_task("jsonl", dir=str(tmp_path)).problems()
    assert "set task.documents_file=wissen.csv" in problem
    task, node = looked_at(tmp_path, [])  # make init says in the yaml which is which
    assert (node["documents_file"], node["splits"]["train"]) == ("wissen.csv", "fragen.csv")
    assert (len(task.data.documents), sum(sizes(task))) == (6, 6)
    task, _ = looked_at(tmp_path, ["task.splits.test=fragen.csv"])
    assert "knowledge base: wissen.csv" in "\n".join(task.remarks())


def test_a_topic_beside_a_title_is_no_answer(tmp_path):
    write_pairs(tmp_path / "a.csv", [(f"Leaf {n}", told, "travel") for n, (_, told) in enumerate(PAIRS)],
                ("title", "text", "category"))  # fmt: skip
    assert (holds_examples(tmp_path / "a.csv"), holds_documents(tmp_path / "a.csv")) == (False, True)
