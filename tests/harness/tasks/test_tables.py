"""What stands in tables besides rows is left out and said; other lines than the header's are named."""

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.amounts import amount
from harness.tasks.files.row import FileShape
from harness.tasks.rows import read_rows
from tests.harness.tasks.making import build_task

ROWS = "".join(f"What is {n}?,thing {n},{n}\n" for n in range(1, 6))
HEADER = "question,answer,points\n"


def read(path, text, **shape):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    complaints = Complaints()
    return list(read_rows(path, complaints, FileShape(**shape))), complaints


def left_out(complaints):
    return next((line for line in complaints.remarks() if "left out" in line), "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("Total,,15\n", "1 row of totals (line 7: 'Total 15')"),
        ("Summe:;;15\n", "1 row of totals (line 7: 'Summe: 15')"),
        (",Gesamt (n=5),15\n", "1 row of totals (line 7: 'Gesamt (n=5) 15')"),
        (",,15\n", "1 row of totals (line 7: '15')"),
        (",,3.0\n", "1 row of totals (line 7: '3.0')"),
        ("Grand Total,,15 points\nDurchschnitt,,3\n", "2 rows of totals (lines 7, 8, first: 'Grand Total 15 points')"),
        (",,\nTotal: 5 questions,,\n", "1 row of totals (line 8: 'Total: 5 questions'); 1 blank row (line 7)"),
        ("\nSource: our wiki\n* checked by Ada\n", "2 notes or titles (lines 8, 9, first: 'Source: our wiki')"),
        ("\nNote: prices in EUR, without VAT\n", "1 note or title (line 8: 'Note: prices in EUR without VAT')"),
        ("\nAll answers by our helpdesk.,,\n", "1 note or title (line 8: 'All answers by our helpdesk.')"),
        ("Stand: 12.05.2024,,\n", "1 note or title (line 7: 'Stand: 12.05.2024')"),
    ],
)
def test_totals_and_notes_below_a_table(tmp_path, more, said):
    delimiter = ";" if ";" in more else ","
    rows, complaints = read(tmp_path / "a.csv", f"{HEADER}{ROWS}".replace(",", delimiter) + more)
    assert [row.values["answer"] for row in rows] == [f"thing {n}" for n in range(1, 6)]
    assert said in left_out(complaints)
    assert complaints.lines() == ()


def test_what_stands_between_rows(tmp_path):
    middle = "\nquestion,answer,points\nWhat is x?,y,\n---,---,---\nDoors and gates,,\nWhat is z?,w,\n"
    rows, complaints = read(tmp_path / "a.csv", f"{HEADER}{ROWS}{middle}")
    assert [row.values["question"] for row in rows[5:]] == ["What is x?", "What is z?"]
    assert left_out(complaints) == (
        "a.csv: left out, as they are no rows of the table: 1 note or title (line 11: 'Doors and gates'); 1 repeated "
        "header (line 8); 1 row without a word (line 10); 1 blank row (line 7); task.every_row=true reads them like "
        "the others"
    )
    rows, complaints = read(tmp_path / "a.csv", f"{HEADER}{ROWS}{middle}", every_row=True)
    assert (len(rows), left_out(complaints)) == (10, "")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("text,label\ngood,1\nbad,0\ntotal,1\nfine,0\nsum,1\n", 5),  # words with labels
        ("question,answer\nTell me a,\nTell me b,\n\nTell me c,\n", 3),  # no answers at all
        (f"{HEADER}{ROWS}\nWhat is open?,,\nAnd this?,,\n", 7),  # questions without answers
        ("term,meaning\nSum,what adding gives\nTotal,everything\n", 2),
        ("id,score\nd1,3\nd2,4\nd3,7\n", 3),
        ("a,b\n1,2\n3,4\n4,6\n", 3),  # no column of texts
    ],
)
def test_what_is_a_row_stays(tmp_path, text, count):
    rows, complaints = read(tmp_path / "a.csv", text)
    assert len(rows) == count
    assert "total" not in left_out(complaints)
    assert "note" not in left_out(complaints)


def test_subtotals_begin_anew(tmp_path):
    text = f"{HEADER}{ROWS}Subtotal,,15\nWhat is x?,y,4\nWhat is z?,w,5\nSubtotal,,9\nTotal,,24\n"
    rows, complaints = read(tmp_path / "a.csv", text)
    assert len(rows) == 7
    assert "3 rows of totals (lines 7, 10, 11," in left_out(complaints)


