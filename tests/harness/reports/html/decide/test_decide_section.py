"""The section Decide in a real browser: it says what `make decide` says, keeps its state in the address, reads well."""

from dataclasses import replace

import pytest

from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.words import card_words
from tests.browser import needed
from tests.harness.reports.html.decide.conftest import WIDE, answer, opened_details, rows_of, settled

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
NARROW = {"width": 390, "height": 844}


def shown(page):
    """Return the table of arms as numbers: arm -> what its columns say."""
    rows = rows_of(page, "d-arms")
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
    first, _, _ = next(card_words(found, (), ())).partition(". ")
    assert page.inner_text("#d-headline") == f"{first}."
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
    settled(page)
    use = replace(decision.use, questions_per_day=50_000.0)
    assert_same(page, measured, replace(decision, limits={**decision.limits, "latency": 200.0}, use=use))
    assert "time of an answer (95th percentile) of at most 200 ms" in page.inner_text("#d-words")


def test_an_address_restores_the_state_and_going_back_the_one_before(opened):
    page = opened()
    start = page.inner_text("#d-headline")
    page.fill("#d-limits-latency", "200")
    page.press("#d-limits-latency", "Tab")
    settled(page)
    changed = page.inner_text("#d-headline")
    assert changed != start
    fragment = page.evaluate("location.hash")
    assert fragment == "#d.limits.latency=200"
    page.go_back()
    page.wait_for_function("document.getElementById('d-limits-latency').value === ''")
    settled(page)
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
        opened_details(page)
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
