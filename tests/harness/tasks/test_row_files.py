"""How files are written is recognised and said: encodings, delimiters, shapes of JSON, sheets."""

import json
from unittest.mock import ANY

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileShape
from harness.tasks.rows import find_file, read_rows

POLISH = "Ile miesięcy gwarancji ma żarówka, którą kupiłem? Proszę o szybką odpowiedź w tej sprawie;trzy miesiące"
GERMAN = "Wie groß ist das Gerät? – „L“, für 5 €;32 Monate, gemäß § 3"


def read(path, shape=None):
    complaints = Complaints()
    rows = [row.values for row in read_rows(path, complaints, shape)]
    return rows, complaints


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "utf-8-sig", "utf-8"),
        (POLISH, "cp1250", "cp1250"),
        ("Сколько месяцев гарантии у чайника?;три месяца", "cp1251", "cp1251"),
        ("保証期間は三か月です。この製品について;三か月", "shift_jis", "cp932"),
    ],
    ids=lambda value: value[:9],
)
def test_encodings(tmp_path, text, encoding, said):
    path = written(tmp_path / "a.csv", f"q;a\r\n{text}\r\n".encode(encoding))
    rows, complaints = read(path)
    assert [";".join(row.values()) for row in rows] == [text]
    assert complaints.remarks() == (f"a.csv: delimiter ';', encoding {said}",)
    lines = written(tmp_path / "a.jsonl", f'{{"q": "{text}"}}\n'.encode(encoding))
    assert read(lines)[0] == [{"q": text}]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.jsonl", b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\n", "it is a pointer of Git LFS"),
        ("a.parquet", b"version https://git-lfs.github.com/spec/v1\n", "run git lfs pull"),
        (
            "a.csv",
            b"\xef\xbb\xbf\n<!DOCTYPE html><html>404</html>",
            "it is a web page (a login or an error?), not the data",
        ),
        ("a.json", b"<html><body>Sign in</body>", "download the file itself"),
    ],
)
def test_what_was_saved_in_place_of_the_data(tmp_path, name, content, line):
    rows, complaints = read(written(tmp_path / name, content))
    assert rows == []
    assert len(complaints.lines()) == 1
    assert line in complaints.lines()[0]


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "q,a\nwhat,th\0at é\n"), ("a.jsonl", '\n{"q": "what", "a": "that é\0"}')]
)
def test_characters_of_the_code_0(tmp_path, name, text):
    rows, complaints = read(written(tmp_path / name, text))
    assert rows == [{"q": "what", "a": "that é"}]
    assert f"{name}:2: holds characters of the code 0" in complaints.lines()[0]


def test_an_encoding_that_is_told_and_wrong(tmp_path):
    path = written(tmp_path / "a.csv", "q,a\né,b\n".encode("latin-1"))
    _, complaints = read(path, FileShape(encoding="utf-16"))
    assert "cannot be read as utf-16" in complaints.lines()[0]
    assert read(path, FileShape(encoding="cp850"))[0] == [{"q": "Ú", "a": "b"}]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("q;a\nx, y; z\n", ";"),
        ("q\ta\nx, y;\tz\n", "\t"),
        ("q|a\nx, y|z\n", "|"),
        ('q,a\n"x; y; z",z\n"a; b",c\n', ","),
        ('q,a\n"two\nlines; and; more",z\n', ","),
        ("sep=;\nq;a\nx;z\n", ";"),
        ("q\nx\n", ","),
    ],
    ids=repr,
)
def test_delimiters(tmp_path, text, delimiter):
    shape = FileShape()
    rows, complaints = read(written(tmp_path / "a.csv", text), shape)
    assert shape.delimiter == delimiter
    assert complaints.lines() == ()
    assert list(rows[0]) == (["q"] if text.startswith("q\n") else ["q", "a"])


def test_lines_are_those_of_the_file(tmp_path):
    path = written(tmp_path / "a.csv", 'sep=;\nq;a\n"x\ny";z\n1;2;3\n')
    complaints = Complaints()
    assert [row.place for row in read_rows(path, complaints)] == [f"{path}:3"]
    assert complaints.lines()[0].startswith(f"{path}:5: 3 cells, the header has 2; put cells that hold semicolons")


