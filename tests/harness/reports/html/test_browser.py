"""The examples of a report in a real browser: found, filtered, sorted and linked as a reader would."""

import dataclasses

import pytest

from tests.harness.reports.html import report_page
from tests.harness.reports.html.made_records import make_record
from tests.harness.reports.html.report_page import count, first_row, values_of

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
chromium, report, opened = report_page.chromium, report_page.report, report_page.opened
arms, metric = report_page.arms, report_page.metric


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
