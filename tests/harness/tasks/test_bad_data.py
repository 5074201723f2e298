"""Each fault gets its own line with file and line, all of them at once."""

import json

import pytest

from harness.errors import DataError
from harness.tasks.data import OTHER_IDS, UNIQUE
from tests.harness.tasks.making import rows_of, write_lines

GOOD = {"id": "a", "input": "i", "references": ["r"]}

CONSTANTS = ("NaN", "Infinity", '"NaN, or Infinity"')


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": ""}, "id is empty"),
        ({"id": None}, "id is empty"),
        ({"id": 1.5}, "id has the wrong type: want a text, got 1.5"),
        ({"id": True}, "id has the wrong type: want a text, got True"),
        ({"input": " \n"}, "input is empty"),
        ({"input": None}, "input is empty"),
        ({"input": []}, "input is empty"),
        ({"input": 3}, "input has the wrong type: want a text, got 3"),
        ({"input": ["a", 3]}, "input has the wrong type: item 2 of the list: want a text, got 3"),
        ({"input": "\ud800"}, r"input is not valid Unicode: lone surrogate '\ud800'"),
        ({"references": ["r", ""]}, "references is empty: item 2 of the list"),
        ({"references": {"text": "r"}}, "references has the wrong type: want a text, got {'text': 'r'}"),
        ({"answerable": "maybe"}, "answerable has an unknown value: want true or false, got 'maybe'"),
        ({"answerable": 0.5}, "answerable has an unknown value: want true or false, got 0.5"),
        (
            {"evidence": {"page": 1}},
            "evidence has the wrong form: want an id, a title, a text, or {document,",
        ),
        ({"evidence": {"id": "d1", "start": 3}}, "evidence has half of its offsets: want start and end"),
        ({"evidence": {"id": "d1", "start": 3.5, "end": 4}}, "evidence has a bad offset: want a whole number, got 3.5"),
        ({"evidence": {"id": "d1", "start": 9, "end": 3}}, "evidence 'd1[9:3]' ends before it starts"),
        ({"evidence": {"id": "d1", "start": 3, "end": 99}}, "evidence 'd1[3:99]' is not inside of the document"),
        ({"evidence": {"title": ["a", "b"], "start": [1]}}, "evidence has lists of different lengths"),
        ({"evidence": ["@input", "d1"]}, "evidence is mixed: @input must be the only entry"),
        ({"evidence": ["d1", "d9"]}, "evidence 'd9' names no document; documents.jsonl has 2 documents, such as 'd1'"),
        ({"group": ["x"]}, "group has the wrong type: want a text, got ['x']"),
        ({"input": [{"role": "bot", "content": "x"}]}, "role is 'bot', want one of system, user, assistant"),
        ({"input": [{"role": "user"}]}, "input has a bad chat turn: item 1 of the list: want {role, content}"),
        (
            {"input": [{"role": "user", "content": ""}]},
            "input has a bad chat turn: item 1 of the list: content is empty",
        ),
        ({"input": [{"role": "user", "content": "x"}] * 2}, "turn 2 is user's, want assistant's"),
        ({"input": [{"role": "assistant", "content": "x"}]}, "turn 1 is assistant's, want user's"),
        ({"input": [{"role": "system", "content": "x"}]}, "the last turn is system's, want user's"),
    ],
    ids=str,
)
def test_one_bad_value(task, folder, row, message):
    path = folder / "train.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in (GOOD | {"id": "b"}, GOOD | row)))
    problems = task().problems()
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:2: ")
    assert message in problems[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "a", "input"', "malformed JSON (Expecting ':' delimiter at column 20); want one object per line"),
        (b"[1, 2]", "want one object per line, got a list"),
        (b"null", "want one object per line, got null"),
        (b"[" * 100_000, "nested too deeply to be read; want one object per line"),
        (b"{'id': 'x'}", "malformed JSON (Expecting property name enclosed in double quotes at column 2); want one"),
    ],
    ids=["cut", "list", "null", "deep", "printed"],
)
def test_one_bad_line(task, folder, line, message):
    path = folder / "train.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n" + line + b"\n")
    problems = task().problems()
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:2: {message}")


def test_a_line_in_another_encoding_than_the_others(task, folder):
    path = folder / "train.jsonl"
    lines = [
        json.dumps(GOOD | {"id": name}, ensure_ascii=False).encode(how)
        for name, how in [("ü", "utf-8"), ("é", "cp1252")]
    ]
    path.write_bytes(b"\n".join(lines))
    assert task().problems()[0].startswith(f"{path}:2: not UTF-8 (byte 0xe9 at position 9), while other lines are; ")