def test_an_index_column_of_pandas_is_left_out_and_said(tmp_path):
    rows, complaints = read(written(tmp_path / "a.csv", ",Question , Answer\n0,q,a\n,,\n1,r,\n"))
    assert rows == [{"Question": "q", "Answer": "a"}, {"Question": "r", "Answer": None}]
    assert "1 column without a name (an index?) left out" in complaints.remarks()[0]


ROW = {"question": "q", "answer": "a"}
OTHER = {"question": "r", "answer": "b"}
LISTS = {"input": ["x", "y"], "references": ["a", "b"]}
CHAT = {"messages": [{"role": "user", "content": "x"}]}
ANSWERS = {"question": "q", "answers": [{"text": "a"}]}
TURNED = {"question": {"0": "q", "1": "r"}, "answer": {"0": "a", "1": "b"}}


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("a.jsonl", json.dumps([ROW, ROW]), [ROW, ROW]),
        ("a.jsonl", json.dumps([ROW], indent=2), [ROW]),
        ("a.json", f"[\n{json.dumps(ROW)}\n]", [ROW]),
        ("a.jsonl", f"{json.dumps(ROW, indent=2)}\n{json.dumps(ROW, indent=2)}", [ROW, ROW]),
        ("a.json", f"{json.dumps(ROW, indent=2)},\n{json.dumps(ROW)}", [ROW, ROW]),
        ("a.json", json.dumps(ROW), [ROW]),
        ("a.ndjson", json.dumps(ROW), [ROW]),
        ("a.json", json.dumps({"data": [ROW, ROW]}), [ROW, ROW]),
        ("a.json", json.dumps({"version": "1", "info": {"a": [1]}, "data": [ROW]}, indent=1), [ROW]),
        ("a.json", json.dumps({"whatever": [ROW]}), [ROW]),
        ("a.json", json.dumps(TURNED), [ROW, OTHER]),
        ("a.json", json.dumps({"question": ["q"], "answer": ["a"]}), [ROW]),
        ("a.json", json.dumps({"columns": ["question", "answer"], "index": [0], "data": [["q", "a"]]}), [ROW]),
        ("a.jsonl", json.dumps(LISTS), [LISTS]),
        ("a.jsonl", json.dumps(CHAT), [CHAT]),
        ("a.jsonl", json.dumps(ANSWERS), [ANSWERS]),
        ("a.jsonl", '{"x": NaN}', [{"x": None}]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_shapes_of_json(tmp_path, name, text, rows):
    got, complaints = read(written(tmp_path / name, text))
    assert got == rows
    assert complaints.lines() == ()


def test_lines_of_rows_in_a_wrapper(tmp_path):
    path = written(tmp_path / "a.json", json.dumps({"version": [1], "data": [ROW, 5]}, indent=0))
    complaints = Complaints()
    assert [row.place for row in read_rows(path, complaints)] == [f"{path}:6"]
    assert complaints.lines() == (f"{path}:10: want a list of objects, got a number (5) in it",)


def test_several_lists_in_one_object_are_refused_by_name(tmp_path):
    _, complaints = read(written(tmp_path / "a.json", json.dumps({"faq": [ROW], "pairs": [ROW]})))
    assert complaints.lines() == (
        f"{tmp_path}/a.json: want one list of rows, or lists called train, validation, test and documents, got faq, "
        "pairs; call them so, or put each into a file of its own",
    )


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_splits_in_one_object(tmp_path, indent, ending):
    held = {"version": 2, "train": [ROW, ROW], "dev": [], "test": [ROW]}
    path = written(tmp_path / f"a{ending}", json.dumps(held, indent=indent))
    complaints = Complaints()
    rows = list(read_rows(path, complaints))
    assert [(row.number, row.values["split"]) for row in rows] == [(1, "train"), (2, "train"), (3, "test")]
    assert len({row.place for row in rows}) == 3
    assert complaints.lines() == ()
    assert complaints.remarks() == (f"a{ending}: 'train', 'dev', 'test' of one JSON object are the splits",)


def test_splits_in_one_object_in_other_shapes(tmp_path):
    columns, wrapped = {name: [value, value] for name, value in ROW.items()}, {"data": [ROW]}
    rows, complaints = read(written(tmp_path / "a.json", json.dumps({"train": columns, "validation": wrapped})))
    assert rows == [{**ROW, "split": name} for name in ("train", "train", "validation")]
    assert complaints.lines() == ()


def test_rows_of_one_line_have_places_of_their_own(tmp_path):
    path = written(tmp_path / "a.json", json.dumps([ROW, ROW]))
    assert [row.place for row in read_rows(path, Complaints())] == [f"{path}:1", f"{path}:1 item 2"]


def test_numbers_are_kept_as_they_are_written(tmp_path):
    ((row,), _) = read(written(tmp_path / "a.jsonl", '{"a": 12.50, "b": 1.5, "c": 7}'))
    assert [str(value) for value in row.values()] == ["12.50", "1.5", "7"]


def test_a_sheet(tmp_path):
    import datetime

    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "FAQ"
    for row in (
        [None, None],
        ["Question", "Answer", None],
        ["q", 7, 1],
        [None] * 3,
        ["r", datetime.datetime(2026, 1, 2)],
    ):
        book.active.append(row)
    book.create_sheet("empty")
    book.create_sheet("more").append(["x"])
    book.save(tmp_path / "a.xlsx")
    complaints = Complaints()
    rows = list(read_rows(tmp_path / "a.xlsx", complaints))
    assert [row.values for row in rows] == [{"Question": "q", "Answer": 7}, {"Question": "r", "Answer": "2026-01-02"}]
    assert [row.place.rpartition(":")[2] for row in rows] == ["3", "5"]
    assert "sheet 'FAQ', not more" in complaints.remarks()[0]
    written(tmp_path / "b.xlsx", b"PK no sheet")
    assert "not a readable Excel file" in read(tmp_path / "b.xlsx")[1].lines()[0]


@pytest.fixture
def book(tmp_path):
    """Writes a workbook of sheets, title -> rows, and reads it."""
    openpyxl = pytest.importorskip("openpyxl")

    def make(**sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, rows in sheets.items():
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / "a.xlsx")
        return read(tmp_path / "a.xlsx")

    return make


TABLE = [["Question", "Answer"], ["q", "a"], ["r", "b"]]
ROWS = [{"Question": "q", "Answer": "a"}, {"Question": "r", "Answer": "b"}]


@pytest.mark.parametrize(
    ("sheets", "note"),
    [
        ({"Read me": [["Made by me"], ["in 2026"]], "QA": TABLE}, "sheet 'QA', not Read me"),
        ({"About": [["version", "2"], ["by", "me"]], "QA": TABLE}, "sheet 'QA', not About"),
        ({"QA": [["Plant FAQ"], [], *TABLE]}, "above the names of the columns: Plant FAQ"),
        ({"QA": TABLE, "more": TABLE}, "sheet 'QA', not more"),
    ],
    ids=str,
)
def test_the_sheet_and_the_row_with_the_names_of_columns(book, sheets, note):
    rows, complaints = book(**sheets)
    assert rows == ROWS
    assert note in complaints.remarks()[0]
    assert complaints.lines() == ()


ABOUT = [["Author", "Ada"], ["Version", "2"]]


def test_rows_about_the_file_are_no_names_of_columns(book, tmp_path):
    rows, complaints = book(QA=[*ABOUT, *TABLE])
    assert rows == ROWS
    assert (
        "the names of the columns are in row 3, above the names of the columns: Author, Ada" in complaints.remarks()[0]
    )
    text = "".join(f"{one},{other}\n" for one, other in [*ABOUT, *TABLE])
    assert read(written(tmp_path / "b.csv", text))[0] == ROWS


def told(path, **settings):
    complaints = Complaints()
    return [row.values for row in read_rows(path, complaints, FileShape(**settings))], complaints


def test_sheets_called_like_splits_are_all_read_beside_others(book):
    rows, complaints = book(**{"Read me": [["Made by me"], ["in 2026"]], "train": TABLE, "test": TABLE})
    assert [row["split"] for row in rows] == ["train", "train", "test", "test"]
    assert "sheets 'train' and 'test', not Read me" in complaints.remarks()[0]


def test_the_sheet_and_the_row_that_are_told(book, tmp_path):
    book(**{"Q A": TABLE, "old": [["x"], ["Frage", "Antwort"], ["q", "a"]], "documents": TABLE})
    path = tmp_path / "a.xlsx"
    assert told(path, sheet="q a") == (ROWS, ANY)
    assert told(path, sheet="old", header_row=2)[0] == [{"Frage": "q", "Antwort": "a"}]
    (line,) = told(path, sheet="new")[1].lines()
    there = "it has 'Q A', 'old', 'documents'; set task.sheet to one of them"
    assert line == f"{path}: no sheet with cells is called 'new'; {there}"
    (line,) = told(path, sheet="old", header_row=9)[1].lines()
    assert "row 9 should have the names of the columns and is not there; the file has 3 rows" in line
    assert told(path) == (ROWS, ANY)
    assert told(path, documents=True) == (ROWS, ANY)


def test_the_row_that_is_told_of_a_table(tmp_path):
    path = written(tmp_path / "a.csv", "a,b\n\nQuestion,Answer\nq,a\nr,b\n")
    assert told(path, header_row=3)[0] == ROWS
    assert "row 2 should have the names of the columns and is empty" in told(path, header_row=2)[1].lines()[0]
    long = "x,y\n" * 70 + "Question,Answer\nq,a\nr,b\n"
    assert told(written(tmp_path / "long.csv", long), header_row=71)[0] == ROWS


def test_formulas_without_values(book):
    _, complaints = book(QA=[["Question", "Answer"], ["q", "=1+1"], ["r", "=2+1"]])
    assert "a.xlsx: formulas without values, such as QA!B2, QA!B3; open and save the file" in complaints.lines()[0]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("FAQ of 2026,\nQuestion,Answer\nq,a\nr,b\n", "FAQ of 2026"),
        ("FAQ, of 2026\n\nQuestion;Answer\nq;a\nr;b\n", "FAQ, of 2026"),
        ("\nQuestion,Answer\nq,a\nr,b\n", ""),
    ],
)
def test_titles_above_a_table(tmp_path, text, titles):
    path = written(tmp_path / "a.csv", text)
    rows, complaints = read(path)
    assert rows == ROWS
    assert complaints.lines() == ()
    assert titles in complaints.remarks()[0]
    assert ("above" in complaints.remarks()[0]) is bool(titles)
    last = text.count("\n")
    assert [row.place.rpartition(":")[2] for row in read_rows(path, complaints)] == [str(last - 1), str(last)]


