"""A report on paper, in a real browser."""

import re

import pytest

from tests.harness.reports.html import report_page
from tests.harness.reports.html.made_records import make_record
from tests.harness.reports.html.report_page import count

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium, report, opened = report_page.chromium, report_page.report, report_page.opened


def test_in_print_there_are_rows_and_no_controls(opened):
    page = opened()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows .row").count() > 20
    assert not page.locator("#controls").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")


PAPER = {"width": 718, "height": 1000}
"""pixels of a sheet of A4 inside Chromium's margins"""
CUT = """() => [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && !one.closest("svg")
    && !one.closest(".hidden") && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
OVER = """() => { const rows = [...document.querySelectorAll("#rows .row")]; return rows.filter((one, place) =>
    [...one.children].some((cell) => cell.scrollHeight > cell.clientHeight + 1
        || cell.scrollWidth > cell.clientWidth + 1)
    || rows[place + 1]?.getBoundingClientRect().top < one.getBoundingClientRect().bottom - 1).length; }"""
REST = """() => document.getElementById("rows").getBoundingClientRect().bottom
    - document.querySelector("#rows .row:last-child").getBoundingClientRect().bottom"""
CLOSED = "document.querySelectorAll('.picture details:not([open]), main details.section:not([open])').length"


def test_on_paper_nothing_is_cut_and_nothing_is_empty(opened, report):
    page = opened(viewport=PAPER)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(CUT) == []
    assert page.evaluate(OVER) == 0
    assert page.evaluate(REST) < 5  # no room is kept for rows that are not printed
    tall = page.evaluate("document.documentElement.scrollHeight")
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert pages <= 1.35 * tall / PAPER["height"] + 2
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_on_paper_it_says_how_many_examples_there_are(opened, report):
    page, examples = opened(), report[1].arms["base"][0].examples
    assert not page.locator("#printed").is_visible()
    closed = page.evaluate(CLOSED)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = page.locator("#rows .row").count()
    assert f"Printed here: {shown} of {len(examples)} chosen examples" in page.inner_text("#printed")
    assert page.evaluate(CLOSED) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(CLOSED) == closed


def printed_rows(page):
    """Rows that paper would hold now."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    found = page.locator("#rows .row").count(), page.inner_text("#printed")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    return found


def test_a_reader_chooses_how_many_examples_go_on_paper(opened, make_page):
    page = opened(make_page([make_record(arm, n=640, judgements=()) for arm in ("base", "rag")]))
    rows, text = printed_rows(page)
    assert rows == 100
    assert "Printed here: 100 of 640 chosen examples (of 640)" in text
    assert "set “On paper” (up to 2,000)" in text
    page.select_option("#paper", "500")
    assert printed_rows(page)[0] == 500
    assert "paper=500" in page.evaluate("location.hash")
    page.select_option("#paper", "2000")
    rows, text = printed_rows(page)
    assert rows == 640
    assert "set “On paper”" not in text
    page.fill("#q", "lamp 63")
    rows, text = printed_rows(page)
    assert rows == count(page) == 16
    assert "16 of 16 chosen examples (of 640)" in text
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert pages < 15


def test_an_open_example_is_printed_alone_and_whole(opened, report):
    page, example = opened(viewport=PAPER), report[1].arms["base"][0].examples[0]
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator("main").is_visible()
    assert not page.locator("dialog button").first.is_visible()
    assert page.inner_text("dialog[open]").startswith(example.id)
    inside = "document.querySelector('dialog .inside')"
    assert page.evaluate(f"{inside}.scrollHeight <= {inside}.clientHeight + 1")  # nothing is cut
    page.evaluate("dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("chosen", [False, True], ids=["system", "button"])
def test_a_dark_page_is_printed_dark_on_light(opened, chosen):
    page = opened(color_scheme="light" if chosen else "dark")
    if chosen:
        page.click("#theme")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
