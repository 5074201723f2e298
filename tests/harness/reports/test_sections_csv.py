"""A section says what it holds; every format shows it in its own way."""

import csv
import dataclasses
import io
import re

import pytest

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.reports.cells import section_blocks
from harness.reports.csv import SectionsCsv
from harness.reports.latex import Latex
from harness.reports.markdown import Markdown
from harness.reports.terminal import Terminal
from tests.harness.reports.conftest import make_record

SECTION = Section(
    name="cost",
    title="What | it costs",
    columns=(
        SectionColumn("arm"),
        SectionColumn("training", "s", decimals=0),
        SectionColumn("share"),
        SectionColumn("why"),
    ),
    rows=(
        ("base", None, Figure(0.25, 0.2, 0.3, n=40), "=1+1"),
        ("rag", Figure(12345.6), Figure(-0.0001, significant=True), "a|b"),
    ),
    notes=(Note("prices", "a guess", "warning"),),
)


@pytest.fixture
def shown(table):
    return dataclasses.replace(table, sections=(SECTION,))


def test_numbers_have_interval_star_and_the_column_s_decimals():
    (block,) = section_blocks(SECTION, width=100)
    assert block.headings == ("arm", "training", "share", "why")
    assert [[cell.text for cell in row] for row in block.rows] == [
        ["base", "–", "0.250 [.200, .300]", "=1+1"],
        ["rag", "12,346", "0.000 *", "a|b"],
    ]


def test_a_narrow_grid_repeats_the_names_of_its_rows():
    assert [block.headings for block in section_blocks(SECTION, width=25)] == [
        ("arm", "training"),
        ("arm", "share"),
        ("arm", "why"),
    ]


def details(table):
    return Markdown(width=150).page(table, {"base": [make_record("base")]})


def test_markdown_escapes_titles_and_cells(shown):
    text = details(shown)
    assert "\n\n### What \\| it costs\n\n| arm " in text
    assert "a\\|b" in text
    assert "- **⚠ prices:** a guess\n" in text


def test_the_first_page_links_to_every_topic_of_the_details(shown):
    first, text = Markdown(width=150).render(shown), details(shown)
    anchors = re.findall(r"details\.md#(\w+)", first)
    assert anchors == ["metrics", "cost", "repeat"]
    assert all(f'<a id="{anchor}"></a>' in text for anchor in anchors)
    assert "What \\| it costs" not in first
    assert "make experiment task=qa" in text


def test_the_terminal_names_the_warnings_of_sections_within_its_width(shown):
    text = Terminal(width=60, colour="never").render(shown)
    assert "⚠ More warnings: under “cost and break-even”." in text
    assert all(len(line) <= 60 for line in text.splitlines())


def test_latex_gives_each_grid_a_caption_of_its_own(shown):
    text = Latex(width=100).render(shown)
    assert text.count(r"\captionof{table}{") == 2
    assert text.count(r"\begin{minipage}") == text.count(r"\end{minipage}") == 2
    assert r"What \textbar{} it costs" in text


def test_csv_has_a_row_per_cell_and_no_formula(shown):
    rows = list(csv.DictReader(io.StringIO(SectionsCsv().render(shown))))
    assert len(rows) == 6
    share = rows[1]
    assert (share["row"], share["column"], share["value"], share["low"], share["n"]) == (
        "base",
        "share",
        "0.25",
        "0.2",
        "40",
    )
    assert rows[2]["text"] == "'=1+1"
    assert rows[0]["value"] == rows[0]["text"] == ""
    assert rows[3]["unit"] == "s"


def test_without_sections_the_csv_holds_its_heading_alone(table):
    bare = SectionsCsv().render(dataclasses.replace(table, sections=()))
    assert bare == "section,row,column,unit,value,low,high,n,text\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0000227812, "2.278e-05"),
        (-0.0000227812, "-2.278e-05"),
        (1e-17, "0.0"),
        (0.12345678, "0.123457"),
        (2.5, "2.5"),
    ],
)
def test_csv_keeps_the_digits_of_small_numbers_and_drops_what_rounding_left(table, value, written):
    section = Section(
        "money", "Money", (SectionColumn("arm"), SectionColumn("cost", "USD")), (("base", Figure(value)),)
    )
    text = SectionsCsv().render(dataclasses.replace(table, sections=(section,)))
    assert text.splitlines()[1] == f"money,base,cost,USD,{written},,,,"


def test_what_is_too_long_to_print_stands_in_the_csv_alone(shown):
    hidden = dataclasses.replace(shown, sections=(dataclasses.replace(SECTION, title="Hidden", files_only=True),))
    assert "Hidden" not in details(hidden)
    assert "Hidden" not in Latex(width=100).render(hidden)
    assert len(SectionsCsv().render(hidden).splitlines()) == 7


def test_a_grid_without_rows_says_why_and_shows_no_table(shown):
    empty = dataclasses.replace(SECTION, rows=())
    assert section_blocks(empty, width=100) == []
    table = dataclasses.replace(shown, sections=(empty,))
    assert "a guess" in details(table)
    assert "a guess" in Latex(width=100).render(table)


def test_what_must_be_acted_on_stands_first_in_every_format(shown):
    flagged = Note("prices", "a price of another unit", "act")
    (section,) = shown.sections
    section = dataclasses.replace(section, notes=(flagged, *section.notes))
    table = dataclasses.replace(shown, sections=(section,))
    assert table.flags[-1] == flagged
    text = Terminal(width=60, colour="never").render(table)
    assert "! prices: a price of another unit." in text
    assert text.index("! prices") < text.index("⚠ ")
    page = Markdown(width=150).render(table)
    assert "**! prices:** a price of another unit." in page
    assert page.index("! prices") < page.index("⚠ ")
    assert r"\textbf{! Act on this, prices:}" in Latex(width=80).render(table)
