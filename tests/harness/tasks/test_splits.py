"""Splits from what there is: names, one file, what is carved, and what is refused."""

import json
import shlex

import pytest

from harness.store.spec import digest
from harness.tasks.overlap import overlap_audits
from harness.types import SPLITS
from tests.harness.tasks.making import build_task, rows_of, write_lines, write_sheets

THINGS = ("kettle", "drill", "lamp", "ladder", "pump", "clock", "heater", "radio", "fan", "tent")


def asked(count, **more):
    """Rows whose inputs have little in common."""
    return [
        {"id": str(n), "input": f"{THINGS[n % 10]} {n * 7919} {THINGS[n // 10 % 10]}?", "references": [f"a{n}"], **more}
        for n in range(count)
    ]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "faq"


@pytest.fixture
def task(folder):
    def build(**settings):
        return build_task("jsonl", **{"dir": str(folder), **settings})

    return build


def sizes(task):
    assert task.problems() == []
    return tuple(len(task.examples(split)) for split in SPLITS)


def said(task):
    return "\n".join(task.remarks())


@pytest.mark.parametrize(
    ("files", "wanted", "words"),
    [
        ({"data.jsonl": 50}, (35, 5, 10), "only file with examples, data.jsonl, serves as train"),
        ({"train.jsonl": 50}, (35, 5, 10), "carved from train.jsonl"),
        ({"train.jsonl": 50, "test.jsonl": 4}, (45, 5, 4), "validation (5 rows, task.validation_share)"),
        ({"train.jsonl": 50, "validation.jsonl": 4}, (40, 4, 10), "test (10 rows, task.test_share)"),
        ({"train.jsonl": 9, "dev.jsonl": 3, "test.jsonl": 4}, (9, 3, 4), "the validation split is dev.jsonl"),
        ({"faq_train.jsonl": 9, "faq.val.jsonl": 3, "Test.jsonl": 4}, (9, 3, 4), "validation split is faq.val.jsonl"),
        ({"test.jsonl": 4}, (0, 0, 4), "there is no train split"),
        ({"validation.jsonl": 50}, (35, 5, 10), "the only file, validation.jsonl, serves as train"),
        ({"data.jsonl": 3}, (1, 1, 1), "carved from data.jsonl"),
    ],
)
def test_splits_come_from_the_files_that_are_there(task, folder, files, wanted, words):
    rows = asked(200)
    for name, count in files.items():
        write_lines(folder / name, [rows.pop() for _ in range(count)])
    assert sizes(task()) == wanted
    assert words in said(task())


def test_one_file_as_the_folder(task, folder):
    write_lines(folder / "a.jsonl", asked(20))
    write_lines(folder / "b.jsonl", rows_of("other", 5))
    write_lines(folder / "documents.jsonl", [{"id": "d", "text": "t"}])
    single = task(dir=str(folder / "a.jsonl"))
    assert sizes(single) == (12, 4, 4)
    assert [document.id for document in single.documents()] == ["d"]
    assert "a.jsonl, b.jsonl; say which is which, such as task.splits.test=a.jsonl" in task().problems()[0]
    (folder / "notes.txt").write_text("x")
    assert "a file of examples ends in .jsonl" in task(dir=str(folder / "notes.txt")).problems()[0]


def test_null_and_shares(task, folder):
    write_lines(folder / "train.jsonl", asked(100))
    write_lines(folder / "test.jsonl", rows_of("test", 7))
    assert sizes(task(splits__test=None)) == (70, 10, 20)
    assert "not read: test.jsonl" in said(task(splits__test=None))
    assert sizes(task(splits__train=None)) == (0, 0, 7)
    assert sizes(task(validation_share=0)) == (100, 0, 7)
    assert sizes(task(splits__test=None, test_share=0.5, validation_share=0.25)) == (25, 25, 50)
    assert "task.test_share is 0" in task(splits__test=None, test_share=0).problems()[0]
    assert "leave nothing of train" in task(test_share=0.6, validation_share=0.4).problems()[0]
    assert "validation_share is 2" in task(validation_share=2).problems()[0]


