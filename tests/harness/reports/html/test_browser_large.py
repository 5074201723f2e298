"""A report with files beside it in a real browser: rows, an example, words, paper and CSV load what they need."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.harness.reports.html import report_page
from tests.harness.reports.html.large_page import LAST_WORD, large_records, write_large
from tests.harness.reports.html.made_records import make_record
from tests.harness.reports.html.report_page import HOSTILE, WIDE, count, first_row, values_of

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium, report, opened = report_page.chromium, report_page.report, report_page.opened
MISSING = "report.rows/rows-0003.js is missing: copy the folder with the page"


@pytest.fixture
def large(html, tmp_path):
    return write_large(html, tmp_path)


@pytest.fixture
def damaged(chromium):
    """Open a page whose missing files the browser itself complains of, too."""
    context = chromium.new_context(viewport=WIDE)

    def open_at(path):
        page = context.new_page()
        page.goto(Path(path).as_uri())
        page.wait_for_selector("#rows .row")
        return page

    yield open_at
    context.close()


def searched(page, text, left):
    page.fill("#q", text)
    page.wait_for_selector(f"#count:text-matches('^{left} of')")


def test_rows_show_their_texts_in_any_order(opened, large):
    page, base = opened(large), large_records()[0]
    page.wait_for_selector(f"#rows .row:first-child:has-text('{base.predictions[0].text}')")
    assert count(page) == 47
    page.select_option("#order", "down")
    page.wait_for_selector(f"#rows .row:first-child:has-text('{base.predictions[46].text}')")
    values = values_of(type("", (), {"arms": {"base": [base]}}), "base", "chrf")
    page.select_option("#metric", label="chrf")
    page.select_option("#sort", label="base")
    first = max(values, key=lambda one: (values[one], -int(one[1:])))
    assert first_row(page) == first
    page.wait_for_selector(f"#rows .row:first-child:has-text('{base.predictions[int(first[1:])].text}')")
    page.wait_for_selector("#rows .row:last-child .clip:not(:text-is('…'))")


def test_filters_need_no_file(opened, large):
    page, records = opened(large), large_records()
    page.select_option("#slice", "1")
    assert count(page) == sum(one.slice == "yard" for one in records[0].examples)
    page.click("#reset")
    page.select_option("#answerable", "0")
    assert count(page) == 4
    page.click("#reset")
    page.select_option("#of", label="base")
    page.select_option("#state", "abstained")
    assert count(page) == sum(one.text == "I do not know." for one in records[0].predictions)


def test_an_id_is_found_before_any_file_is_read(damaged, large):
    shutil.rmtree(large.parent / "report.rows")
    page = damaged(large)
    page.fill("#q", "E00046")
    assert count(page) == 1
    assert "rows-0001.js is missing" in page.inner_text("body")


def test_an_example_of_any_file_opens(opened, large):
    page, rag = opened(large, fragment="#example=e00045"), large_records()[1]
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })")
    text = page.inner_text("dialog[open]")
    assert rag.predictions[45].passages[0].text in text
    assert "It hangs in the hall." in text  # the gold document
    assert page.locator("dialog .card").count() == 3
    page.keyboard.press("n")
    page.wait_for_selector("#detail-title:has-text('e00046')")
    page.keyboard.press("Escape")
    page.focus("#rows")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail-title:has-text('e00000')")


def test_words_are_searched_in_all_files(opened, large):
    page = opened(large)
    page.fill("#q", LAST_WORD)
    assert "searched 0 of 47" in page.inner_text("#count")
    assert page.locator("#none").is_hidden()  # not known yet
    page.wait_for_selector("#count:text-matches('^1 of 47')")
    assert first_row(page) == "e00046"
    assert "searched" not in page.inner_text("#count")
    page.select_option("#slice", "1")
    assert count(page) == 0
    assert page.locator("#none").is_visible()
    page.click("#reset")
    assert count(page) == 47


def test_typing_on_ends_a_search(opened, large):
    page = opened(large)
    page.fill("#q", LAST_WORD)
    searched(page, "E0001", 10)
    searched(page, f"e00046 {LAST_WORD}", 1)
    assert first_row(page) == "e00046"


def test_a_missing_file_is_named_and_the_rest_goes_on(damaged, large):
    (large.parent / "report.rows/rows-0003.js").unlink()
    page = damaged(large)
    searched(page, "lamp 2", 4)  # 2, 12, 32 and 42; 20 to 29 are in the missing file
    page.wait_for_selector("#count:not(:text('searched'))")
    assert MISSING in page.inner_text("#count")
    page.click("#reset")
    page.evaluate("location.hash = '#example=e00025'")
    page.wait_for_selector("dialog[open]")
    assert MISSING in page.inner_text("dialog[open]")
    page.keyboard.press("c")  # nothing to copy, and nothing breaks
    for _ in range(5):
        page.keyboard.press("n")
    page.wait_for_selector("dialog .card")
    assert page.inner_text("#detail-title").startswith("e00030")
    page.keyboard.press("Escape")
    searched(page, "e00025", 1)  # by its id, which the page has
    page.click("#reset")
    page.select_option("#slice", "1")
    page.wait_for_selector(f"#rows .row:has-text('e00021'):has-text('{MISSING}')")


def test_a_file_that_comes_back_is_read_when_it_is_asked_for(damaged, large, tmp_path):
    path, rag = large.parent / "report.rows/rows-0003.js", large_records()[1]
    content = path.read_bytes()
    path.unlink()
    page = damaged(large)
    page.evaluate("location.hash = '#example=e00025'")
    page.wait_for_selector(f"dialog[open]:has-text('{MISSING}')")
    path.write_bytes(content)
    page.keyboard.press("n")
    page.wait_for_selector("dialog .card")
    assert rag.predictions[26].text in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"#rows .row:has-text('{large_records()[0].predictions[21].text}')")
    assert MISSING not in page.inner_text("#count")


def test_saving_again_reads_what_came_back_and_a_failure_frees_the_button(damaged, large, tmp_path):
    path = large.parent / "report.rows/rows-0003.js"
    content = path.read_bytes()
    path.unlink()
    page = damaged(large)
    with page.expect_download():
        page.click("#save")
    page.wait_for_selector(f"#count:has-text('{MISSING}')")
    path.write_bytes(content)
    with page.expect_download() as waiting:
        page.click("#save")
    assert "Lamp 25 is" in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    page.wait_for_selector(f"#count:not(:has-text('{MISSING}'))")
    page.evaluate("() => { URL.createObjectURL = () => { throw new Error('no room'); }; }")
    page.click("#save")
    page.wait_for_selector("#save:enabled:text-is('Save as CSV')")


def test_a_file_of_another_report_is_refused(damaged, html, large, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write_large(html, other, [make_record(arm, n=47, texts=" elsewhere") for arm in ("base", "rag", "qlora")])
    name = "report.rows/rows-0002.js"
    (large.parent / name).write_bytes((other / name).read_bytes())
    (large.parent / "report.rows/rows-0004.js").write_text('cutleryRows("rows-0004.js","0","broken")')
    page = damaged(large)
    page.fill("#q", "elsewhere")
    page.wait_for_selector("#count:text-matches('and 1 more file')")
    text = page.inner_text("#count")
    assert f"{name} is of another report than this page: make the report again" in text
    assert count(page) == 0


def test_all_chosen_examples_are_saved_in_their_order(opened, large, tmp_path):
    page = opened(large)
    page.select_option("#order", "down")
    with page.expect_download() as waiting:
        page.click("#save")
    waiting.value.save_as(tmp_path / "examples.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "examples.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == [f"e{number:05}" for number in reversed(range(47))]
    assert [row["rag: answer"] for row in rows] == [one.text for one in reversed(large_records()[1].predictions)]
    page.wait_for_selector("#save:text-is('Save as CSV')")


def test_paper_says_which_texts_are_not_there_and_has_them_next_time(opened, large):
    page = opened(large)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows .row").count() == 47
    assert "are not loaded yet: print again" in page.inner_text("#printed")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.wait_for_timeout(3000)  # nothing on the screen says when the last text is here
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "not loaded yet" not in page.inner_text("#printed")
    assert "Printed here: 47 of 47" in page.inner_text("#printed")
    assert page.locator("#rows .row").last.inner_text().count("Lamp 46 is") == 3


def test_hostile_text_of_a_file_runs_nothing(opened, html, tmp_path):
    page = opened(write_large(html, tmp_path, [make_record(arm, n=33, texts=HOSTILE) for arm in ("base", "rag")]))
    page.wait_for_selector("#rows .row:first-child:has-text('onerror=')")
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("globalThis.hacked === undefined")
