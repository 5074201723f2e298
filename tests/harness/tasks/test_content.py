"""Files whose content is of another kind than their ending says, and what else tables and JSON wrap around rows."""

import datetime
import decimal
import gzip
import io
import json
import zipfile

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileShape
from harness.tasks.rows import read_rows
from harness.tasks.values import shown
from tests.harness.tasks.making import build_task

ROWS = [{"question": f"Which colour has door {n}?", "answer": f"shade {n}"} for n in range(6)]
LINES = "".join(f"{json.dumps(row)}\n" for row in ROWS)
TABLE = "question,answer\n" + "".join(f"{row['question']},{row['answer']}\n" for row in ROWS)


def read(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    complaints, shape = Complaints(), FileShape()
    return [dict(row.values) for row in read_rows(path, complaints, shape)], complaints.lines(), str(shape)


def archive(name):
    with zipfile.ZipFile(made := io.BytesIO(), "w") as packed:
        packed.writestr(name, LINES)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", gzip.compress(LINES.encode()), "packed by gzip, whatever its ending says: unpack it"),
        ("a.csv", archive("a.jsonl"), "a zip archive, whatever its ending says: unpack it"),
        ("a.json", b"SQLite format 3\0" + b"\0" * 90, "a database of SQLite: export the table as CSV"),
        ("a.csv", b"%PDF-1.7\n%\xe2\xe3", "a PDF: as a document it must be called .pdf"),
        ("a.csv", b"\xd0\xcf\x11\xe0" + b"\0" * 90, "an old or protected file of Excel or Word"),
    ],
)
def test_what_holds_no_rows_is_named(tmp_path, name, content, said):
    rows, (problem,), _ = read(tmp_path / name, content)
    assert rows == []
    assert f"{tmp_path}/{name}: it is {said}" in problem


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", LINES, "it holds JSON"),
        ("a.tsv", json.dumps(ROWS, indent=1), "it holds JSON"),
        ("a.jsonl", TABLE, "it holds a table"),
        ("a.json", TABLE.replace(",", ";"), "it holds a table"),
    ],
)
def test_rows_are_read_by_content(tmp_path, name, content, said):
    rows, problems, shape = read(tmp_path / name, content)
    assert (rows, problems) == (ROWS, ())
    assert f"{said}, whatever its ending says" in shape


def test_a_workbook_under_another_ending(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["question", "answer"], *(list(row.values()) for row in ROWS)):
        book.active.append(row)
    book.save(made := io.BytesIO())
    rows, problems, shape = read(tmp_path / "a.csv", made.getvalue())
    assert (rows, problems) == (ROWS, ())
    assert "it holds a workbook" in shape


def test_types_of_parquet_are_texts(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    day, moment = datetime.date(2025, 3, 4), datetime.datetime(2025, 3, 4, 5, 6)
    columns = {"a": [day], "b": [decimal.Decimal("2.50")], "c": [[moment]], "d": [{"e": day}], "f": [7]}
    parquet.write_table(pyarrow.table(columns), made := io.BytesIO())
    rows, problems, _ = read(tmp_path / "a.parquet", made.getvalue())
    assert problems == ()
    said = {"a": "2025-03-04", "b": "2.50", "c": ["2025-03-04T05:06:00"], "d": {"e": "2025-03-04"}, "f": 7}
    assert rows == [said]


def test_printed_dicts_get_their_cure(tmp_path):
    _, (problem,), _ = read(tmp_path / "a.jsonl", "".join(f"{row}\n" for row in ROWS))
    assert "it looks like a printed Python dict: write it by json.dumps (the same at 5 others" in problem


@pytest.mark.parametrize(
    "value",
    [
        {"ok": True, "reply": {"page": 1, "entries": ROWS}},
        {"code": 200, "body": {"found": {"list": ROWS}}},
    ],
)
def test_rows_in_the_answer_of_a_server(tmp_path, value):
    rows, problems, shape = read(tmp_path / "a.json", json.dumps(value))
    assert (rows, problems) == (ROWS, ())
    assert "of one JSON object" in shape


def test_lists_with_the_same_columns(tmp_path):
    value = {"made": "2025", "billing": ROWS[:4], "delivery": ROWS[4:]}
    rows, problems, shape = read(tmp_path / "a.json", json.dumps(value))
    assert [row["question"] for row in rows] == [row["question"] for row in ROWS]
    assert [row["list"] for row in rows] == ["billing"] * 4 + ["delivery"] * 2
    assert (problems, "the lists 'billing', 'delivery'" in shape) == ((), True)
    rows, _, _ = read(tmp_path / "b.json", json.dumps({"billing": ROWS, "other": [{"x": 1}]}))
    assert len(rows) == 1


def test_descriptions_of_columns_are_no_rows(tmp_path):
    described = '"The question","The answer"\n"{""ImportId"":""q""}","{""ImportId"":""a""}"\n'
    text = TABLE.replace("answer\n", f"answer\n{described}", 1)
    rows, problems, shape = read(tmp_path / "a.csv", text)
    assert (rows, problems) == (ROWS, ())
    assert "what describes the columns is left out (lines 2, 3)" in shape


def test_texts_and_labels_in_two_files(tmp_path):
    (tmp_path / "X_train.csv").write_text("text\n" + "".join(f"a text {n}\n" for n in range(9)))
    (tmp_path / "y_train.csv").write_text("label\n" + "a\nb\nc\n" * 3)
    problems = build_task("jsonl", dir=str(tmp_path / "X_train.csv")).problems()
    assert any("y_train.csv seems to: put its columns beside those here, into one file" in line for line in problems)


def test_a_first_line_that_is_a_row(tmp_path):
    (tmp_path / "a.csv").write_text(TABLE.partition("\n")[2])
    problems = build_task("jsonl", dir=str(tmp_path / "a.csv")).problems()
    assert "or set task.header_row=0 task.columns.input=[column_1]" in problems[0]
    assert "task.header_row=0 task.columns.input=[column_1] task.columns.references=[column_2]" in problems[1]
    columns = {"columns__input": ["column_1"], "columns__references": ["column_2"]}
    assert build_task("jsonl", dir=str(tmp_path / "a.csv"), header_row=0, **columns).problems() == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("short", "'short'"),
        ("a" * 90, f"'{'a' * 54}...'"),
        (["b" * 90], f"['{'b' * 53}...']"),
        ({"it's": [1, "(" * 90]}, "{\"it's\": [1, '" + "(" * 41 + "...']}"),
        (7 * 10**70, f"7{'0' * 54}..."),
    ],
)
def test_what_is_shown_closes_its_quote(value, text):
    assert shown(value) == text
