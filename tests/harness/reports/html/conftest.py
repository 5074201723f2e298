from pathlib import Path

import pytest

from tests.harness.reports.html.made_records import make_record, make_result


@pytest.fixture
def html():
    from harness.reports.html.report import Html

    return Html(("exact_match",), ("chrf",), pack_above_megabytes=4.0, rows_in_page=20_000, rows_in_file=500)


@pytest.fixture
def result():
    records = [make_record(arm) for arm in ("base", "rag", "hybrid")]
    return make_result([*records, make_record("qlora", 0), make_record("qlora", 1)])


@pytest.fixture
def make_page(html, tmp_path):
    """Write a report and return its path."""

    def write(records, name="report.html", **changes) -> Path:
        made = make_result(records, **changes)
        path = tmp_path / name
        path.write_text(html.page(made.table, made.arms), encoding="utf-8", newline="\n")
        return path

    return write
