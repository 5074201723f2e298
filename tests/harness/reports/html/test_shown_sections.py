"""Sections as the page shows them."""

from harness.analysis.result import Figure, Section, SectionColumn
from harness.reports.html.report import shown_sections


def test_a_unit_that_the_heading_names_stands_there_once():
    columns = (
        SectionColumn("arm"),
        SectionColumn("p50, ms", "ms"),
        SectionColumn("USD per answer", "USD"),
        SectionColumn("n", "x"),
    )
    (shown,) = shown_sections([Section("g", "G", columns, (("a", Figure(1.0), Figure(2.0), Figure(3.0)),))])
    assert shown.headings == (("arm", ""), ("p50, ms", ""), ("USD per answer", ""), ("n", "x"))