def test_empty_file(task, folder):
    (folder / "test.jsonl").write_text("\n")
    assert task().problems() == [f"{folder}/test.jsonl: the file is empty; want at least one row"]


def test_missing_folder(task):
    assert task(dir="no/such/folder").problems() == [
        "no/such/folder: no such folder exists; set task.dir to the one with the task's files"
    ]
    with pytest.raises(DataError, match="no such folder exists"):
        task(dir="no/such/folder").content_key()


def test_missing_files_are_all_named_with_those_there(task, folder):
    (folder / "validation.jsonl").unlink()
    (folder / "test.jsonl").unlink()
    problems = task(splits__validation="judged", splits__test="asked").problems()
    assert [problem.partition("{")[0] for problem in problems] == [f"{folder}/judged", f"{folder}/asked"]
    assert all(problem.endswith("the folder has documents.jsonl, train.jsonl") for problem in problems)


def test_two_files_for_one_split(task, folder):
    (folder / "test.csv").write_text("id,input,reference\na,b,c\n")
    assert "test.jsonl, test.csv all fit 'test'; name one" in task().problems()[0]
    assert task(splits__test="test.csv").problems() == []


def test_documents_file_named_with_its_ending_must_be_there(task):
    assert "kb.csv: no such file exists for documents" in task(documents_file="kb.csv").problems()[0]


def test_unknown_split(task):
    problems = task(splits={"train": "train", "dev": "validation", "test": "test"}).problems()
    assert problems == ["splits has 'dev': want train, validation, test"]


def test_missing_column_is_reported_once_with_the_existing_ones(task, folder):
    write_lines(folder / "test.jsonl", [{"id": f"t{n}", "inptu": "q", "y": "a"} for n in range(30)])
    assert task().problems() == [
        f"{folder}/test.jsonl: no column is called 'input' (train.jsonl has input; validation.jsonl has input); its "
        "columns are id, inptu, y; none surely asks, in all rows: name the one that does, task.columns.input=[COLUMN]",
        f"{folder}/test.jsonl: no column is called 'references' or 'reference' (train.jsonl has references; "
        "validation.jsonl has references); its columns are id, inptu, y; no other column is surely the answer: "
        "task.splits.test=null carves it from train",
    ]


def test_column_that_some_rows_lack(task, folder):
    write_lines(folder / "test.jsonl", [GOOD, {"id": "b", "references": "r"}])
    assert task().problems() == [f"{folder}/test.jsonl:2: this row has no 'input'; add it, or leave the row out"]


def test_ids_used_twice_in_a_split_and_in_another(task, folder):
    write_lines(folder / "train.jsonl", [GOOD, GOOD])
    write_lines(folder / "test.jsonl", [GOOD])
    first = f"{folder}/train.jsonl:1"
    assert task().problems() == [
        f"{folder}/train.jsonl:2: id 'a' is already used at {first}; {UNIQUE}",
        f"{folder}/test.jsonl:1: id 'a' is already used in the train split, at {first}; {UNIQUE}",
    ]


def test_bad_documents(task, folder):
    rows = [{"id": "d1", "text": "x"}, {"id": "d1", "text": "y"}, {"id": "d3", "text": ""}, {"id": "d4", "title": 1.5}]
    write_lines(folder / "documents.jsonl", rows)
    path = folder / "documents.jsonl"
    assert task().problems() == [
        f"{path}:3: text is empty: want a text",
        f"{path}:4: title has the wrong type: want a text, got 1.5",
        f"{path}:4: this row has no 'text'; add it, or leave the row out",
        f"{path}:2: document id 'd1' is already used at {path}:1; {OTHER_IDS}",
    ]


def test_a_few_rows_without_their_text_are_left_out_and_said(task, folder):
    write_lines(folder / "train.jsonl", [*rows_of("train", 19), {**GOOD, "input": " "}])
    write_lines(folder / "documents.jsonl", [*({"id": f"d{n}", "text": f"x{n}"} for n in range(20)), {"id": "e"}])
    assert "this row has no 'text'" in task().problems()[0]
    rows = [*({"id": f"d{n}", "text": f"x{n}"} for n in range(20)), {"id": "e", "text": None}]
    write_lines(folder / "documents.jsonl", rows)
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=["d1", "e"]))
    assert task().problems() == []
    assert (len(task().examples("train")), len(task().documents())) == (19, 20)
    assert task().examples("test")[0].evidence == ("d1",)
    assert "train.jsonl: 1 of 20 rows have no text in input and are left out (lines 20)" in task().remarks()


