"""Quality, time and cost side by side: only where one of them was measured, and the numbers of the other tables."""

from pathlib import Path

from harness.analysis.table import build
from harness.cli.config import compose, costing
from harness.cli.tables import compared
from harness.reports.terminal import Terminal
from tests.harness.records import record, section

REAL = Path(__file__).resolve().parents[4] / "results/qa/pocket"


def test_without_time_and_prices_there_is_none():
    found = build([record(arm, [0.5, 1.0] * 5) for arm in ("base", "rag")], resamples=50)
    assert all(one.name != "summary" for one in found.sections)


def test_it_stands_first_with_the_numbers_of_the_scoreboard_and_of_the_latency_and_cost_tables():
    table = compared(REAL, costing(compose([]))).table
    shown = table.sections[0]
    assert shown.name == "summary"
    latency = {row[0]: row for row in section(table, "latency").rows if row[2].value == 1}
    place = [column.name for column in section(table, "latency").columns].index("p95, ms")
    cost = {row[0]: row for row in section(table, "cost").rows}
    dear = [column.name for column in section(table, "cost").columns].index("per 1,000 answers, saturated")
    means = {row.arm: {c.metric: e.mean for c, e in zip(table.columns, row.entries, strict=True)} for row in table.rows}
    assert {row[0] for row in shown.rows} == {row.arm for row in table.rows} - {"oracle", "random"}
    for row in shown.rows:
        for cell, column in zip(row[1:-2], shown.columns[1:-2], strict=True):
            assert abs(cell.value - means[row[0]][column.name.rstrip(" ↑↓")]) < 1e-9
        assert row[-2] == latency[row[0]][place]
        assert row[-1] == cost[row[0]][dear]
    text = Terminal(width=100, colour="never").render(table)
    assert max(map(len, text.splitlines())) <= 100
    assert "p95, ms  USD/1,000" in text
