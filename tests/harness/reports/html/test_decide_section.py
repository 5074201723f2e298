"""The section Decide in a real browser: it says what `make decide` says, keeps its state in the address, reads well."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import decide_page
from harness.cli.config import REFERENCE, compose, costing, reports
from harness.cli.decide import data_from
from harness.cli.tables import compared
from harness.reports.html.report import Html
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import measure
from harness.studies.decision.page_data import page_data
from tests.browser import executable, needed

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    playwright = needed("playwright.sync_api")
    path = executable()
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The page of the committed qa results; with what it was measured from and the decision it starts from."""
    config = compose([])
    (html,) = [one for one in reports(config) if isinstance(one, Html)]
    folder = REFERENCE / "qa/pocket"
    result, offered = compared(folder, costing(config)), decide_page.decisions("qa")
    measured = measure(data_from(folder, result.chosen, (), offered[0], result.costing), offered[0])
    path = tmp_path_factory.mktemp("decide") / "report.html"
    text = html.card_page(result.table, result.arms, page_data(measured, offered))
    path.write_text(text, encoding="utf-8")
    return path, measured, offered[0]


@pytest.fixture
def opened(chromium, report):
    """Open the report; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def open_at(fragment="", viewport=WIDE, **options):
        context = chromium.new_context(viewport=viewport, **options)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{Path(report[0]).as_uri()}{fragment}")
        page.wait_for_selector("#rows .row")
        contexts.append(context)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def answer(page, name, value):
    """Move a slider as a keyboard does."""
    page.evaluate("document.querySelectorAll('#decide details').forEach((one) => { one.open = true; })")
    page.focus(f"#d-answers-{name}")
    page.keyboard.press("Home")
    for _ in range(value):
        page.keyboard.press("ArrowRight")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shown(page):
    """Return the table of arms as numbers: arm -> what its columns say."""
    page.evaluate("document.querySelectorAll('#decide details').forEach((one) => { one.open = true; })")
    rows = page.evaluate(
        "[...document.querySelectorAll('#d-arms tr')].map((row) => [...row.cells].map((cell) => cell.innerText))"
    )
    names = [name.strip() for name in rows[0][1:]]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows[1:]}


def assert_same(page, measured, decision):
    found, table = Evaluation(measured, decision), shown(page)
    assert list(table) == list(found.arms)
    for place, arm in enumerate(found.arms):
        out = arm in found.kept.ruled_out
        assert table[arm]["probability of being best"] == ("–" if out else f"{found.first[arm]:.3f}")
        assert table[arm]["expected utility"] == f"{found.scores[place]:.3f}"
        assert table[arm]["keeps the limits"] == f"{found.kept.probability[arm]:.3f}"
    best = "No arm" if found.recommended is None else f"Use {found.arms[found.recommended]}:"
    assert page.inner_text("#d-headline").startswith(best)
    if found.recommended is not None:
        expected = found.arms[found.recommended]
        assert table[expected]["expected regret"] == f"{found.regret.mean():.3f}"


@pytest.mark.parametrize("value", [0, 4])
def test_moving_a_slider_shows_what_make_decide_says(opened, report, value):
    page, (_, measured, decision) = opened(), report
    assert_same(page, measured, decision)
    before = shown(page)
    answer(page, "latency", value)
    assert_same(page, measured, replace(decision, answers={**decision.answers, "latency": value}))
    assert shown(page) != before


def test_limits_and_use_count_as_in_make_decide(opened, report):
    page, (_, measured, decision) = opened(), report
    page.fill("#d-limits-latency", "200")
    page.fill("#d-use-questions_per_day", "50000")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    use = replace(decision.use, questions_per_day=50_000.0)
    assert_same(page, measured, replace(decision, limits={**decision.limits, "latency": 200.0}, use=use))
    assert "time of an answer (p95) of at most 200 ms" in page.inner_text("#d-words")


def test_an_address_restores_the_state_and_going_back_the_one_before(opened):
    page = opened()
    start = page.inner_text("#d-headline")
    page.fill("#d-limits-latency", "200")
    page.press("#d-limits-latency", "Tab")
    changed = page.inner_text("#d-headline")
    assert changed != start
    fragment = page.evaluate("location.hash")
    assert fragment == "#d.limits.latency=200"
    page.go_back()
    page.wait_for_function("document.getElementById('d-limits-latency').value === ''")
    assert page.inner_text("#d-headline") == start
    again = opened(fragment)
    assert again.input_value("#d-limits-latency") == "200"
    assert again.inner_text("#d-headline") == changed


def test_another_preset_is_a_fresh_start(opened):
    page = opened("#d.preset=summarization&d.answers.adaptation=0&d.preset.nonsense=1&d.use.questions_per_day=many")
    assert page.input_value("#d-answers-adaptation") == "0"
    page.click("#d-reset")
    assert page.input_value("#d-answers-adaptation") == "4"
    assert page.evaluate("location.hash") == "#d.preset=summarization"


def test_it_reads_on_a_phone_and_without_barriers(opened):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    for viewport, scheme in ((WIDE, "dark"), (NARROW, "light")):
        page = opened("#decide", viewport, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('#decide details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe.run(page, context="#decide").response["violations"] == []
    assert page.get_attribute("#d-headline", "aria-live") == "polite"
    assert page.get_attribute("#d-answers-hallucination", "aria-valuetext") == "decides"


def test_paper_shows_the_state(opened):
    page = opened("#d.limits.latency=200")
    page.emulate_media(media="print")
    assert page.is_visible("#d-headline")
    assert page.input_value("#d-limits-latency") == "200"
    assert page.is_visible("#d-limits-latency")
