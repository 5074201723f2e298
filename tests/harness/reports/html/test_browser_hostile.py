"""Hostile, odd and large contents of a report, and its accessibility, in a real browser."""

import dataclasses

import pytest

from tests.browser import needed
from tests.harness.reports.html import report_page
from tests.harness.reports.html.made_records import make_record, make_result
from tests.harness.reports.html.report_page import HOSTILE, NARROW, WIDE, count, serious

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium, report, opened = report_page.chromium, report_page.report, report_page.opened


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def test_no_serious_accessibility_violation(opened, viewport, scheme):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    page = opened(viewport=viewport, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    assert serious(axe.run(page)) == []
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })")
    assert serious(axe.run(page)) == []


def test_hostile_text_runs_nothing_and_is_shown_as_text(opened, make_page):
    records = [make_record(arm, n=12, texts=HOSTILE) for arm in ("base", "rag")]
    odd = dataclasses.replace(records[1], cell=dataclasses.replace(records[1].cell, arm='rag"><img src=x>'))
    page = opened(make_page([records[0], odd], title=HOSTILE))
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("globalThis.hacked === undefined")
    assert page.locator("img, dialog a, dialog svg").count() == 0
    text = page.inner_text("dialog[open]")
    assert 'onerror="globalThis.hacked' in text
    assert "U+202E" in text
    assert "\u202e" not in text
    page.keyboard.press("Escape")


def everywhere(record, text):
    """A record whose every name and remark holds the text as well."""
    names = {one.id: one.id + text for one in record.examples}
    slices = ("hall" + text, "yard" + text)
    examples = tuple(
        dataclasses.replace(one, id=names[one.id], slice=slices[place % 2], group=text, facts=(text,))
        for place, one in enumerate(record.examples)
    )
    predictions = tuple(
        dataclasses.replace(
            one,
            example_id=names[one.example_id],
            error=text,
            passages=tuple(dataclasses.replace(each, title=text, document_id=text) for each in one.passages),
            spans=tuple(dataclasses.replace(each, stage=text) for each in one.spans),
        )
        for one in record.predictions
    )
    scores = tuple(dataclasses.replace(one, example_id=names[one.example_id], note=text) for one in record.scores)
    judged = tuple(
        dataclasses.replace(
            one,
            example_id=names[one.example_id],
            evidence_source=text,
            claims=tuple(dataclasses.replace(each, quote=text) for each in one.claims),
        )
        for one in record.judgements
    )
    return dataclasses.replace(
        record,
        examples=examples,
        predictions=predictions,
        scores=scores,
        judgements=judged,
        timings=None,
        facts={**record.facts, "quantisation": text},
        environment={"python": text},
        spec={"given": [f"task={text}"], "config": {"x": text}},
    )


def test_hostile_names_and_remarks_are_text_and_stretch_no_page(opened, make_page):
    records = [everywhere(make_record(arm, n=12, texts=HOSTILE), HOSTILE) for arm in ("base", "rag")]
    page = opened(make_page(records, title=HOSTILE), viewport=NARROW)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.locator("#rows .row").nth(1).click()
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.querySelector('dialog .inside').scrollWidth") <= NARROW["width"]
    assert page.evaluate("globalThis.hacked === undefined")
    assert page.locator("img, dialog a, dialog svg").count() == 0
    assert "\u202e" not in page.inner_text("body")
    again = opened(make_page(records, title=HOSTILE), fragment=page.evaluate("location.hash"))
    assert again.locator("dialog[open]").count() == 1  # such an id can be linked, too


def test_a_line_of_a_megabyte_does_not_stop_the_viewer(opened, make_page):
    page = opened(make_page([make_record(arm, n=3, texts="x" * 1_000_000) for arm in ("base", "rag")]))
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    assert len(page.inner_text("dialog[open]")) < 300_000
    assert page.locator("dialog button", has_text="Show all").count() > 0


def test_packed_data_are_unpacked(opened, make_page, html, tmp_path):
    result = make_result([make_record(arm) for arm in ("base", "rag")])
    packed = dataclasses.replace(html, pack_above_megabytes=0.001).page(result.table, result.arms)
    path = tmp_path / "packed.html"
    path.write_text(packed, encoding="utf-8")
    assert count(opened(path)) == 40


def test_one_arm_and_no_metric_is_still_a_page(opened, make_page):
    bare = dataclasses.replace(make_record("base", n=5), metrics={}, scores=())
    assert count(opened(make_page([bare]))) == 5


def test_seeds_stand_below_each_other(opened, make_page):
    page = opened(make_page([make_record("base"), make_record("qlora", 0), make_record("qlora", 1)]))
    cells = page.locator("#rows .row").first.locator("[role=gridcell]").all_inner_texts()
    assert ["first of 2 seeds, mean score" in text for text in cells] == [False, False, True]
    page.locator("#rows .row").first.click()
    assert [text for text in page.locator("dialog .card h4").all_inner_texts() if "seed" in text] == [
        "seed 0",
        "seed 1",
    ]


def test_two_thousand_examples_are_filtered(opened, make_page):
    """Their speed is measured by benchmarks/bench_report.py."""
    page = opened(make_page([make_record(arm, n=2000, judgements=()) for arm in ("base", "rag")]))
    page.fill("#q", "lamp 1999")
    assert count(page) == 1
    page.fill("#q", "")
    page.select_option("#sort", "difference")
    assert page.locator("#rows .row").count() < 40
