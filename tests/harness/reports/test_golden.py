"""Every byte of every format. Set CUTLERY_REWRITE_GOLDEN=1 to write the files anew, then read the diff."""

import os
from pathlib import Path

import pytest

from harness.reports.csv import Csv
from harness.reports.latex import Latex
from harness.reports.markdown import Markdown
from harness.reports.terminal import Terminal
from tests.harness.reports.conftest import make_record

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    "report",
    [Markdown(width=150), Csv(), Latex(width=80), Terminal(width=100, colour="never")],
    ids=lambda report: report.suffix,
)
def test_the_bytes_are_those_that_a_person_read_and_liked(report, table):
    path = GOLDEN / f"table{report.suffix}"
    compare(path, report.render(table).encode())


def test_the_details_are_those_that_a_person_read_and_liked(table):
    arms = {row.arm: [make_record(row.arm)] for row in table.rows}
    compare(GOLDEN / "details.md", Markdown(width=150).page(table, arms).encode())


def compare(path, rendered):
    if os.environ.get("CUTLERY_REWRITE_GOLDEN"):
        path.write_bytes(rendered)
    assert rendered == path.read_bytes()