def test_the_same_rows_whatever_the_limit_and_others_by_seed(task, folder):
    write_lines(folder / "data.jsonl", asked(60))
    whole = {split: task().examples(split) for split in SPLITS}
    few = task(limit=3)
    assert all(set(few.examples(split)) < set(whole[split]) for split in SPLITS)
    assert task(split_seed=1).examples("test") != whole["test"]
    keys = {task(**own).content_key() for own in ({}, {"split_seed": 1}, {"test_share": 0.3}, {"limit": 3})}
    assert len(keys) == 4


def test_shares_are_no_part_of_the_key_where_nothing_is_carved(task, folder):
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split))
    assert digest(task()) == digest(task(test_share=0.3, validation_share=0.2, split_seed=1))


def test_groups_and_lookalikes_are_kept_together(task, folder):
    groups = asked(60)
    for n, row in enumerate(groups):
        row["group"] = f"g{n // 3}"
    groups[1]["input"] = "  KETTLE, which one do you recommend for a small kitchen "
    groups[31]["input"] = "kettle which one do you recommend, for a small kitchen?"
    groups[50] |= {"input": "kettle which one would you recommend, for a small kitchen?", "references": ["a31"]}
    write_lines(folder / "data.jsonl", groups)
    for seed in range(5):
        built = task(split_seed=seed)
        of = {example.id: split for split in SPLITS for example in built.examples(split)}
        assert all(of[str(n)] == of[str(n - n % 3)] for n in range(60))
        assert of["1"] == of["31"] == of["50"]
    assert "rows of one group" in said(task())
    assert not any(one.flag for one in overlap_audits(task()) if one.name == "leakage")


@pytest.mark.parametrize("group", ["", "all"])
def test_what_belongs_together_too_much_is_parted_and_said(task, folder, group):
    """One group for all rows; a template without figures in which all answers are yes."""
    text = (
        "is there still a warranty for the appliance with the long serial number that ends in {} today, if you please?"
    )
    ends = "abcdefghijklmnopqrstuvwxyzαβγδεζηθικλμνξ"
    rows = [{"id": end, "input": text.format(end), "references": ["yes"], "group": group} for end in ends]
    write_lines(folder / "data.jsonl", rows)
    assert sizes(task()) == (27, 5, 8)
    assert "may be parted, as too many belong together for these shares" in said(task())


def test_lookalikes_of_a_template_are_never_found_in_two_splits(task, folder):
    """Every row is like every other, and the audits tell 60 of them apart by their answers; each occurs twice."""
    rows = [
        {"input": f"Is it true that the {THINGS[n % 10]} number {n} needs {n} ml?", "output": f"Yes, {n % 80} ml"}
        for n in range(160)
    ]
    write_lines(folder / "train.jsonl", rows)
    assert "equal inputs and nearly equal inputs stay together" in said(task())
    assert not next(audit for audit in overlap_audits(task()) if audit.name == "leakage").flag


@pytest.mark.parametrize(
    ("column", "names", "wanted"),
    [
        ("split", ("train", "validation", "test"), (20, 10, 20)),
        ("Split", ("TRAIN", "dev", "Testing"), (20, 10, 20)),
        ("part", ("train", "train", "test"), (25, 5, 20)),
        ("set", ("test", "test", "test"), (0, 0, 50)),
    ],
)
def test_a_column_says_which_split_a_row_is_of(task, folder, column, names, wanted):
    rows = [{**row, column: names[(n >= 20) + (n >= 30)]} for n, row in enumerate(asked(50))]
    write_lines(folder / "data.jsonl", rows)
    assert sizes(task()) == wanted
    assert f"the column {column} says which split a row is of" in said(task())
    assert {example.id for example in task().examples("test")} >= {str(n) for n in range(30, 50)}
    assert task().content_key() != task(columns__slice=[column]).content_key()