def test_a_row_of_documents_that_stands_twice_is_left_out(task, folder):
    rows = [{"id": "d1", "text": "x"}, {"id": "d2", "text": "y"}, {"id": "d1", "text": "x"}]
    write_lines(folder / "documents.jsonl", rows)
    assert task().problems() == []
    assert [document.id for document in task().documents()] == ["d1", "d2"]


def test_evidence_without_documents(task, folder):
    (folder / "documents.jsonl").unlink()
    problems = task().problems()
    assert len(problems) == 3
    assert "evidence 'd1' names no document; the knowledge base (no documents, so training pairs) has 3" in problems[0]


def test_one_line_for_many_rows_with_the_first_places(task, folder):
    write_lines(folder / "train.jsonl", rows_of("train", 332, group=["x"]))
    (problem,) = task().problems()
    assert problem.endswith("(the same at 331 others: 2, 3, 4, 5, 6, 7, 8, 9 and 323 more)")


def test_evidence_that_is_not_found_has_one_line_per_file(task, folder):
    write_lines(folder / "train.jsonl", rows_of("train", 332, evidence="nope"))
    (line,) = task().problems()
    missing = "In all, 332 of the 332 pieces of evidence in this file are not found"
    assert f"{missing} (lines 1, 2, 3, 4, 5 and 327 more); mend it, or set" in line


def test_everything_at_once(task, folder):
    write_lines(folder / "train.jsonl", [GOOD | {"input": ""}, GOOD | {"id": "b", "references": []}])
    (folder / "test.jsonl").write_text("{")
    with pytest.raises(DataError) as raised:
        task(splits__validation="judged").examples("train")
    lines = str(raised.value).splitlines()
    assert lines[0].endswith(": 4 problems")
    for part in (
        "judged{",
        "train.jsonl:1: input is empty",
        "train.jsonl:2: references is empty",
        "test.jsonl:1: malf",
    ):
        assert any(part in line for line in lines[1:])


def test_broken_csv(task, folder):
    (folder / "train.jsonl").unlink()
    path = folder / "train.csv"
    path.write_text('id,input,reference\na,b\nb,"c,d\n')
    assert task().problems() == [
        f"{path}:2: 2 cells, the header has 3; put cells that hold commas or line ends in quotes, "
        "write empty cells, too, or set task.delimiter",
        f"{path}:3: malformed CSV (unexpected end of data); a quote that opens a cell is not closed: close it; "
        "the rest of the file was not read",
    ]
    path.write_text("id,input,input\na,b,c\n")
    assert task().problems()[0] == f"{path}:1: two columns have the same name: input; rename one of them"


def test_broken_json_list(task, folder):
    (folder / "train.jsonl").unlink()
    path = folder / "train.json"
    path.write_text('[\n{"id": "a", "input": "i", "reference": "r"},\n 5,\n{"id": }]')
    assert task().problems() == [
        f"{path}:3: want a list of objects, got a number (5) in it",
        f"{path}:4: malformed JSON (Expecting value at column 8); write a value there, null for none; "
        "the rest of the file was not read",
    ]


def test_chats_with_a_system_turn_need_no_instruction(task, folder):
    turns = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Why?"}]
    for split in ("train", "validation", "test"):
        row = {"id": split, "input": [turns[0], {**turns[1], "content": f"Why {split}?"}], "references": "So."}
        write_lines(folder / f"{split}.jsonl", [row])
    assert not any("instruction" in line for line in task(instruction="").problems())


def test_keys_without_quotes_are_told_their_cure(task, folder):
    (folder / "train.jsonl").write_text('{id: "m15", input: "i", reference: "r"}\n{"id": "b", input: "i"}\n')
    found = task().problems()
    assert 'write the keys in quotes: "id"' in found[0]


def test_nan_and_infinity_are_said(task, folder):
    lines = [f'{{"id": "n{at}", "input": "i{at}", "references": {value}}}' for at, value in enumerate(CONSTANTS)]
    (folder / "train.jsonl").write_text("\n".join(lines))
    built = task()
    remarks = "\n".join(built.remarks())
    assert "train.jsonl: NaN is read as an empty cell\n" in remarks
    assert "train.jsonl: Infinity is read as the text Infinity\n" in remarks
    assert [own.references for own in built.data.splits["train"]] == [(), ("Infinity",), ("NaN, or Infinity",)]


def test_bad_settings(task):
    assert task(instruction=" ", max_new_tokens=0, limit=0).problems() == [
        "instruction is empty: say in a sentence what the model should do",
        "max_new_tokens is 0: want 1 or more",
        "limit is 0: want 1 or more, or null for all examples",
    ]
