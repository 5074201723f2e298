"""What `make test` checks in a real browser; the rest is in test_browser*.py, which `make test-slow` runs."""

import pytest

from tests.harness.reports.html import report_page
from tests.harness.reports.html.made_records import make_record

chromium, report, opened = report_page.chromium, report_page.report, report_page.opened


@pytest.fixture
def page(opened, make_page):
    return opened(make_page([make_record(arm, n=50, texts=report_page.HOSTILE) for arm in ("base", "rag")]))


def test_rows_are_drawn_found_and_opened_and_hostile_text_runs_nothing(page):
    assert report_page.count(page) == 50
    page.fill("#q", "lamp 17")
    assert (report_page.count(page), report_page.first_row(page)) == (1, "e00017")
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    assert "onerror=" in page.inner_text("dialog[open]")
    assert page.evaluate("globalThis.hacked === undefined")
    page.keyboard.press("Escape")
