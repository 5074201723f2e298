"""Ids that lost their zeros or got a .0 on the way are matched where that is unambiguous, and else refused."""

import csv

import pytest

from harness.tasks.id_spelling import KnownIds, as_written, spelling
from tests.harness.tasks.making import rows_of, write_lines, write_sheets


@pytest.mark.parametrize(
    ("name", "spelt"), [("007", "7"), ("7.0", "7"), ("007.00", "7"), ("000", "0"), ("-01", "-1"), ("D1", "d1"),
                        ("1.5", "1.5"), ("1.0.2", "1.0.2"), ("a01", "a01"), (" 4 ", "4")]
)  # fmt: skip
def test_spelling(name, spelt):
    assert spelling(name) == spelt


def test_ids_are_found_as_written_first():
    known = KnownIds(["1", "01", "002", "Q"])
    assert [known.find(name) for name in ("01", "2", "2.0", "q", "3")] == [["01"], ["002"], ["002"], ["Q"], []]
    assert known.find("001") == ["1", "01"]
    assert (as_written("7.0"), as_written("07")) == ("7", "07")


def documents(folder, ids, ending):
    (folder / "documents.jsonl").unlink()
    rows = [{"id": name, "title": f"T{n}", "text": f"text {n}"} for n, name in enumerate(ids)]
    if ending == "csv":
        with (folder / "documents.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, ["id", "title", "text"])
            writer.writeheader()
            writer.writerows(rows)
    elif ending == "xlsx":
        write_sheets(folder / "documents.xlsx", {"kb": rows})
    else:
        write_lines(folder / "documents.jsonl", rows)


@pytest.mark.parametrize(
    ("ids", "ending", "named", "found"),
    [
        (["000", "001"], "csv", 1, "001"),
        (["000", "001"], "xlsx", 1.0, "001"),
        ([0, 1], "jsonl", "001", "1"),
        (["0.0", "1.0"], "csv", 1, "1.0"),
        (["0000", "0001"], "csv", "1.0", "0001"),
        (["1", "001"], "csv", "001", "001"),
    ],
)
def test_zeros_that_were_lost(folder, task, ids, ending, named, found):
    documents(folder, ids, ending)
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence=named))
    assert task().problems() == []
    assert task().examples("test")[0].evidence == (found,)
    said = [line for line in task().remarks() if "found by id in another spelling" in line]
    assert len(said) == (0 if str(named) == found else 3)
    assert all(f"' is '{found}')" in line for line in said)


def test_what_can_be_several_documents_is_refused_with_all_of_them(folder, task):
    documents(folder, ["01", "001", *(f"d{n}" for n in range(99))], "csv")
    rows = rows_of("train", 60, evidence="d1")
    write_lines(folder / "train.jsonl", [*rows, *rows_of("more", 1, evidence=1)])
    for split in ("validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence="d2"))
    (problem,) = task().problems()
    assert "train.jsonl:61: evidence '1' can be each of the documents '01', '001'; write it as one of them" in problem


def test_two_ids_of_rows_are_never_one_document(folder, task):
    documents(folder, ["1", "2"], "csv")
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", rows_of(split, 3, evidence="1"))
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence="01"))
    (problem,) = task().problems()
    assert "evidence '01' is no id: rows name '01', '1', and only '1' is a document" in problem
