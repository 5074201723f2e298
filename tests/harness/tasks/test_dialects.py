"""How tables are written: stray quotes, blanks before quotes, other quotes, rare delimiters, one column."""

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileShape
from harness.tasks.rows import read_rows

BELOW = [(f"Which colour has door {n}?", f"shade {n}") for n in range(6)]


def read(path, text, **shape):
    path.write_bytes(text.encode())
    complaints, known = Complaints(), FileShape(**shape)
    rows = [tuple(row.values.values()) for row in read_rows(path, complaints, known)]
    return rows, complaints, str(known)


def table(delimiter, more=(), header=("question", "answer")):
    return "".join(f"{delimiter.join(row)}\n" for row in (header, *BELOW, *more))


def quoted(sign, between):
    lines = (between.join(f"{sign}{cell}{sign}" for cell in row) for row in (("question", "answer"), *BELOW))
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_a_stray_quote_swallows_no_rows(tmp_path, delimiter):
    more = [('"Is it red? she asked', "no"), ("Or green?", "yes"), ("And who painted it?", 'Ada, "the brush"')]
    more = [(question, answer.replace(",", "")) for question, answer in more]
    rows, complaints, _ = read(tmp_path / "a.csv", table(delimiter, [*more, ("Why?", 'because"'), *BELOW]))
    assert rows == [*BELOW, *more, ("Why?", 'because"'), *BELOW]
    assert complaints.lines() == ()
    assert "each line is read as a row" in complaints.remarks()[0]
    assert "(lines 8)" in complaints.remarks()[0]


def test_quoted_words_at_the_start_of_cells(tmp_path):
    more = [('"Blue" doors: how many?', "two"), ("", ""), ('"Red or blue?"', '"Both", he said'), ('"So?"', "x")]
    rows, complaints, _ = read(tmp_path / "a.tsv", table("\t", more))
    assert rows[-3:] == [more[0], more[2], ("So?", "x")]
    assert complaints.lines() == ()


def test_cells_of_several_lines_stay(tmp_path):
    more = '"What is it?","Dear Sir,\n\nthanks, bye"\n"And this?","Hello\nthanks, bye"\n"A ""b"" c?",x\n'
    rows, complaints, _ = read(tmp_path / "a.csv", table(",") + more)
    assert rows[6:] == [
        ("What is it?", "Dear Sir,\n\nthanks, bye"),
        ("And this?", "Hello\nthanks, bye"),
        ('A "b" c?', "x"),
    ]
    assert (complaints.lines(), complaints.remarks()) == ((), ())


def test_rows_in_a_cell_of_a_file_with_longer_cells_are_told(tmp_path):
    more = '"one\ntwo"\tx\n"Is it?\tyes\nWho?\tAda"\tx\n'.replace('Ada"\tx', 'Ada"')
    _, complaints, _ = read(tmp_path / "a.tsv", table("\t") + more)
    assert any("a.tsv:10: a quote opens a cell that goes on to line 11" in line for line in complaints.lines())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (quoted('"', ", "), "blanks before cells are left out"),
        (quoted("'", ", "), "blanks before cells are left out"),
        (quoted("'", ","), "cells in quotes like 'these'"),
        (quoted("'", ";"), "delimiter ';'"),
        (table(", "), "blanks before cells are left out"),
        (table("~"), "delimiter '~'"),
        (table("^"), "delimiter '^'"),
        (table(":"), "delimiter ':'"),
        (table("\x1f"), "delimiter '\\x1f'"),
    ],
)
def test_dialects(tmp_path, text, note):
    rows, complaints, said = read(tmp_path / "a.csv", text)
    assert rows == BELOW
    assert note in said
    assert complaints.lines() == ()


def test_commas_in_cells_of_a_rare_dialect(tmp_path):
    rows, _, _ = read(tmp_path / "a.csv", table("~").replace("Which", "Well, which"))
    assert rows[0] == ("Well, which colour has door 0?", "shade 0")
    single = "question,answer\n" + "".join(f"'Well, which of {n}?','it''s {n}'\n" for n in range(9))
    assert read(tmp_path / "b.csv", single)[0][2] == ("Well, which of 2?", "it's 2")


def test_backslashes_before_quotes(tmp_path):
    text = "question,answer\n" + "".join(f'"Is it \\"{n}\\", or not?","yes"\n' for n in range(4)) + '"And?",\\N\n'
    rows, complaints, said = read(tmp_path / "a.csv", text)
    assert rows[3:] == [('Is it "3", or not?', "yes"), ("And?", None)]
    assert (complaints.lines(), "backslash" in said) == ((), True)
    rows, complaints, _ = read(tmp_path / "b.csv", table(",") * 10 + text.partition("\n")[2])  # below what is looked at
    assert "a.csv" not in complaints.lines()[0]
    assert "is written twice, with no backslash before it" in complaints.lines()[0]


def test_one_column_of_texts(tmp_path):
    texts = [f"Please, tell me: is door {n} open?" for n in range(5)]
    rows, complaints, said = read(tmp_path / "a.csv", "question\n" + "".join(f"{text}\n" for text in texts))
    assert rows == [(text,) for text in texts]
    assert (complaints.lines(), said) == ((), "one column")
    lacking = "question\n" + "".join(f"Is door {n} open?,no\n" for n in range(5))  # no name for its second column
    assert read(tmp_path / "b.csv", lacking)[2] != "one column"
    titled = "Questions\n" + table(",")
    assert read(tmp_path / "c.csv", titled)[0] == BELOW


def test_a_table_without_names(tmp_path):
    rows, _, said = read(tmp_path / "a.csv", table(",").partition("\n")[2], header_row=0)
    assert rows == BELOW
    assert "they are called column_1, column_2" in said


def test_a_comma_and_a_quote_within_a_cell_are_no_blanks_before_cells(tmp_path):
    """Code in cells: its indentation is part of it."""
    codes = [("f(x)", "    return x"), ("g(x)", '    return ["x", "y"]'), ("h(x)", "    return 2 * x")]
    lines = "".join('{},"{}"\n'.format(asked, code.replace('"', '""')) for asked, code in codes)
    rows, _, said = read(tmp_path / "a.csv", f"prompt,completion\n{lines}")
    assert rows == codes
    assert "blanks" not in said
