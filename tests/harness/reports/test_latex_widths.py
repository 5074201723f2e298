"""Columns of a LaTeX table: intervals stay whole, words share what room is left, long tables are cut."""

import dataclasses

import pytest

from harness.analysis.result import Figure, Section, SectionColumn
from harness.reports.cells import section_blocks
from harness.reports.latex import MOST_LINES, Latex
from harness.reports.latex_text import pieces, set_cell, set_text
from harness.reports.latex_widths import GAP, size, strip_width, widths

WORDS = "together worse than the two effects add up to, and by much"


def section(rows=6, columns=4):
    names = [
        SectionColumn("arm"),
        *(SectionColumn(f"figure {place}") for place in range(columns)),
        SectionColumn("in words"),
    ]
    figures = [Figure(0.5, 0.25, 0.75, significant=True)] * columns
    return Section("g", "Some section", tuple(names), tuple((f"arm{row}", *figures, WORDS) for row in range(rows)))


@pytest.mark.parametrize("room", [50, 80, 120])
def test_every_block_fits_its_room_and_breaks_words_only(room):
    for block in section_blocks(section(), room, strip_width, GAP):
        found = widths(block, room)
        assert sum(one.digits for one in found) + GAP * (len(found) - 1) <= room + 1e-9
        broken = {name for name, one in zip(block.headings, found, strict=True) if one.breaks}
        assert broken <= {"in words"}


def test_intervals_and_marks_are_one_piece():
    assert pieces("+0.492 [+.469, +.513] *") == ["+0.492", "[+.469, +.513] *"]
    assert pieces("83.9 [82.1, >100.7]") == ["83.9", "[82.1, >100.7]"]
    assert pieces("fact_coverage ↑") == ["fact_", "coverage ↑"]
    assert set_cell("-0.492 [-.469, +.513] *") == r"$-$0.492 [$-$.469,~+.513]\textsuperscript{*}"
    assert set_text("a * b") == r"a \textsuperscript{*} b"  # a note, not a mark


def test_long_words_may_be_broken_and_numbers_may_not():
    assert set_text("fact_coverage") == r"fact\_\allowbreak{}coverage"
    assert set_text("x" * 45).count(r"\allowbreak{}") == 2
    assert set_text("123456789.0123456789") == "123456789.0123456789"


def test_narrow_letters_take_less_than_wide_ones():
    assert size("illicit") < size("0000000") < size("MWMWMWM")


def test_a_long_grid_goes_on_under_a_second_heading(table):
    text = Latex(80).render(dataclasses.replace(table, sections=(section(rows=100, columns=1),)))
    own = text.split("Some section")[1]
    cut = own.split(r"\begin{tabular}")[1:]
    assert len(cut) > 2
    assert all(part.count(r"\\") <= MOST_LINES for part in cut)
    assert sum(part.count("\narm") for part in cut) == 100 + len(cut)
    assert own.count(r"\captionof") == 0
