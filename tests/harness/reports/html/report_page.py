"""The report in a real browser, for tests: opened so that whatever the browser complains of fails the test."""

import re
from pathlib import Path

import pytest

from harness.cli.config import compose, reports
from harness.cli.tables import compared
from harness.reports.html.report import Html
from tests.browser import running_chromium
from tests.harness.reports.html.made_records import make_record, make_result

ROOT = Path(__file__).resolve().parents[4]
REAL = ROOT / "results/reference/qa/pocket"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page of real records, or of made ones where results were cleared away; with the comparison it shows."""
    (html,) = [one for one in reports(compose([])) if isinstance(one, Html)]
    if any(REAL.glob("records/*.jsonl")):
        result = compared(REAL)
    else:
        result = make_result([make_record(arm, n=60) for arm in ("base", "rag", "qlora", "hybrid")])
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html.page(result.table, result.arms), encoding="utf-8")
    return path, result


@pytest.fixture
def opened(chromium, report):
    """Open the report; whatever the browser complains of fails the test."""
    pages, complaints = [], []

    def open_at(address=report[0], viewport=WIDE, fragment="", **options):
        context = chromium.new_context(viewport=viewport, **options)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if "file://" not in request.url else None)
        page.goto(f"{Path(address).as_uri()}{fragment}")
        page.wait_for_selector("#rows .row")
        pages.append(context)
        return page

    yield open_at
    for context in pages:
        context.close()
    assert complaints == []


def count(page):
    return int(re.match(r"([\d,]+)", page.inner_text("#count"))[1].replace(",", ""))


def first_row(page):
    return page.inner_text("#rows .row:first-child .meta").split(" · ")[0]


def values_of(result, arm, metric):
    records = result.arms[arm]
    found = {}
    for record in records:
        for score in record.scores:
            if score.metric == metric and score.value is not None:
                found.setdefault(score.example_id, []).append(score.value)
    return {example_id: sum(own) / len(own) for example_id, own in found.items()}


@pytest.fixture
def arms(report):
    return list(report[1].arms)


@pytest.fixture
def metric(report):
    return report[1].table.columns[0].metric


def serious(found):
    return [
        (one["id"], node["target"], node["any"][:1])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


HOSTILE = """</script><script>globalThis.hacked = 1</script>"><img src=x onerror="globalThis.hacked = 1">
<svg onload="globalThis.hacked = 1"><a href="javascript:globalThis.hacked = 1">x</a>\u202egnp.exe\u0000 {{ 7*7 }}"""
