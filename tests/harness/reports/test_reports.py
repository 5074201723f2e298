import csv
import dataclasses
import io
import re

import pytest
from rich.cells import cell_len

from harness.analysis.table import build
from harness.reports.cells import blocks, printable
from harness.reports.csv import Csv
from harness.reports.latex import Latex
from harness.reports.latex_text import escaped as latex
from harness.reports.markdown import Markdown
from harness.reports.markdown import escaped as markdown
from harness.reports.terminal import Terminal

PLAIN = Terminal(width=100, colour="never")


def renamed(table, name):
    """The table with one arm, its task and one metric called `name`."""
    rows = (table.rows[0], dataclasses.replace(table.rows[1], arm=name), *table.rows[2:])
    columns = (dataclasses.replace(table.columns[0], metric=name), *table.columns[1:])
    return dataclasses.replace(table, title=name, task=name, rows=rows, columns=columns)


def test_nothing_is_wider_than_the_terminal(table):
    assert max(cell_len(line) for line in PLAIN.render(table).splitlines()) <= 100


def test_a_wide_terminal_needs_one_block(table):
    assert len(blocks(table, 1000)) == 1
    assert len(blocks(table, 10)) == 5
    assert all(block.headings[0] == "arm" for block in blocks(table, 10))


def test_no_metric_is_lost_between_blocks(table):
    for width in (10, 60, 100, 1000):
        headings = [heading for block in blocks(table, width) for heading in block.headings]
        assert [column.metric for column in table.columns] == [
            heading.split()[0] for heading in headings if heading.split()[0] in {c.metric for c in table.columns}
        ]


def test_columns_stay_aligned_beside_wide_characters(table):
    lines = PLAIN.render(renamed(table, "检索")).splitlines()
    rows = [line for line in lines if line.startswith(("base  ", "检索  "))][:2]
    starts = [cell_len(line[: re.search(r"\d", line).start()]) for line in rows]
    assert starts[0] == starts[1]


def test_colour_only_where_it_is_wanted(table, monkeypatch, capsys):
    assert "\x1b" not in PLAIN.render(table)
    assert "\x1b" not in Terminal(100, "auto").render(table)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m0.775" in Terminal(100, "auto").render(table)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in Terminal(100, "auto").render(table)


def test_worse_is_red(table):
    rows = [
        dataclasses.replace(
            row,
            entries=tuple(
                dataclasses.replace(
                    entry, difference=entry.difference and dataclasses.replace(entry.difference, mean=-0.5)
                )
                for entry in row.entries
            ),
        )
        for row in table.rows
    ]
    text = Terminal(100, "always").render(dataclasses.replace(table, rows=tuple(rows)))
    assert "\x1b[31m0.775" in text
    assert "\x1b[32m" not in text


HOSTILE = [
    "a|b",
    "100% & $x_1$ {y} ~^#",
    "<script>alert(1)</script>",
    "=1+1",
    "*bold*",
    "\x1b[31mred\nnew",
    "[x](y)",
    "\\",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("report", [Markdown(150), Csv(), Latex(2000), PLAIN], ids=lambda report: report.suffix)
def test_a_hostile_name_breaks_no_format(report, table, name):
    """As many lines as with a harmless name of its width, and no control characters."""
    harmless = renamed(table, "x" * cell_len(printable(name)))
    plain, hostile = report.render(harmless), report.render(renamed(table, name))
    assert not [character for character in hostile if ord(character) < 32 and character != "\n"]
    if report.suffix != ".txt":
        assert hostile.count("\n") == plain.count("\n")


def test_a_pipe_adds_no_column(table):
    lines = [line for line in Markdown(150).render(renamed(table, "a|b")).splitlines() if line.startswith("|")]
    first = [line.replace("\\|", "").count("|") for line in lines[: len(table.rows) + 2]]
    assert len(set(first)) == 1


def test_markdown_shows_html_and_links_as_text():
    assert markdown("<b>") == "&lt;b>"
    assert markdown("&amp;") == "&amp;amp;"
    assert markdown("[x](y)") == "\\[x](y)"
    assert markdown("exact_match [.1, .2] p < 0.05") == "exact_match [.1, .2] p < 0.05"
    assert markdown("_x_") == "\\_x\\_"
    assert markdown("a`b") == "a\\`b"


def test_latex_special_characters():
    assert latex("50% & a_b #1 {x} $y$ ~ ^ \\") == (
        r"50\% \& a\_b \#1 \{x\} \$y\$ \textasciitilde{} \textasciicircum{} \textbackslash{}"
    )


def test_a_latex_row_may_begin_with_a_bracket(table):
    text = Latex(100).render(renamed(table, "[rag]"))
    assert "\n{}[rag] & " in text
    assert "\n[" not in text


def test_latex_environments_are_balanced(table):
    text = Latex(100).render(table)
    for name in ("table", "tabular"):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}")
    assert "{+}" not in text
    assert all(line.endswith((r"\\", r"\\[1ex]")) for line in text.splitlines() if " & " in line)


def test_csv_can_be_loaded_with_numbers(table):
    rows = list(csv.DictReader(io.StringIO(Csv().render(table))))
    assert [row["arm"] for row in rows] == ["base", "rag", "qlora", "hybrid", "oracle"]
    assert float(rows[1]["exact_match_mean"]) == table.rows[1].entries[0].mean
    assert float(rows[1]["exact_match_diff_low"]) == pytest.approx(table.rows[1].entries[0].difference.low, abs=1e-6)
    assert rows[0]["exact_match_diff"] == ""
    assert rows[0]["recall@5_mean"] == ""
    assert rows[2]["seeds"] == "0 1"
    assert rows[1]["fingerprints"] == table.rows[1].fingerprints[0]


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@SUM(A1)"])
def test_csv_holds_no_formula(table, name):
    rows = list(csv.reader(io.StringIO(Csv().render(renamed(table, name)))))
    texts = [cell for row in rows for cell in row if not cell.replace(".", "").lstrip("-").isdigit()]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert f"'{name}" in texts


def test_pandas_reads_it(table):
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO(Csv().render(table)))
    assert frame["exact_match_mean"].dtype == float
    assert frame.set_index("arm").loc["rag", "exact_match_mean"] == 0.775


def test_one_arm_and_no_metric(record):
    bare = record("base", metrics={}, scores=())
    for report in (Markdown(150), Csv(), Latex(100), PLAIN):
        assert "base" in report.render(build([bare], resamples=100))


def test_no_base_means_no_differences(record):
    table = build([record("rag"), record("oracle")], resamples=100)
    text = PLAIN.render(table)
    assert "*" not in text
    assert "differs from base" not in text


def test_no_minus_zero(record):
    table = build([record("base"), record("rag")], resamples=100)
    entry = table.rows[1].entries[0]
    tiny = dataclasses.replace(entry, mean=-1e-9, difference=dataclasses.replace(entry.difference, mean=-1e-9))
    row = dataclasses.replace(table.rows[1], entries=(tiny, *table.rows[1].entries[1:]))
    shown = blocks(dataclasses.replace(table, rows=(table.rows[0], row)), 1000)
    text = " ".join(cell.text for block in shown for cells in block.rows for cell in cells)
    assert "-0.000" not in text
    assert "+0.000" in text
