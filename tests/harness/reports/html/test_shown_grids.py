"""Grids as the page shows them."""

from harness.analysis.result import Figure, Grid, GridColumn
from harness.reports.html.shown_grids import shown_grids


def test_a_unit_that_the_heading_names_stands_there_once():
    columns = (
        GridColumn("arm"),
        GridColumn("p50, ms", "ms"),
        GridColumn("USD per answer", "USD"),
        GridColumn("n", "x"),
    )
    (shown,) = shown_grids([Grid("g", "G", columns, (("a", Figure(1.0), Figure(2.0), Figure(3.0)),))])
    assert shown.headings == (("arm", ""), ("p50, ms", ""), ("USD per answer", ""), ("n", "x"))
