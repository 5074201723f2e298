import csv
import json
import shutil

import pytest

from harness.errors import DataError
from harness.store.spec import digest, file_sha256
from harness.tasks.formats import alpaca
from harness.types import SPLITS, THE_INPUT, Document, Example, Turn
from tests.harness.tasks.making import rows_of, write_lines


def test_reads_examples_and_documents(task):
    assert task().examples("train")[0] == Example("train0", "what is train 0?", ("train 0",), ("d1",))
    assert [len(task().examples(split)) for split in SPLITS] == [3, 3, 3]
    assert task().documents() == [Document("d1", "T", "text 1"), Document("d2", "T", "text 2")]
    assert task().problems() == []


def test_name_is_that_of_the_folder(task, folder):
    assert task().name == folder.name


def test_columns_under_other_names(task, folder):
    row = {"id": 7, "input": ["One.", "Two."], "reference": "r", "doc_ids": "d2", "intent": "refund", "slice": "s"}
    write_lines(folder / "train.jsonl", [row])
    assert task().examples("train") == [Example("7", "One. Two.", ("r",), ("d2",), True, "refund", "s")]


def test_first_candidate_with_a_value_counts(task, folder):
    write_lines(folder / "train.jsonl", [{"id": "a", "input": "i", "references": None, "reference": "r"}])
    assert task().examples("train")[0].references == ("r",)


def test_nested_columns(task, folder):
    rows = [{"id": "a", "q": {"text": "i"}, "answers": [{"text": "x"}, {"text": "y"}]}]
    write_lines(folder / "train.jsonl", rows)
    built = task(columns__input=["q.text", "input"], columns__references=["answers.text", "references"])
    assert built.examples("train") == [Example("a", "i", ("x", "y"), ())]


def test_numbered_rows_need_no_id_column(task, folder):
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", [{"input": f"{split} i", "references": "r"}])
    assert [task(columns__id=[]).examples(split)[0].id for split in SPLITS] == ["train-1", "validation-1", "test-1"]


def test_chat_turns(task, folder):
    turns = [{"role": role, "content": role} for role in ("system", "user", "assistant", "user")]
    write_lines(folder / "train.jsonl", [{"id": "a", "input": turns, "references": "r"}])
    example = task().examples("train")[0]
    assert example.input == tuple(Turn(turn["role"], turn["content"]) for turn in turns)


def test_ids_that_look_like_dates_or_numbers_stay_texts(task, folder):
    rows = [{"id": "2021-01-01", "input": "NA", "references": "007"}]
    write_lines(folder / "train.jsonl", rows)
    assert task().examples("train") == [Example("2021-01-01", "NA", ("007",), ())]


def test_csv_keeps_texts_and_counts_lines_of_quoted_cells(task, folder):
    (folder / "train.jsonl").unlink()
    rows = [("007", "NA", "two\nlines"), ("008", "b, c", "r"), ("", "x", "y")]
    with (folder / "train.csv").open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows([("id", "input", "reference"), *rows])
    assert task().problems() == [f"{folder}/train.csv:5: id is empty: want a text"]
    (folder / "train.csv").write_text((folder / "train.csv").read_text().replace(",x,y", "9,x,y"))
    assert [example.id for example in task().examples("train")] == ["007", "008", "9"]
    assert task().examples("train")[0].references == ("two\nlines",)


def test_csv_cells_longer_than_the_librarys_limit(task, folder):
    (folder / "train.jsonl").unlink()
    (folder / "train.csv").write_text("id,input,reference\na," + "x" * 200_000 + ",r\n")
    assert len(task().examples("train")[0].input) == 200_000


@pytest.mark.parametrize("text", [json.dumps, lambda rows: json.dumps(rows, indent=2)])
def test_json_list(task, folder, text):
    (folder / "train.jsonl").unlink()
    (folder / "train.json").write_text(text(rows_of("train")))
    assert [example.id for example in task().examples("train")] == ["train0", "train1", "train2"]


def test_json_file_of_lines(task, folder):
    (folder / "train.jsonl").rename(folder / "train.json")
    assert len(task().examples("train")) == 3


def test_parquet(task, folder):
    import pyarrow
    import pyarrow.parquet

    odd = folder / "a [b] folder*"  # the library takes file names for patterns
    odd.mkdir()
    for path in folder.glob("*.jsonl"):
        shutil.copy(path, odd)
    (odd / "train.jsonl").unlink()
    rows = rows_of("train", evidence=["d1"])
    turns = [{"role": "user", "content": "hello"}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), odd / "train.parquet")
    chat = [{**row, "input": turns} for row in rows_of("test")]
    (odd / "test.jsonl").unlink()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(chat), odd / "test.parquet")
    built = task(dir=str(odd))
    assert built.examples("train") == task().examples("train")
    assert built.examples("test")[0].input == (Turn("user", "hello"),)
    (odd / "train.parquet").write_bytes(b"no parquet")
    assert "train.parquet: not a readable Parquet file" in task(dir=str(odd)).problems()[0]


