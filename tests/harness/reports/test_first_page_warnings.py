"""What the first page repeats of its sections: what must be acted on, and doubts about the prices that it shows."""

import dataclasses

import pytest

from harness.analysis.result import Figure, Note, Section, SectionColumn, warning
from harness.reports.first_page import first_page

UNCHECKED = warning("Prices not checked", "example figures")
BASIS = "per 1,000 answers, saturated"


def priced(table, *notes):
    """The table with a price of every arm, on the first page and in the ledger."""
    arm, price = SectionColumn("arm"), SectionColumn(BASIS, "EUR")
    amounts = tuple((row.arm, Figure(0.5)) for row in table.rows)
    shown = tuple((name, None, amount) for name, amount in amounts)
    summary = Section("summary", "Summary", (arm, SectionColumn("p95, ms"), price), shown)
    cost = Section("cost", "Cost", (arm, price), amounts, notes, basis=BASIS)
    return dataclasses.replace(table, sections=(summary, cost))


def test_example_prices_are_called_so_where_they_are_shown(table):
    page = first_page(priced(table, UNCHECKED))
    assert "EUR/1,000" in [heading for heading, _ in page.strips]
    assert UNCHECKED in page.warnings
    assert UNCHECKED not in first_page(priced(table)).warnings


def test_prices_that_are_not_shown_need_no_warning(table):
    unpriced = priced(table, UNCHECKED)
    unpriced = dataclasses.replace(unpriced, sections=unpriced.sections[1:])
    assert UNCHECKED not in first_page(unpriced).warnings


@pytest.mark.parametrize("level", ["act", "warning", "note"])
def test_only_what_must_be_acted_on_is_repeated_word_for_word(table, level):
    note = Note("Prices", "of another unit", level)
    page = first_page(priced(table, note))
    assert (note in page.warnings) == (level == "act")
    assert [one.level for one in page.warnings] == sorted(
        (one.level for one in page.warnings), key=["act", "warning"].index
    )


def test_no_seed_moves_an_adapter_that_was_brought(table):
    def topics(**changes):
        rows = tuple(dataclasses.replace(row, **changes) for row in table.rows)
        return {note.topic for note in first_page(dataclasses.replace(table, rows=rows)).warnings}

    assert "One seed" in topics()
    assert "One seed" not in topics(brought=True)
