"""A terminal of 100 columns: long names are stacked, and the end of a run is the scoreboard."""

import dataclasses

from harness.analysis.result import Section, SectionColumn
from harness.reports.terminal import Terminal

PLAIN = Terminal(width=100, colour="never")


def test_long_names_and_sentences_fit(table):
    words = "too close to call; if there is a difference, it is likely at most 0.003 " * 3
    section = Section(
        "g", "G", (SectionColumn("arms"), SectionColumn("in words")), (("an_arm_of_a_very_long_name" * 3, words),)
    )
    rows = [dataclasses.replace(row, arm=row.arm + "_with_a_long_name" * 5) for row in table.rows]
    text = PLAIN.render(dataclasses.replace(table, rows=tuple(rows), sections=(section,)))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("likely") == 3


def test_the_end_of_a_run_is_the_scoreboard_and_the_glance(table):
    sections = tuple(Section(name, name.upper(), (SectionColumn("arm"),), (("a",),)) for name in ("summary", "cost"))
    text = PLAIN.brief(dataclasses.replace(table, sections=sections))
    assert "GLANCE" in text
    assert "COST" not in text