def test_a_column_of_splits_that_cannot_be_used_is_refused(task, folder):
    rows = [{**row, "split": "train" if n else "unused"} for n, row in enumerate(asked(50))]
    write_lines(folder / "train.jsonl", rows)
    assert "names splits in 49 of 50 rows, and has 'unused'" in task().problems()[0]
    assert sizes(task(columns__slice=["split"])) == (35, 5, 10)
    write_lines(folder / "train.jsonl", [{**row, "split": "test" if n else "train"} for n, row in enumerate(asked(50))])
    write_lines(folder / "test.jsonl", rows_of("test"))
    assert "rows of test, which has a file of its own" in task().problems()[0]


def test_sheets_that_are_called_like_splits_are_these(task, folder):
    write_sheets(folder / "faq.xlsx", {"Train": asked(30), "test": asked(40)[30:]})
    assert sizes(task()) == (25, 5, 10)
    write_sheets(folder / "faq.xlsx", {"questions": asked(30), "documents": [{"id": "d", "text": "t"}]})
    assert task().problems() == []
    assert [document.id for document in task().documents()] == ["d"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["faq.txt", "a.yaml"], "no file that is read as rows: a.yaml, faq.txt; faq.txt holds rows: call it faq.csv"),
        (["a.yaml"], "no file that is read as rows: a.yaml; write what a.yaml holds as rows"),
        (["data/train.jsonl"], ""),
        (
            ["en/train.csv", "fr/train.csv"],
            "data files lie one below, in en/, fr/: set task.dir=",
        ),
        ([], "the folder has nothing"),
        (["train-00000-of-00002.csv", "train-00001-of-00002.csv"], ""),
        (["~$faq.xlsx"], "no file that is read as rows: ~$faq.xlsx"),
        (["Train.CSV"], ""),
    ],
)
def test_a_folder_says_what_it_has(task, folder, files, words):
    folder.mkdir()
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("question,answer\n" + "".join(f"{n * 7919} is?,a{n}\n" for n in range(20)))
    problems = task().problems()
    assert any(words in line for line in problems) if words else problems == []


def test_columns_inside_of_columns_are_offered(task, folder):
    write_lines(folder / "train.jsonl", [{"row": {"q1": "a", "in": {"a1": "b"}}, "n": 1}])
    asks, answers = task().problems()
    assert asks.endswith("a dot reaches into row.q1, row.in.a1; set task.columns.input=[row.q1]")
    assert answers.endswith("set task.columns.references=[row.in.a1]")


def test_one_row_cannot_be_carved(task, folder):
    write_lines(folder / "data.jsonl", asked(1))
    assert "data.jsonl has 1 row, too few or too much alike" in task().problems()[0]
    write_lines(folder / "data.jsonl", [row | {"input": "the same"} for row in asked(9)])
    assert "too few or too much alike" in task().problems()[0]


def test_the_knowledge_base_is_made_of_what_stays_in_train(task, folder):
    write_lines(folder / "data.jsonl", asked(50))
    train = {example.id for example in task().examples("train")}
    assert {document.example_id for document in task().documents()} == train
    assert "knowledge base: the 35 training pairs, as there are no documents" in said(task())


def test_a_chosen_name_must_be_there(task, folder):
    write_lines(folder / "train.jsonl", asked(20))
    assert "checked{" in task(splits__test="checked").problems()[0]
    assert "choose one, task.splits.validation=" in _two_for_one(task, folder)


def _two_for_one(task, folder):
    write_lines(folder / "dev.jsonl", rows_of("dev"))
    write_lines(folder / "val.jsonl", rows_of("val"))
    return task().problems()[0]


