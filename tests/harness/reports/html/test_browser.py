"""The page in a real browser: a report of the shipped records, driven as a reader would."""

import csv
import dataclasses
import io
import re
from pathlib import Path

import pytest

from harness.cli.config import compose, reports
from harness.cli.tables import compared
from harness.reports.html.report import Html
from tests.browser import needed, running_chromium
from tests.harness.reports.html.made_records import make_record, make_result

ROOT = Path(__file__).resolve().parents[4]
REAL = ROOT / "results/reference/qa/pocket"
pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
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


def test_every_example_is_there_and_few_are_elements(opened, report):
    page = opened()
    assert count(page) == len(next(iter(report[1].arms.values()))[0].examples)
    assert page.locator("#rows .row").count() < 40


def test_search_leaves_what_holds_the_words(opened, report):
    page, example = opened(), next(iter(report[1].arms.values()))[0].examples[7]
    page.fill("#q", example.id.upper())
    assert count(page) >= 1
    assert first_row(page) == example.id
    page.fill("#q", "no example holds these words")
    assert count(page) == 0
    page.click("#reset")
    assert count(page) == len(report[1].arms["base"][0].examples)


def test_filters_agree_with_the_records(opened, report, metric):
    page, result = opened(), report[1]
    examples = result.arms["base"][0].examples
    for name in {example.slice for example in examples if example.slice}:
        page.select_option("#slice", name)
        assert count(page) == sum(example.slice == name for example in examples)
    page.click("#reset")
    if page.locator("#answerable").count():
        page.select_option("#answerable", "0")
        assert count(page) == sum(not example.answerable for example in examples)
        page.click("#reset")
    page.select_option("#of", label="rag")
    page.fill("#low", "0.9")
    values = values_of(result, "rag", metric)
    assert count(page) == sum(value >= 0.9 for value in values.values())
    page.fill("#low", "")
    page.select_option("#state", "abstained")
    abstained = {score.example_id for one in result.arms["rag"] for score in one.scores if score.reason == "abstained"}
    assert count(page) == len(abstained)


def test_sorting_by_a_score_and_by_a_difference(opened, report, metric):
    page, result = opened(), report[1]
    examples = [example.id for example in result.arms["base"][0].examples]
    rag, base = (values_of(result, arm, metric) for arm in ("rag", "base"))
    page.select_option("#sort", label="rag")
    page.select_option("#order", "down")
    assert first_row(page) == min(examples, key=lambda one: (-rag[one], examples.index(one)))
    page.select_option("#sort", "difference")
    page.select_option("#order", "up")
    assert first_row(page) == min(examples, key=lambda one: (rag[one] - base[one], examples.index(one)))


def test_flips_are_counted_and_shown(opened, report, metric):
    page, result = opened(), report[1]
    rag, base = (values_of(result, arm, metric) for arm in ("rag", "base"))
    page.select_option("#metric", label=metric)
    won = [one for one in rag if rag[one] >= 0.5 > base[one]]
    lost = [one for one in rag if base[one] >= 0.5 > rag[one]]
    assert f"{len(won)} won, {len(lost)} lost" in page.inner_text("#count")
    page.select_option("#flips", "won")
    assert count(page) == len(won)
    page.select_option("#flips", "lost")
    assert count(page) == len(lost)
    page.select_option("#flips", "any")
    assert count(page) == len(won) + len(lost)


def test_the_keyboard_alone_suffices(opened, report):
    page, examples = opened(), report[1].arms["base"][0].examples
    page.focus("#rows")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.inner_text("#detail-title").startswith(examples[2].id)
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#detail-title").startswith(examples[3].id)
    page.keyboard.press("p")
    assert page.inner_text("#detail-title").startswith(examples[2].id)
    page.keyboard.press("Escape")
    page.wait_for_selector("#detail", state="hidden")
    page.keyboard.press("End")
    assert page.locator(".row[aria-selected=true]").inner_text().startswith(examples[-1].id)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert "copy the open example" in page.inner_text("dialog.help")


def test_a_link_opens_one_example_and_keeps_the_choice(opened, report):
    page, examples = opened(), report[1].arms["base"][0].examples
    page.select_option("#flips", "won")
    page.locator("#rows .row").nth(1).click()
    address = page.evaluate("location.hash")
    title = page.inner_text("#detail-title")
    again = opened(fragment=address)
    again.wait_for_selector("dialog[open]")
    assert again.inner_text("#detail-title") == title
    assert count(again) == count(page)
    plain = opened(fragment=f"#example={examples[5].id}")
    plain.wait_for_selector("dialog[open]")
    assert plain.inner_text("#detail-title").startswith(examples[5].id)
    unknown = opened(fragment="#example=nobody&flips=nonsense&sort=x&a=99")
    assert "no example “nobody” in this report" in unknown.inner_text("#count")


def test_an_address_pasted_into_an_open_report_is_followed(opened, report):
    page, examples = opened(), report[1].arms["base"][0].examples
    page.evaluate(f"location.hash = '#q={examples[7].id}&order=down'")
    page.wait_for_selector(f"#rows .row:first-child .meta:has-text('{examples[7].id}')")
    assert first_row(page) == examples[7].id
    page.evaluate(f"location.hash = '#example={examples[5].id}'")
    page.wait_for_selector("dialog[open]")
    assert count(page) == len(examples)  # the address names no choice
    page.evaluate("location.hash = '#order=down'")
    page.wait_for_selector("#detail", state="hidden")
    assert page.input_value("#order") == "down"


