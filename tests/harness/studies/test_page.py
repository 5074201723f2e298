"""A study's table as files: the same sections in every format, and a picture of the same bytes."""

import csv
import io

from harness.analysis.result import Figure, Section, SectionColumn, act
from harness.studies import page, picture
from harness.studies.table import StudyTable

CONTROLS = Section("controls", "Controls", (SectionColumn("control"), SectionColumn("result")), (("c", "passed"),))
MEANS = Section(
    "conditions",
    "em under each condition",
    (SectionColumn("condition"), SectionColumn("rag", "", 3), SectionColumn("qlora", "", 3)),
    (("few", Figure(0.5, 0.4, 0.6, 10), None), ("all", Figure(0.5), Figure(0.75, 0.7, 0.9, 10))),
)
TABLE = StudyTable(
    "Study x: qa, m", "How much?", ("rag is <level>.",), (CONTROLS, MEANS), (act("Failed", "qlora under few"),), False
)


def test_every_format_has_the_finding_or_the_numbers():
    files = page.files(TABLE)
    assert set(files) == {"table.md", "table.csv", "table.tex"}
    assert "rag is &lt;level>." in files["table.md"]
    assert "**! Failed:** qlora under few" in files["table.md"]
    assert "0.750 [.700, .900]" in files["table.md"]
    rows = list(csv.DictReader(io.StringIO(files["table.csv"])))
    (cell,) = [row for row in rows if (row["row"], row["column"]) == ("all", "qlora")]
    assert (cell["section"], cell["value"], cell["low"], cell["n"]) == ("conditions", "0.75", "0.7", "10")
    assert r"\begin{tabular}" in files["table.tex"]
    assert "0.750" in files["table.tex"]


def test_the_screen_shows_finding_warnings_and_tables():
    shown = page.terminal(TABLE)
    assert shown.index("rag is <level>.") < shown.index("! Failed") < shown.index("em under each condition")
    assert "0.750 [.700, .900]" in shown


def test_the_picture_is_of_the_first_table_with_numbers_and_the_same_each_time():
    assert picture.pictured(TABLE.sections) is MEANS
    assert picture.pictured((CONTROLS,)) is None
    first = picture.drawn(MEANS, TABLE.title, "svg")
    assert first == picture.drawn(MEANS, TABLE.title, "svg")
    assert b"<svg" in first
    assert picture.drawn(MEANS, TABLE.title, "pdf").startswith(b"%PDF")