def test_no_split_is_another(task, folder):
    rows = asked(40)
    write_lines(folder / "train.jsonl", rows[:20])
    write_lines(folder / "test.jsonl", rows[20:])
    assert "train.jsonl is both the train and the test split" in task(splits__test="train").problems()[0]
    write_lines(folder / "test.jsonl", [row | {"id": f"t{row['id']}"} for row in reversed(rows[:20])])
    assert task().problems() == [
        "all 20 rows of train are in test, input and answer: no split may be another; use other rows, or set "
        "task.splits.test=null, which carves it from train"
    ]
    write_lines(folder / "test.jsonl", rows[20:])
    write_lines(folder / "validation.jsonl", [row | {"id": f"v{row['id']}"} for row in rows[20:25]])
    assert "all 5 rows of validation are in test" in task().problems()[0]


def test_two_rows_of_test_that_are_in_train_are_flagged(task, folder):
    rows = asked(20)
    write_lines(folder / "train.jsonl", rows)
    write_lines(folder / "test.jsonl", [row | {"id": f"t{row['id']}"} for row in rows[:2]])
    flags = [one.flag for one in overlap_audits(task(validation_share=0)) if one.name == "leakage"]
    assert "2 of 2 test rows (100 %) are in train too" in flags[0]
    write_lines(folder / "test.jsonl", [*rows[:2], *rows_of("test", 4)])
    write_lines(folder / "train.jsonl", asked(60)[20:])
    write_lines(folder / "dev.jsonl", [{**row, "id": f"v{row['id']}"} for row in [*rows[:2], *asked(63)[60:]]])
    flags = [one.flag for one in overlap_audits(task()) if one.name == "leakage"]
    assert "2 of 5 validation rows (40 %) are in test too" in flags[0]


def test_ids_that_start_anew_are_made_unique(task, folder):
    for split, text in zip(SPLITS, ("one", "two", "three"), strict=True):
        write_lines(folder / f"{split}.jsonl", [{"id": n, "input": f"{text} {n}", "references": "r"} for n in range(3)])
    assert sizes(task()) == (3, 3, 3)
    assert [example.id for example in task().examples("test")] == ["test-0", "test-1", "test-2"]
    assert "another example in each split has the same id, such as '0' (3 ids)" in said(task())
    write_lines(folder / "test.jsonl", [{"id": 0, "input": "one 0", "references": "r"}])
    assert "id '0' is already used in the train split" in task().problems()[0]


def test_few_rows_are_said(task, folder):
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split, 5))
    assert "only 5 training rows" in said(task())
    assert "only 5 training rows" in said(task(limit=2))


def test_remarks_are_kept_without_folders(task, folder):
    write_lines(folder / "data.jsonl", asked(20))
    kept = task().provenance()
    assert kept["carved"] == {"shares": {"test": 0.2, "validation": 0.1}, "seed": 20260}
    assert str(folder) not in json.dumps(kept)
    assert any("carved from data.jsonl" in line for line in kept["remarks"])


def test_rows_without_references_are_counted_unless_none_has_one(task, folder):
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split, 4))
    write_lines(folder / "train.jsonl", [*rows_of("train", 3), {"id": "x", "input": "x?", "references": []}])
    assert sizes(task()) == (4, 4, 4)
    assert "train.jsonl: 1 of 4 answerable rows have no reference: nothing is learnt from them" in said(task())
    assert len(task().documents()) == 3
    write_lines(folder / "test.jsonl", [{"id": f"t{n}", "input": f"{n}?", "references": ""} for n in range(2)])
    (problem,) = task().problems()
    assert problem.startswith(f"{folder}/test.jsonl:1: references is empty: want at least one answer")
    assert problem.endswith("(the same at 1 other: 2)")


@pytest.mark.parametrize("indent", [None, 1])
def test_one_file_of_splits(task, folder, indent):
    rows = asked(30)
    held = {"train": rows[:20], "validation": rows[20:24], "test": rows[24:]}
    folder.mkdir()
    (folder / "all.json").write_text(json.dumps(held, indent=indent))
    assert sizes(task()) == (20, 4, 6)
    assert [own.id for own in task().examples("test")] == [row["id"] for row in rows[24:]]
    assert "all.json: 'train', 'validation', 'test' of one JSON object are the splits" in said(task())
    held["test"][0]["input"] = {"no": "text"}
    (folder / "all.json").write_text(json.dumps(held, indent=indent))
    (problem,) = task().problems()
    assert "item 25: input has the wrong type" in problem