def test_line_separator_inside_a_text_ends_no_line(task, folder):
    write_lines(folder / "train.jsonl", [{"id": "a", "input": "x\u2028y\x85z", "references": "r"}])
    assert task().examples("train")[0].input == "x\u2028y\x85z"


def test_byte_order_mark_and_blank_lines(task, folder):
    text = (folder / "train.jsonl").read_text()
    (folder / "train.jsonl").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n\r\n").encode())
    assert len(task().examples("train")) == 3


def test_without_documents_evidence_is_unknown_and_pairs_are_the_knowledge(task, folder):
    (folder / "documents.jsonl").unlink()
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split))
    built = task(limit=1)
    assert built.examples("test")[0].evidence == ()
    assert len(built.examples("train")) == 1
    assert [document.id for document in built.documents()] == ["pair:train0", "pair:train1", "pair:train2"]
    text = "Input: what is train 0?\n\nAnswer: train 0"
    assert built.documents()[0] == Document("pair:train0", "", text, "train0")


def test_with_documents_and_no_evidence_column_evidence_is_unknown(task, folder):
    write_lines(folder / "test.jsonl", rows_of("test"))
    assert task().examples("test")[0].evidence == ()
    assert task().examples("train")[0].evidence == ("d1",)


def test_evidence_can_be_said_to_be_the_input(task, folder):
    assert task(columns__evidence=["@input"]).examples("test")[0].evidence == THE_INPUT
    write_lines(folder / "test.jsonl", rows_of("test", evidence="@input"))
    assert task().examples("test")[0].evidence == THE_INPUT


def test_unanswerable_examples_need_no_reference(task, folder):
    rows = [
        {"id": "a", "input": "i", "references": [], "answerable": False},
        {"id": "b", "input": "i", "answerable": "no"},
    ]
    write_lines(folder / "train.jsonl", [*rows, {"id": "c", "input": "i", "references": "r", "answerable": "True"}])
    assert [example.answerable for example in task().examples("train")] == [False, False, True]


def test_limit_draws_evenly_in_file_order_and_smaller_from_larger(task, folder):
    write_lines(folder / "test.jsonl", rows_of("test", 100))
    few, more = (task(limit=n).examples("test") for n in (5, 20))
    everything = list(task().examples("test"))
    assert (len(few), len(more)) == (5, 20)
    assert set(few) < set(more)
    assert [everything.index(example) for example in more] == sorted(everything.index(example) for example in more)
    assert more != everything[:20]
    assert few == task(limit=5).examples("test")
    assert len(task(limit=1000).examples("test")) == 100


def test_content_key_follows_content_and_reading_but_not_the_path(task, folder, tmp_path_factory):
    key = task().content_key()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(folder, elsewhere)
    assert task(dir=str(elsewhere)).content_key() == key
    assert digest(task(dir=str(elsewhere))) == digest(task())
    assert task(limit=2).content_key() != key
    assert task(columns__group=[]).content_key() != key
    assert digest(task(instruction="Other.")) != digest(task())
    assert task(splits={"train": "train", "validation": None, "test": "validation"}).content_key() != key
    with (folder / "documents.jsonl").open("a") as stream:
        stream.write('{"id": "d3", "text": "new"}\n')
    assert task().content_key() != key


def test_a_task_that_needs_no_recognition_keeps_its_key(task, folder):
    built = task()
    read = {"columns": built.columns, "document_columns": built.document_columns, "limit": None}
    files = {path.stem: file_sha256(path) for path in folder.glob("*.jsonl")}
    assert built.content_key() == digest({"version": 1, "files": files, **read})


def test_a_version_that_recognises_otherwise_has_another_key(task, folder, monkeypatch):
    rows = [{"instruction": f"say {n}", "input": "x", "output": f"{n}"} for n in range(3)]
    write_lines(folder / "train.jsonl", rows)
    key = task().content_key()
    assert task().content_key() == key
    first = alpaca._texts
    monkeypatch.setattr(alpaca, "_texts", lambda *given: [text.upper() for text in first(*given)])
    assert task().content_key() != key


def test_reads_each_file_once(task, folder):
    built = task()
    built.problems()
    shutil.rmtree(folder)
    assert len(built.examples("train")) == 3
    assert len(built.documents()) == 2


def test_nothing_is_read_when_it_is_built(task, folder):
    shutil.rmtree(folder)
    task()


def test_provenance_has_checksums_and_no_path(task, folder):
    facts = task().provenance()
    assert facts["files"]["train"]["file"] == "train.jsonl"
    assert len(facts["files"]["documents"]["sha256"]) == 64
    assert facts["knowledge_base"] == "documents.jsonl"
    assert str(folder) not in json.dumps(facts)


def test_other_file_for_a_split(task, folder):
    write_lines(folder / "spoken.jsonl", rows_of("spoken", 1))
    assert task(splits__test="spoken").examples("test")[0].id == "spoken0"


def test_unsound_data_is_never_handed_out(task, folder):
    (folder / "test.jsonl").write_text("nonsense")
    for ask in (lambda: task().examples("train"), lambda: task().documents()):
        with pytest.raises(DataError, match=r"test\.jsonl:1: malformed JSON"):
            ask()
