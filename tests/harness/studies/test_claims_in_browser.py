"""The claims page in a real browser: on a phone, for a screen reader, and with names that are markup."""

import pytest

from harness.cli.claims import claims
from harness.studies.claims import page as claims_page
from harness.studies.claims.ledger import ledger_of
from tests.browser import needed
from tests.harness.reports.html import report_page
from tests.harness.studies.claim_evidence import evidence, whole

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium = report_page.chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    hostile = evidence(unreadable=(report_page.HOSTILE,))
    ledgers = [ledger_of(claims(), one) for one in (whole(), hostile)]
    path = tmp_path_factory.mktemp("claims") / "claims.html"
    path.write_text(claims_page.html(ledgers, ["x" * 40]), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=[report_page.WIDE, report_page.NARROW], ids=["wide", "narrow"])
def opened(chromium, address, request):
    context = chromium.new_context(viewport=request.param, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_nothing_is_wider_than_the_screen_and_the_overview_leads_to_each_claim(opened):
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.click(".matrix tbody tr:nth-child(22) a >> nth=0")
    assert opened.evaluate("location.hash") == "#C22-0"
    assert opened.locator("#C22-0 h3").is_visible()
    assert not opened.locator("#C22-0 .claim-part").first.is_visible()
    opened.locator("#C22-0 summary").click()
    assert opened.locator("#C22-0 .claim-part").first.is_visible()


def test_every_verdict_is_read_as_a_word_and_no_violation_is_serious(opened):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    opened.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert report_page.serious(axe.run(opened)) == []
    words = set(opened.locator(".matrix .ruling").all_inner_texts())
    assert words <= {"✓ supported", "✗ refuted", "? undecided", "– not tested", "· does not apply"}


def test_names_run_nothing(opened):
    assert opened.evaluate("globalThis.hacked === undefined")
    assert opened.locator("img").count() == 0
    assert "onerror=" in opened.inner_text("main")
