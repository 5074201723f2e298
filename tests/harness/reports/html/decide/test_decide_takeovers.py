"""What would change the card, in the page: thresholds, words and trade-off of `make decide`, without a long wait."""

import json
from dataclasses import replace

import numpy as np
import pytest

from harness.studies.decision.amounts import amount, percent
from harness.studies.decision.card import card_table
from harness.studies.decision.change import changes
from harness.studies.decision.change_words import change_text, grouped_text
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.smaa import EQUAL
from harness.studies.decision.tradeoff import gains
from harness.studies.decision.words import OF_LIMITS, card_words
from tests.harness.reports.html.decide.conftest import answer, rows_of, settled

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]
LONGEST = 50
"""milliseconds from which on a page is felt to hang (the long task of browsers)"""


def takeovers(found):
    """What make decide says of each change: what, now, best then, from where on, interval, share of never."""
    section = next(one for one in card_table(found).sections if one.name == "changes")
    return [
        [*("–" if cell is None else cell for cell in row[:5]), "–" if row[5] is None else f"{row[5].value:.2f}"]
        for row in section.rows
    ]


def assert_same_changes(page, known, decision):
    found = Evaluation(known, decision)
    assert rows_of(page, "d-takeovers")[1:] == takeovers(found)
    limits = grouped_text(found, [one for one in changes(found) if one.kind in OF_LIMITS])
    assert f"{limits}." in page.inner_text("#d-words")
    for line in card_words(found, changes(found), ()):
        if "Where it takes over, read that as" in line:
            assert line in page.inner_text("#d-words")
    return found


def test_the_places_where_other_arms_take_over_are_those_of_make_decide(opened, report):
    page, (_, known, decision) = opened(), report
    before = assert_same_changes(page, known, decision)
    answer(page, "latency", 4)
    after = assert_same_changes(page, known, replace(decision, answers={**decision.answers, "latency": 4}))
    assert takeovers(before) != takeovers(after)


def test_so_are_those_of_questions_updates_labels_and_documents(opened, made_report):
    path, known, decision = made_report
    found = assert_same_changes(opened(path=path), known, decision)
    kinds = {one.kind for one in changes(found)}
    assert kinds == {"weight", "limit", "labels at hand", "documents", "questions", "updates", "labels"}


def test_more_questions_a_day_change_the_arm_where_the_page_says(opened, made_report):
    path, known, decision = made_report
    page, change = (
        opened(path=path),
        next(one for one in changes(Evaluation(known, decision)) if one.kind == "questions"),
    )
    assert change_text(Evaluation(known, decision), change) in page.inner_text("#d-words")
    for factor, arm in ((0.99, "raft"), (1.01, change.arm)):
        page.fill("#d-use-questions_per_day", str(factor * change.at))
        assert settled(page).inner_text("#d-headline").startswith((f"Use {arm}: ", f"Too close to call: {arm} "))


def test_central_weights_and_confidence_are_those_of_make_decide(opened, report):
    page, found = opened(), Evaluation(*report[1:])
    central, confidence = found.ranking.central, found.ranking.confidence
    rows = rows_of(page, "d-central")
    assert rows[0] == ["criterion", "yours", *found.arms]
    assert len(rows) > 8
    titles = [found.decision.criteria[name].title for name in found.criteria]
    for title, yours, *own in rows[1:]:
        at = titles.index(title)
        assert yours == f"{found.weights[at]:.3f}"
        assert own == ["–" if np.isnan(one) else f"{one:.3f}" for one in central[:, at]]
    place = rows_of(page, "d-arms")[0].index("best with weights that favour it")
    said = [row[place] for row in rows_of(page, "d-arms")[1:]]
    assert said == ["–" if np.isnan(one) else f"{one:.3f}" for one in confidence]


def unbeaten(found, across, upwards):
    """Arms that none beats at both criteria, by the first from its bad end on."""
    points = found.expected[:, [found.criteria.index(across), found.criteria.index(upwards)]]
    free = [at for at, own in enumerate(points) if not any((one >= own).all() and (one > own).any() for one in points)]
    return [found.arms[at] for at in sorted(free, key=lambda at: points[at, 0])]


@pytest.mark.parametrize("source", ["report", "made_report"])
def test_the_picture_shows_what_the_two_best_arms_trade(opened, request, source):
    path, known, decision = request.getfixturevalue(source)
    page, found = opened(path=path), Evaluation(known, decision)
    own = gains(found)
    if own[-1].gain > 0:  # as in the committed results: the runner-up is better at nothing, so that nothing is traded
        assert source == "report"
        assert page.locator("#d-tradeoff svg").count() == 0
        return
    upwards, across = own[0].criterion, own[-1].criterion
    said = page.get_attribute("#d-tradeoff svg", "aria-label")
    titles = [decision.criteria[name].title for name in (upwards, across)]
    assert said.startswith(f"Better upwards: {titles[0]}. Better to the right: {titles[1]}. Not beaten at both: ")
    named = said.partition("Not beaten at both: ")[2].rstrip(".").replace(" and ", ", ").split(", ")
    assert named == unbeaten(found, across, upwards)
    assert page.locator("#d-tradeoff circle").count() == len(found.allowed)


@pytest.mark.parametrize("source", ["report", "made_report"])
def test_the_reasons_and_the_price_of_being_wrong_are_those_of_make_decide(opened, request, source):
    path, known, decision = request.getfixturevalue(source)
    words, found = opened(path=path).inner_text("#d-words"), Evaluation(known, decision)
    (why,) = [line for line in card_words(found, (), ()) if line.startswith("Why: ")]
    assert why.removeprefix("Why: a") in words
    lost = found.regret[found.regret > EQUAL]
    assert f"in {percent(len(lost) / len(found.regret))} of the draws: there it lacks {amount(lost.mean())} of" in words
    most = np.quantile(found.regret, 0.95)
    assert (f"In 95 % of all draws it lacks at most {amount(most)}." in words) == (most > 0.0)


def test_the_page_answers_while_it_computes(chromium, report):
    """Processor time of each task, by the browser's own trace: other processes of the machine do not count.

    The first task reads the examples of the report, and is none of the card's.
    """
    page = chromium.new_page()
    chromium.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(report[0].as_uri())
    page.wait_for_selector("#decide[aria-busy=false]")
    answer(page, "latency", 4)
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    page.close()
    tasks = sorted((event for event in events if event["name"] == "TimerFire"), key=lambda event: event["ts"])[1:]
    taken = [event["tdur"] / 1000 for event in tasks]
    assert len(taken) > 10
    assert sum(taken) > LONGEST
    assert max(taken) < LONGEST


def test_moves_that_come_faster_than_cards_end_in_the_last_one(opened, report):
    page, (_, known, decision) = opened(), report
    page.evaluate(
        """for (const value of [0, 1, 2, 3, 4]) {
             const field = document.getElementById("d-answers-cost");
             field.value = value;
             field.dispatchEvent(new Event("input", { bubbles: true }));
           }"""
    )
    settled(page)
    assert_same_changes(page, known, replace(decision, answers={**decision.answers, "cost": 4}))
