"""Workbooks: which sheets are read as what, and what their cells say."""

import datetime

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileShape
from harness.tasks.rows import read_rows
from tests.harness.tasks.making import build_task

openpyxl = pytest.importorskip("openpyxl")

QA = [["Question", "Answer"], *([f"What is {n}?", f"thing {n}"] for n in range(20))]
KB = [["id", "title", "text"], *([f"d{n}", f"Thing {n}", f"This is thing {n}."] for n in range(20))]


@pytest.fixture
def book(tmp_path):
    """Writes faq.xlsx of sheets, title -> rows; edit may change the workbook."""

    def make(edit=None, name="faq.xlsx", **sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, rows in sheets.items():
            sheet = made.create_sheet(title.replace("_", " "))
            for row in rows:
                sheet.append(row)
        if edit is not None:
            edit(made)
        made.save(tmp_path / name)
        return tmp_path / name

    return make


def read(path, **told):
    complaints, shape = Complaints(), FileShape(**told)
    return [row.values for row in read_rows(path, complaints, shape)], f"{shape}\n" + "\n".join(
        (*complaints.remarks(), *complaints.lines())
    )


def task_of(path, **settings):
    return build_task("jsonl", dir=str(path), **settings)


def sizes(task):
    return tuple(len(task.examples(split)) for split in ("train", "validation", "test"))


@pytest.mark.parametrize(
    ("sheets", "documents"),
    [
        ({"QA": QA, "Documents": KB}, "Documents"),
        ({"Read_me": [["by us"]], "QA": QA, "Knowledge_base": [["Our things"], [], *KB]}, "Knowledge base"),
        ({"Fragen": QA, "Handbuch": KB}, "Handbuch"),  # by its columns
        ({"Docs": KB, "train": QA, "test": [QA[0], ["And?", "so"]]}, "Docs"),
    ],
)
def test_questions_and_documents_in_one_workbook(book, sheets, documents):
    task = task_of(book(**sheets))
    assert task.problems() == []
    assert len(task.documents()) == 20
    assert task.documents()[0].title == "Thing 0"
    assert sum(sizes(task)) in (20, 21)
    assert f"knowledge base: sheet '{documents}' of faq.xlsx, 20 documents" in task.remarks()
    assert not any(f"not {documents}" in line for line in task.remarks())


def test_a_sheet_of_documents_that_is_told_or_none(book):
    path = book(QA=QA, Docs=KB, Articles=[KB[0], ["x", "X", "other"]])
    (problem,) = task_of(path).problems()
    assert "the sheets 'Docs', 'Articles' can each be the knowledge base" in problem
    assert "choose one, task.documents_sheet=Docs, or none, task.documents_file=null" in problem
    assert len(task_of(path, documents_sheet="Docs").documents()) == 20
    assert [own.id for own in task_of(path, documents_sheet=3).documents()] == ["x"]
    assert all(own.example_id for own in task_of(path, documents_file=None).documents())
    keys = {task_of(path, documents_sheet=name).content_key() for name in ("Docs", "Articles")}
    assert len(keys) == 2
    (problem,) = task_of(path, documents_sheet="Doks").problems()
    assert "is called 'Doks'; it has 'QA', 'Docs', 'Articles'; set task.documents_sheet to one of them" in problem
    (problem,) = task_of(path, documents_sheet="Docs", documents_file=None).problems()
    assert "task.documents_sheet=Docs says where documents are, and task.documents_file=null" in problem


def test_a_workbook_of_documents_of_its_own(book, tmp_path):
    book(name="train.xlsx", QA=QA)
    book(name="kb.xlsx", old=[["id", "title", "text"], ["o", "O", "old"]], new=[["Things"], [], *KB])
    assert [own.id for own in task_of(tmp_path, documents_file="kb.xlsx").documents()] == ["o"]
    told = {"documents_file": "kb.xlsx", "documents_sheet": 2}
    assert len(task_of(tmp_path, **told).documents()) == 20
    assert len(task_of(tmp_path, **told, documents_header_row=3).documents()) == 20
    (problem,) = task_of(tmp_path, **told, documents_header_row=2).problems()
    assert "set task.documents_header_row to the right one, or to null" in problem
    assert "documents_header_row is -1" in task_of(tmp_path, **told, documents_header_row=-1).problems()[0]
    (tmp_path / "kb.csv").write_text("id,title,text\nd,D,text\n", encoding="utf-8")
    problems = task_of(tmp_path, documents_file="kb.csv", documents_sheet="new").problems()
    assert problems == [f"{tmp_path}/kb.csv: it has no sheets; task.documents_sheet=new is for workbooks (.xlsx)"]


def test_one_workbook_named_for_both(book):
    path = book(QA=QA, Things=KB)
    assert len(task_of(path.parent, documents_file="faq.xlsx", documents_sheet="Things").documents()) == 20
    assert len(task_of(path, documents_file="faq.xlsx").documents()) == 20


@pytest.mark.parametrize(
    ("told", "asked", "note"),
    [
        ("1", "In one?", "sheet '1'"),  # a name goes before a number
        (2, "In QA?", "sheet 'QA' (number 2)"),
        ("qa", "In QA?", "sheet 'QA'"),
        ("3", "In one?", "sheet '1' (number 3)"),
    ],
)
def test_a_sheet_by_name_or_number(book, told, asked, note):
    def hide(made):
        made["old"].sheet_state = "hidden"

    def rows(text):
        return [QA[0], [text, "a"]]

    sheets = {"About": [["x", "y"]], "old": rows("In old?"), "QA": rows("In QA?"), "1": rows("In one?")}
    found, said = read(book(hide, **sheets), sheet=str(told))
    assert [row["Question"] for row in found] == [asked]
    assert note in said
    _, said = read(book(hide, **sheets), sheet="9")
    assert (
        "no sheet with cells is called '9' or has this number; it has 'About' (1), 'old' (0), 'QA' (2), '1' (3)" in said
    )


def test_a_sheet_called_like_a_split_keeps_that_role(book):
    path = book(train=QA, test=QA[:6])
    task = task_of(path, sheet="test")
    assert (sizes(task), task.problems()) == ((0, 0, 5), [])
    assert sizes(task_of(path, sheet=2)) == (0, 0, 5)
    assert sizes(task_of(book(test=QA, notes=[["x"]]))) == (0, 0, 20)
    assert sizes(task_of(book(dev=QA)))[0] > 0  # the only rows are for training, as of files
    assert sizes(task_of(book(name="train.xlsx", test=QA)))[0] > 0  # the name of the file counts


def test_merged_cells_count_in_each_of_their_rows(book):
    def merge(made):
        made["QA"].merge_cells("A2:A4")
        made["QA"].merge_cells("A6:B6")

    rows = [QA[0], ["What is a?", "x"], [None, "y"], [None, "z"], ["What is b?", "v"], ["Doors"], ["Tell me of c", "w"]]
    found, said = read(book(merge, QA=rows))
    assert [row["Question"] for row in found] == ["What is a?"] * 3 + ["What is b?", "Tell me of c"]
    assert "merged cells count in each of their rows: A2:A4" in said
    assert "1 note or title (line 6: 'Doors')" in said


def test_names_below_merged_names(book):
    def merge(made):
        made["QA"].merge_cells("B1:C1")
        made["QA"].merge_cells("A1:A2")

    rows = [["Question", "Answer"], [None, "short", "long"], ["What?", "x", "a longer x"]]
    assert read(book(merge, QA=rows))[0] == [{"Question": "What?", "short": "x", "long": "a longer x"}]
    rows = [["Question", "Answer"], ["What?", "x", "y"]]
    assert len(read(book(lambda made: made["QA"].merge_cells("B1:C1"), QA=rows))[0]) == 1


def test_hidden_sheets_rows_and_columns_are_said(book):
    def hide(made):
        made["old"].sheet_state = "hidden"
        made["QA"].row_dimensions[3].hidden = True
        made["QA"].column_dimensions["B"].hidden = True

    found, said = read(book(hide, old=QA[:2], QA=QA))
    assert len(found) == 20
    assert "sheet 'QA', not old (hidden)" in said
    assert "hidden row 3 and column B read like the others" in said


def test_cells_as_they_are_shown(book):
    values = [0.25, datetime.datetime(2026, 1, 2), 0.1 + 0.2, 7.0, datetime.timedelta(hours=3), True, "#N/A", 0.1234]

    def style(made):
        made["QA"]["B2"].number_format, made["QA"]["B9"].number_format = "0%", "0.00%"
        made["QA"]["B8"].data_type = "e"

    rows = [QA[0], *([f"What is {n}?", value] for n, value in enumerate(values))]
    found, said = read(book(style, QA=rows))
    assert [row["Answer"] for row in found] == ["25%", "2026-01-02", 0.3, 7, "3:00:00", True, None, "12.34%"]
    assert "percentages are read as 25% (2 cells)" in said
    assert "dates and times are read as 2026-01-02 (2 cells)" in said
    assert "1 cell with an error read as empty: B8 (#N/A)" in said


def test_a_large_workbook_is_streamed(book, monkeypatch):
    rows = [QA[0], ["What?", 0.5], ["Who?", "=1+1"], [None, None, None, "x"], ["Total", 2]]
    path = book(QA=rows, Docs=KB)
    whole = read(path)
    assert len(whole[0]) == 2
    assert "1 row without a cell under a name (line 4)" in whole[1]
    monkeypatch.setattr("harness.tasks.files.workbook.LARGEST", 0)
    found, said = read(path)
    assert (found, len(task_of(path).data.documents)) == (whole[0], 20)
    assert "formulas without values, such as QA!B3" in said
    assert "so large a workbook is streamed: merged cells and hidden rows are not looked at" in said


def test_formulas_without_values_are_named_unless_they_are_totals(book):
    rows = [*QA[:4], ["What is x?", "=1+1"], ["Total", "=SUM(B2:B3)"]]
    found, said = read(book(QA=rows))
    assert len(found) == 4
    assert "faq.xlsx: formulas without values, such as QA!B5; open and save the file" in said
    found, said = read(book(QA=[QA[0], *([f"How many {n}?", n] for n in range(3)), [None, "=SUM(B2:B4)"]]))
    assert (len(found), "formulas" in said) == (3, False)


def test_what_is_no_workbook(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 an encrypted or older file")
    said = "a.xlsx: not a readable Excel file (it has a password, or is an .xls file under another name); save it as"
    assert said in read(tmp_path / "a.xlsx")[1]
    (tmp_path / "a.xlsx").write_bytes(b"Question,Answer")
    assert "(File is not a zip file)" in read(tmp_path / "a.xlsx")[1]


def test_a_sheet_that_is_called_documents_and_has_none(book):
    path = book(QA=QA, Documents=[["file", "by"], ["a.pdf", "Ada"]])
    problems = task_of(path).problems()
    assert problems[-1].endswith(
        "sheet 'Documents' is taken for the documents; if it has none, set task.documents_file=null"
    )
    assert task_of(path, documents_file=None).problems() == []


def test_documents_in_several_workbooks(book, tmp_path):
    book(name="train.xlsx", QA=QA, Docs=KB)
    book(name="test.xlsx", QA=[QA[0], ["And?", "so"]], Docs=KB[:3])
    task = task_of(tmp_path)
    assert len(task.documents()) == 20
    told = "the documents are those of train.xlsx; task.documents_file=test.xlsx takes these"
    assert f"not read: sheet 'Docs' of test.xlsx, as {told}" in task.remarks()
    task = task_of(tmp_path, documents_file="test.xlsx")
    assert (len(task.documents()), len(task.examples("test"))) == (2, 1)


def test_spreadsheets_of_other_kinds(tmp_path):
    (tmp_path / "faq.ods").write_bytes(b"PK")
    (problem,) = task_of(tmp_path).problems()
    assert problem.endswith("faq.ods; open faq.ods in a spreadsheet program and save it as .xlsx or CSV")
    assert "; open faq.ods in a spreadsheet" in task_of(tmp_path / "faq.ods").problems()[0]


def test_rows_of_a_sheet_that_are_none(book):
    rows = [*QA, ["Total", 20], [], ["Source: us"]]
    found, said = read(book(QA=rows))
    assert len(found) == 20
    assert (
        "faq.xlsx, sheet 'QA': left out, as they are no rows of the table: 1 row of totals (line 22: 'Total 20')"
        in said
    )
