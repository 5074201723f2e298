"""The section Decide of a report in Chromium, beside what Python computes from the same measurements."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import decide_page
from harness.cli.config import REFERENCE, compose, costing, reports
from harness.cli.decide import data_from
from harness.cli.tables import compared
from harness.reports.html.report import Html
from harness.studies.decision.measured import measure
from harness.studies.decision.page_data import page_data
from harness.studies.decision.samples import exact, sampled
from tests.browser import running_chromium
from tests.harness.studies.decision.cards import measured

ARMS = ("base", "rag", "raft")
WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium():
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def committed():
    """The committed qa results: how pages are made, what was compared, what was measured and the decisions offered."""
    config = compose([])
    (html,) = [one for one in reports(config) if isinstance(one, Html)]
    result, offered = compared(REFERENCE / "qa/pocket", costing(config)), decide_page.decisions("qa")
    data = data_from(REFERENCE / "qa/pocket", result.chosen, (), offered[0], result.costing)
    return html, result, measure(data, offered[0]), offered


@pytest.fixture(scope="session")
def report(committed, tmp_path_factory):
    """The page of the committed qa results; with what it was measured from and the decision it starts from."""
    html, result, known, offered = committed
    path = tmp_path_factory.mktemp("decide") / "report.html"
    path.write_text(html.card_page(result.table, result.arms, page_data(known, offered)), encoding="utf-8")
    return path, known, offered[0]


@pytest.fixture(scope="session")
def made_report(committed, tmp_path_factory):
    """The page of a made world, in which weights, limits, questions, updates and labels each bring another arm."""
    html, result, _, offered = committed
    known, chosen = made_world(), replace(offered[0], **MADE)
    path = tmp_path_factory.mktemp("decide") / "made.html"
    path.write_text(html.card_page(result.table, result.arms, page_data(known, [chosen])), encoding="utf-8")
    return path, known, chosen


MADE = {"weights": {"facts": 8.0, "price": 2.5, "upkeep": 2.0, "latency": 0.3, "labels": 0.1, "privacy": 0.2}}


def made_world():
    values = {
        "facts": {"base": [0.2, 0.3, 0.25], "rag": [0.6, 0.75, 0.7], "raft": [0.8, 0.95, 0.85]},
        "price": {"base": [0.01, 0.011], "rag": [0.01, 0.012], "raft": [0.9, 1.0, 1.2]},
        "upkeep": {"base": 0.0, "rag": [0.01, 0.02], "raft": [2.0, 3.0]},
        "latency": {"base": [100.0, 120.0], "rag": [300.0, 450.0], "raft": [500.0, 900.0, 600.0]},
        "labels": {"base": 0.0, "rag": 0.0, "raft": 900.0},
        "privacy": {},
    }
    curve = tuple((size, sampled(mean, [mean - 0.1, mean + 0.1] * 500)) for size, mean in ((0, 0.2), (100, 0.4)))
    known = {"holds_documents": {"raft": "it was trained on them"}, "trained_rows": {"raft": 900}}
    return measured(values, ARMS, curves={"raft": (*curve, (900, exact(0.86)))}, **known)


@pytest.fixture
def opened(chromium, report):
    """Open a report and wait until its card is computed; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def open_at(fragment="", viewport=WIDE, path=report[0], **options):
        context = chromium.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{Path(path).as_uri()}{fragment}")
        page.wait_for_selector("#rows .row")
        return settled(page)

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def settled(page):
    """Wait until the card says what the controls say."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_selector("#decide[aria-busy=false]")
    return page


def answer(page, name, value):
    """Move a slider as a keyboard does."""
    opened_details(page)
    page.focus(f"#d-answers-{name}")
    page.keyboard.press("Home")
    for _ in range(value):
        page.keyboard.press("ArrowRight")
    settled(page)


def opened_details(page):
    page.evaluate("document.querySelectorAll('#decide details').forEach((one) => { one.open = true; })")


def rows_of(page, table):
    """Return the text of every cell, a row each, the head first."""
    opened_details(page)
    return page.evaluate(
        """(id) => [...document.querySelectorAll(`#${id} tr`)]
                    .map((row) => [...row.cells].map((cell) => cell.innerText))""",
        table,
    )