def test_a_sheet_without_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    _, complaints = read(written(tmp_path / "a.xlsx", b""))
    assert "pip install 'cutlery[excel]', or save the sheet as CSV" in complaints.lines()[0]


def test_endings_in_capitals(tmp_path):
    path = written(tmp_path / "Train.CSV", "q,a\nx,y\n")
    assert find_file(tmp_path, "Train", Complaints()) == path
    assert read(path)[0] == [{"q": "x", "a": "y"}]


def test_one_line_per_kind_and_file_and_no_line_is_cut_in_a_word():
    complaints = Complaints()
    for number in range(1, 13):
        complaints.add(("a.csv", "input", "is empty"), f"a.csv:{number}: input is empty")
    for name in ("x", "y"):
        complaints.add(("file",), f"{name}: no such file exists")
    complaints.add(("long",), "word " * 1000)
    complaints.remark(("format",), "a.csv: delimiter ';'")
    first, second, third, last = complaints.lines()
    assert first == "a.csv:1: input is empty (the same at 11 others: 2, 3, 4, 5, 6, 7, 8, 9 and 3 more)"
    assert (second, third) == ("x: no such file exists", "y: no such file exists")
    assert last.endswith("word … (3,001 characters more)")
    assert complaints.remarks() == ("a.csv: delimiter ';'",)