def test_titles_of_several_lines(tmp_path):
    text = f'FAQ of the plant,,\n"Version 2\nof May",,\n\n{HEADER}{ROWS}'
    shape, complaints = FileShape(), Complaints()
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert [row.place.rpartition(":")[2] for row in read_rows(tmp_path / "a.csv", complaints, shape)][:2] == ["6", "7"]
    assert str(shape).endswith("in row 4, above the names of the columns: FAQ of the plant, Version 2 of May")


@pytest.mark.parametrize(
    ("row", "got", "cure"),
    [
        ("q,a", "2 cells", "put cells that hold commas or line ends in quotes, write empty cells, too, or set"),
        ("q,a,1,2", "4 cells", "put cells that hold commas or line ends in quotes, or set task.delimiter"),
    ],
)
def test_ragged_rows_are_named(tmp_path, row, got, cure):
    _, complaints = read(tmp_path / "a.csv", f"{HEADER}{ROWS}{row}\n{ROWS}{row}\n")
    (line,) = complaints.lines()
    assert line.startswith(f"{tmp_path}/a.csv:7: {got}, the header has 3; {cure}")
    assert line.endswith("(the same at 1 other: 13)")


def test_empty_columns_at_the_end(tmp_path):
    text = "question,answer,,\nWhat is a?,x,,\nWhat is b?,y\nWhat is c?,z,,,,\n"
    shape, complaints = FileShape(), Complaints()
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    rows = [row.values for row in read_rows(tmp_path / "a.csv", complaints, shape)]
    assert [row["answer"] for row in rows] == ["x", "y", "z"]
    assert (complaints.lines(), "index" in str(shape)) == ((), False)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ('\ufeffsep=;\r\nquestion;answer\r\nWhat?;3,5\r\nHow?;"4,5\r\nor 5"\r\n', ["3,5", "4,5\r\nor 5"]),
        ('\ufeff"sep=;"\r\nquestion;answer\r\nWhat?;3,5\r\n', ["3,5"]),
        ("SEP=\t\r\nquestion\tanswer\r\nWhat?\t3,5\r\n".encode("utf-16"), ["3,5"]),
        ("question,answer\rWhat is a?,x\rWhat is b?,y\r", ["x", "y"]),
    ],
)
def test_tables_of_excel_and_of_old_macs(tmp_path, text, answers):
    rows, complaints = read(tmp_path / "a.csv", text)
    assert [row.values["answer"] for row in rows] == answers
    assert complaints.lines() == ()


def test_a_name_that_stands_twice_is_named_with_its_line(tmp_path):
    _, complaints = read(tmp_path / "a.csv", f"FAQ,,\n{HEADER.replace('points', 'answer')}{ROWS}")
    assert complaints.lines() == (f"{tmp_path}/a.csv:2: two columns have the same name: answer; rename one of them",)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,234.5", 1234.5),
        ("1.234,5 €", 1234.5),
        ("2.400", 2400),
        ("12 %", 12),
        ("-3", -3),
        ("17,5", 17.5),
        ("$ 5", 5),
        ("0.125", 0.125),
        ("57 rows", 57),
        ("3 months of grace", None),
        ("v2", None),
        (True, None),
        ("2024-01-02", None),
        ("12,50 zł", 12.5),
        ("R$ 5", 5.0),
        ("PLN 1 200", 1200.0),
        ("AB 5", None),
        ("EUR5", 5.0),
        ("RS232", None),
    ],
)
def test_amounts(cell, expected):
    assert amount(cell) == expected


def test_in_a_task_they_are_no_questions_and_every_row_reads_them(tmp_path):
    (tmp_path / "faq.csv").write_text(f"{HEADER}{ROWS * 2}Total,,30\n", encoding="utf-8")
    task = build_task("jsonl", dir=str(tmp_path))
    asked = [own.text for split in ("train", "validation", "test") for own in task.examples(split)]
    assert sorted(set(asked)) == [f"What is {n}?" for n in range(1, 6)]
    assert any("1 row of totals (line 12: 'Total 30'); task.every_row=true" in line for line in task.remarks())
    again = build_task("jsonl", dir=str(tmp_path), every_row=True)
    assert "Total" in [own.text for split in ("train", "validation", "test") for own in again.examples(split)]
    assert again.content_key() != task.content_key()