def test_a_split_column_of_a_list_on_one_line(task, folder):
    rows = [{**row, "split": "test" if n % 5 == 0 else "train"} for n, row in enumerate(asked(20))]
    folder.mkdir()
    (folder / "all.json").write_text(json.dumps(rows))
    assert sizes(task(validation_share=0)) == (16, 0, 4)


def test_a_split_column_of_rows_that_hold_rows(task, folder):
    rows = [{"split": name, "examples": part} for name, part in (("train", asked(30)[:20]), ("test", asked(30)[20:]))]
    write_lines(folder / "all.jsonl", rows)
    assert sizes(task(validation_share=0)) == (20, 0, 10)


def test_files_that_are_not_read_are_named_whatever_splits_there_are(task, folder):
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split))
    assert "not read" not in said(task())
    write_lines(folder / "test_hard.jsonl", rows_of("hard"))
    (folder / "old.zip").write_text("x")
    assert "not read: test_hard.jsonl (task.splits.SPLIT=FILE uses one)" in said(task())
    assert "not read, as packed: old.zip; unpack what is data" in said(task())
    assert "not read: test.jsonl" in said(task(dir=str(folder / "train.jsonl")))
    (folder / "test.jsonl").rename(folder / "test.jsonl.gz")
    assert "old.zip, test.jsonl.gz are packed" in task(splits__test="asked").problems()[0]


def test_folders_that_are_called_like_splits_are_these(task, folder):
    rows = asked(30)
    for split, part in (("train", rows[:20]), ("dev", rows[20:24]), ("Test", rows[24:])):
        write_lines(folder / split / "faq.jsonl", part)
    assert sizes(task()) == (20, 4, 6)
    assert "the validation split is dev/faq.jsonl" in said(task())
    write_lines(folder / "Test" / "more.jsonl", rows_of("more"))
    assert "Test/faq.jsonl, Test/more.jsonl can each be the test split: choose one" in task().problems()[0]


def test_parts_of_one_set_are_told_how_to_be_put_together(task, folder):
    folder.mkdir()
    for number in (1, 2):
        text = "".join(f"{number} {n * 7919} what?,a{n}\n" for n in range(20))
        (folder / f"ask {number}.csv").write_text(f"question,answer\n{text}")
    (problem,) = task().problems()
    _, key, files = problem.partition("are read together by task.splits.train=")
    assert (bool(key), shlex.split(files)) == (True, ['["ask 1.csv","ask 2.csv"]'])
    assert sum(sizes(task(splits__train=["ask 1.csv", "ask 2.csv"]))) == 40
    (folder / "ask 2.csv").write_text("id,answer\n1,a\n")
    assert "their columns differ" in task().problems()[0]


def test_a_folder_of_the_datasets_library_is_told_apart(task, folder):
    (folder / "train").mkdir(parents=True)
    (folder / "dataset_dict.json").write_text('{"splits": ["train"]}')
    (folder / "train/data-00000-of-00001.arrow").write_bytes(b"x")
    (problem,) = task().problems()
    assert "whose Arrow files are not read; to write JSON lines: python -c" in problem


def test_questions_in_a_folder_beside_the_documents(task, folder):
    write_lines(folder / "asked/faq.jsonl", asked(30))
    (folder / "docs").mkdir()
    (folder / "docs/a.md").write_text("Text.")
    assert "set task.splits.train=asked/faq.jsonl" in task().problems()[0]
    both = task(splits__train="asked/faq.jsonl", documents_file="docs/")
    assert sum(sizes(both)) == 30
    assert [document.id for document in both.documents()] == ["a.md"]
