"""The section Decide in a real browser: it says what `make decide` says, keeps its state in the address, reads well."""

from dataclasses import replace

import pytest

from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.words import advice, card_words
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
        kept = f"{found.kept.probability[arm]:.3f}" if found.limited else None  # else no column says so
        assert table[arm].get("keeps the limits") == kept
    words = list(card_words(found, (), ()))
    minds, first = [line.removeprefix("Mind: ") for line in words if line.startswith("Mind: ")], advice(found)
    assert page.inner_text("#d-headline") == f"{first.partition('. ')[0]}."
    assert all(line in page.inner_text("#d-words") for line in minds)
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


def test_a_page_that_is_never_painted_has_its_card_too(chromium, report):
    """In another tab, or where a picture is taken without a screen, no browser calls before the next paint."""
    page = chromium.new_page()
    page.add_init_script("window.requestAnimationFrame = () => 0")
    page.goto(report[0].as_uri())
    page.wait_for_selector("#decide[aria-busy=false]")
    page.wait_for_selector("#d-bars .bar")
    assert not page.inner_text("#d-headline").startswith("Reading")
    page.close()


def test_a_print_while_it_computes_shows_the_whole_card(opened):
    page = opened()
    whole = [page.inner_text(f"#d-{part}") for part in ("headline", "words", "bars")]
    page.fill("#d-limits-latency", "200")
    settled(page)
    now = page.evaluate(
        """() => {
             const field = document.getElementById("d-limits-latency");
             field.value = "";
             field.dispatchEvent(new Event("input", { bubbles: true }));
             dispatchEvent(new Event("beforeprint"));
             return ["headline", "words", "bars"].map((part) => document.getElementById(`d-${part}`).innerText);
           }"""
    )
    assert now == whole


def test_on_a_phone_every_colour_of_the_bars_is_named_and_the_text_of_the_picture_as_large_as_the_pages(
    opened, made_report
):
    page = opened("#decide", NARROW, made_report[0])
    assert page.inner_text("#d-bars .rank-key").split() == ["1st", "2nd", "3rd"]
    width = page.evaluate("document.querySelector('#d-tradeoff svg').getBoundingClientRect().width / 340")
    assert width > 0.9
    assert "Better upwards: " in page.inner_text("#d-tradeoff .legend")


def test_limits_that_are_not_set_and_inputs_that_sound_alike_are_explained(opened):
    page = opened("#decide")
    assert page.get_attribute("#d-use-labels_at_hand", "placeholder") == "no limit"
    assert page.get_attribute("#d-limits-latency", "placeholder") == "no limit"
    hints = page.locator("#d-controls .hint").all_inner_texts()
    assert any("weighs nothing" in hint for hint in hints)
    assert any(hint.startswith("Rules out arms whose adapter was trained on documents") for hint in hints)