def test_a_link_to_a_section_keeps_the_choice(opened, report):
    page, example = opened(), report[1].arms["base"][0].examples[7]
    page.fill("#q", example.id)
    chosen = count(page)
    page.click("nav a[href='#scoreboard']")
    page.fill("#low", "")  # anything that waits for the page
    address = page.evaluate("location.hash")
    assert "at=scoreboard" in address
    assert f"q={example.id}" in address
    assert count(opened(fragment=address)) == chosen
    assert opened(fragment="#scoreboard").evaluate("location.hash") == "#scoreboard"


def test_every_word_of_a_search_must_occur_and_no_hit_is_said(opened, make_page):
    page = opened(make_page([make_record(arm, n=12) for arm in ("base", "rag")]))
    page.fill("#q", "yard  e00003 LAMP")
    assert count(page) == 1
    assert page.locator("#none").is_hidden()
    page.fill("#q", "yard e00003 e00004")
    assert count(page) == 0
    assert "No example matches" in page.inner_text("#none")
    assert not page.locator("#rows").is_visible()


def test_slices_are_filtered_whatever_their_spaces(opened, make_page):
    names = ("a  b", " a", "a\u200b", "a")

    def sliced(record):
        own = tuple(dataclasses.replace(one, slice=names[place % 4]) for place, one in enumerate(record.examples))
        return dataclasses.replace(record, examples=own)

    page = opened(make_page([sliced(make_record(arm, n=9)) for arm in ("base", "rag")]))
    found = {}
    for place, name in enumerate(sorted(names)):
        page.select_option("#slice", str(place))
        found[name] = count(page)
    assert found == {"a  b": 3, " a": 2, "a\u200b": 2, "a": 2}


def continuous(arm, without=""):
    """A record with a metric of likeness alone, which divides nothing into right and wrong."""
    record = make_record(arm, n=12)
    scores = tuple(one for one in record.scores if one.metric != "exact_match")
    scores = tuple(
        dataclasses.replace(one, value=None, reason="not_applicable") if one.metric == without else one
        for one in scores
    )
    metrics = {name: facts for name, facts in record.metrics.items() if name != "exact_match"}
    return dataclasses.replace(record, metrics=metrics, scores=scores)


def test_without_a_metric_of_right_and_wrong_nothing_is_coloured_or_flips(opened, make_page):
    page = opened(make_page([continuous("base"), continuous("rag")]))
    assert "no flips: no metric here tells right from wrong" in page.inner_text("#count")
    assert page.locator("#rows .figure.high, #rows .figure.low").count() == 0
    page.fill("#right", "0.5")
    assert "(right by chrf from 0.5)" in page.inner_text("#count")
    assert page.locator("#rows .figure.high").count() > 0
    page.select_option("#metric", label="answer_length")
    assert "no flips: answer_length has no better side" in page.inner_text("#count")


def test_a_metric_without_values_has_no_flips_and_no_order(opened, make_page):
    page = opened(make_page([continuous("base", without="chrf"), continuous("rag")]))
    page.fill("#right", "0.5")
    page.select_option("#sort", "difference")
    text = page.inner_text("#count")
    assert "no flips: no example has a value by chrf from 0.5 for both base and rag" in text
    assert "not sorted: chrf has no value for both base and rag" in text
    assert "0 won" not in text


def test_colours_go_by_the_failure_cause_and_not_by_half_of_any_metric(opened, make_page):
    page = opened(make_page([make_record("base", n=12), make_record("rag", n=12)]))
    page.select_option("#metric", label="chrf")
    assert page.locator("#rows .figure.high, #rows .figure.low").count() == 0
    assert "(right by exact_match from 1 on)" in page.inner_text("#count")
    page.select_option("#metric", label="exact_match")
    for cell in page.locator("#rows .meta:has(.figure.high)").all():
        assert "right" in cell.inner_text()


def test_a_quote_that_begins_in_the_title_is_marked(opened, make_page):
    record = make_record("rag", n=3)
    quotes = ("Lamp 0\nLamp 0 is green.", "is green", "is green")
    judged = tuple(
        dataclasses.replace(one, claims=tuple(dataclasses.replace(claim, quote=quote) for claim in one.claims))
        for one, quote in zip(record.judgements, quotes, strict=False)
    )
    page = opened(make_page([make_record("base", n=3), dataclasses.replace(record, judgements=judged)]))
    page.locator("#rows .row").first.click()
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })")
    assert "Lamp 0 is green." in page.locator("dialog .passage mark").all_inner_texts()


def test_evidence_in_the_input_is_marked_there(opened, make_page):
    def own(record):
        examples = tuple(dataclasses.replace(one, evidence=("@input",)) for one in record.examples)
        judged = tuple(
            dataclasses.replace(one, claims=tuple(dataclasses.replace(c, quote="colour has") for c in one.claims))
            for one in record.judgements
        )
        return dataclasses.replace(record, examples=examples, judgements=judged, evidence=())

    page = opened(make_page([own(make_record("base", n=3)), own(make_record("qlora", n=3))]))
    page.locator("#rows .row").first.click()
    assert page.locator("dialog .question mark").all_inner_texts() == ["colour has"]


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


def serious(found):
    return [
        (one["id"], node["target"], node["any"][:1])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


HOSTILE = """</script><script>globalThis.hacked = 1</script>"><img src=x onerror="globalThis.hacked = 1">
<svg onload="globalThis.hacked = 1"><a href="javascript:globalThis.hacked = 1">x</a>\u202egnp.exe\u0000 {{ 7*7 }}"""


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
