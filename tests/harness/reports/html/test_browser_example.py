"""What an open example shows, what stands over the arms, and what is saved and hidden, in a real browser."""

import csv
import dataclasses
import io

import pytest

from harness.cli.config import compose, reports
from harness.reports.html.report import Html
from tests.harness.reports.html import report_page
from tests.harness.reports.html.made_records import make_record, make_result
from tests.harness.reports.html.report_page import NARROW, WIDE, values_of

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium, report, opened = report_page.chromium, report_page.report, report_page.opened
arms, metric = report_page.arms, report_page.metric


def test_an_example_shows_everything_that_is_known(opened, report):
    result = report[1]
    page, record = opened(), result.arms["rag"][0]
    example, prediction = record.examples[0], record.predictions[0]
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })")
    text = page.inner_text("dialog[open]")
    for shown in (example.references[0], prediction.text, prediction.passages[0].text, "gold evidence", "Timings"):
        assert " ".join(shown.split()) in " ".join(text.split())
    assert page.locator("dialog .card").count() == len(result.arms)
    assert page.locator("dialog mark").count() > 0


def test_gold_evidence_is_shown_where_no_arm_retrieved_it(opened, tmp_path):
    (html,) = [one for one in reports(compose([])) if isinstance(one, Html)]
    made = [make_record(arm, n=6) for arm in ("base", "qlora")]
    long = dataclasses.replace(made[0].evidence[1], text="Lamp 1 is green. " + "It hangs in the hall. " * 100)
    records = [dataclasses.replace(one, evidence=(one.evidence[0], long)) for one in made]
    result = make_result(records)
    path = tmp_path / "report.html"
    path.write_text(html.page(result.table, result.arms), encoding="utf-8")
    page = opened(path, fragment="#example=e00000")
    page.wait_for_selector("dialog[open]")
    assert "Lamp 0 · d0 (no arm retrieved it)" in page.inner_text(".evidence")
    assert "It hangs in the hall." in page.inner_text(".evidence")
    assert page.inner_text(".evidence mark").startswith("Lamp 0 is green")
    page.keyboard.press("n")
    assert "It hangs in the hall." not in page.inner_text(".evidence")  # long: folded until it is asked for
    page.click(".evidence summary")
    assert "It hangs in the hall." in page.inner_text(".evidence")
    page.keyboard.press("n")
    assert "d2 (no arm retrieved it)" in page.inner_text(".question")


def test_means_stand_over_the_arms_and_are_those_of_the_choice(opened, report, metric):
    page, result = opened(), report[1]
    means = dict(text.split() for text in page.locator("#rows .head [role=columnheader]").all_inner_texts()[1:])
    for row in result.table.rows:
        assert float(means[row.arm]) == pytest.approx(row.entries[0].mean, abs=0.0051)
    page.select_option("#of", label="rag")
    page.fill("#low", "1")
    own = {arm: values_of(result, arm, metric) for arm in ("base", "rag")}
    left = [one for one, value in own["rag"].items() if value >= 1]
    means = dict(text.split() for text in page.locator("#rows .head [role=columnheader]").all_inner_texts()[1:])
    assert float(means["rag"]) == 1.0
    assert float(means["base"]) == pytest.approx(sum(own["base"][one] for one in left) / len(left), abs=0.0051)


def test_there_is_no_mean_where_the_scoreboard_refuses_one(opened, make_page):
    record = make_record("rag", n=40)
    unjudged = tuple(
        dataclasses.replace(one, value=None, reason="unjudged") if one.metric == "exact_match" and place < 5 else one
        for place, one in enumerate(record.scores)
    )
    page = opened(make_page([make_record("base", n=40), dataclasses.replace(record, scores=unjudged)]))
    assert page.locator("#rows .head [role=columnheader]").nth(2).inner_text() == "rag –"
    page.select_option("#metric", label="chrf")
    assert page.locator("#rows .head [role=columnheader]").nth(2).inner_text() != "rag –"


