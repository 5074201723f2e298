"""A terminal of 100 columns or fewer: long names are wrapped, and nothing is wider than the terminal."""

import dataclasses

import pytest

from harness.reports.terminal import Terminal


@pytest.mark.parametrize("width", [60, 80, 100])
def test_long_names_fit(table, width):
    rows = [dataclasses.replace(row, arm=row.arm + "_with_a_long_name" * 5) for row in table.rows]
    long = dataclasses.replace(table, rows=tuple(rows), title="a task of a very long name " * 10)
    text = Terminal(width=width, colour="never").render(long)
    assert max(map(len, text.splitlines())) <= width
    assert "0.775" in text


def test_a_narrow_terminal_loses_no_column(table):
    wide, narrow = (Terminal(width=width, colour="never").render(table) for width in (200, 50))
    for column in ("failed", "exact_match", "rouge_l"):
        assert column in wide
        assert column in narrow