def test_the_chosen_examples_are_saved_as_csv(opened, make_page, tmp_path):
    records = [make_record("base", n=12), make_record("qlora", 0, n=12), make_record("qlora", 1, n=12)]
    first = dataclasses.replace(records[0].predictions[3], text='=HYPERLINK("http://x")\nsecond, line')
    changed = (*records[0].predictions[:3], first, *records[0].predictions[4:])
    page = opened(make_page([dataclasses.replace(records[0], predictions=changed), *records[1:]]))
    page.fill("#q", "e00003")
    with page.expect_download() as waiting:
        page.click("#save")
    waiting.value.save_as(tmp_path / "examples.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "examples.csv").read_text(encoding="utf-8-sig"), newline=""))
    assert (row["id"], row["slice"], row["answerable"]) == ("e00003", "yard", "1")
    assert row["base: answer"] == '\'=HYPERLINK("http://x")\nsecond, line'  # a spreadsheet runs nothing
    scores = {one.metric: one.value for one in records[2].scores if one.example_id == "e00003"}
    assert float(row["qlora, seed 1: chrf"]) == pytest.approx(scores["chrf"])
    assert row["qlora, seed 0: outcome"] == "answered"


def test_marked_quotes_stay_in_their_line(opened, report):
    page = opened()
    page.locator("#rows .row").first.click()
    assert page.evaluate("[...document.querySelectorAll('dialog mark')].map((one) => getComputedStyle(one).display)")
    assert set(
        page.evaluate("[...document.querySelectorAll('dialog mark')].map((one) => getComputedStyle(one).display)")
    ) == {"inline"}


def test_numbers_that_a_metric_notes_are_read_as_words(opened, make_page):
    record = make_record("rag", n=3)
    noted = tuple(dataclasses.replace(one, details={"place": 0.0381, "order": 1.0}) for one in record.scores)
    page = opened(make_page([make_record("base", n=3), dataclasses.replace(record, scores=noted)]))
    page.locator("#rows .row").first.click()
    assert "place 0.04, order 1" in page.inner_text("dialog .card.s2")
    assert "{" not in page.inner_text("dialog .card.s2 table")


def test_without_script_there_are_no_dead_controls(chromium, report):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report[0].as_uri())
    assert [page.locator(one).is_visible() for one in ("#controls", "#rows", "#theme")] == [False, False, False]
    assert page.locator("noscript p").is_visible()
    assert page.locator("#scoreboard table").first.is_visible()
    context.close()


def test_markdown_of_an_example_is_copied(opened, report):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    record = report[1].arms["rag"][0]
    page.locator("#rows .row").first.click()
    page.keyboard.press("c")
    page.wait_for_selector("text=Copied as Markdown")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("### ")
    assert f"```text\n{record.predictions[0].text}\n```" in text


def test_scrolling_and_jumping_draw_the_rows_in_sight(opened, report):
    page, examples = opened(), report[1].arms["base"][0].examples
    page.evaluate("document.getElementById('rows').scrollTop = 1e9")
    # by selector: wait_for_function is evaluated in the page, which its policy forbids
    page.wait_for_selector(f"#row-{len(examples) - 1}", state="attached")
    assert page.locator("#rows .row").count() < 40


def test_arms_can_be_hidden(opened, arms):
    page = opened()
    page.locator("input[name=shown]").nth(0).uncheck()
    heads = page.locator("#rows .head [role=columnheader]").all_inner_texts()
    assert [text.split()[0] for text in heads] == ["example", *arms[1:]]


def test_dark_and_light(opened):
    paper = "getComputedStyle(document.body).backgroundColor"
    dark, light = opened(color_scheme="dark"), opened(color_scheme="light")
    assert dark.evaluate(paper) != light.evaluate(paper)
    light.click("#theme")
    assert light.evaluate(paper) == dark.evaluate(paper)
    assert light.inner_text("#theme") == "Light"
    light.reload()
    light.wait_for_selector("#rows .row")
    assert light.evaluate(paper) == dark.evaluate(paper)  # the choice is kept


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_itself_never_scrolls_sideways(opened, viewport):
    page = opened(viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.querySelector('dialog .inside').scrollWidth") <= viewport["width"]


def test_a_narrow_row_shows_every_arm(opened, arms):
    page = opened(viewport=NARROW)
    names = page.locator("#rows .row").first.locator(".name").all_inner_texts()
    assert names == arms
