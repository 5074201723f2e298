"""The table and sentences of what would change the choice: no riddles, no false precision, no arm at chance."""

import math
from dataclasses import replace

import pytest

from harness.studies.decision.amounts import about
from harness.studies.decision.card import card_table
from harness.studies.decision.change_words import at_text, change_text, interval_text, now_text
from harness.studies.decision.knowing import AtFloor
from harness.studies.decision.measured import measure
from harness.studies.decision.plain_readings import MetricMean
from harness.studies.decision.takeover import Change
from tests.harness.studies.decision.cards import criterion, evaluation
from tests.harness.studies.decision.test_readings import AT_CHANCE, MANY, RAG, data, listed, record

VALUES = {"facts": {"base": 0.1, "rag": 0.9}, "time": {"base": 100.0, "rag": 900.0}}
TIME = criterion(worst=10_000.0, best=100.0, scale="log", title="p95", unit="ms")


def weight(now, at, above, low, high):
    return Change("weight", "facts", now, at, above, "rag", low, high, 0.3)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (weight(0.24, 0.79, True, 0.3, 0.9), ".3 to .9"),
        (weight(0.24, 0.79, True, 0.3, math.inf), "from .3 up, or never"),
        (weight(0.24, 0.03, False, -math.inf, 0.17), "from .17 down, or never"),
        (weight(0.24, 0.79, True, 0.0, math.inf), "cannot be said"),  # it is so already, or it never is
        (weight(0.24, 0.03, False, -math.inf, 0.32), "cannot be said"),
        (weight(0.24, 0.79, True, math.inf, math.inf), "never"),
        (weight(0.24, 0.79, True, None, None), None),
    ],
)
def test_an_interval_without_an_end_is_said_in_words(change, text):
    assert interval_text(change) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1_000.0, math.inf, "about 90,000"),
        (20_000.0, 150_000.0, "about 90,000"),
        (80_000.0, 99_000.0, "about 89,000"),
        (88_000.0, 89_000.0, "88,583"),
        (None, None, "88,583"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_allows(low, high, text):
    assert about(88_583.0, low, high) == text


def test_where_the_draws_do_not_tell_from_how_many_on_that_is_said():
    change = Change("questions", "questions", 1_000.0, 88_583.0, True, "base", 1_000.0, math.inf, 0.4)
    text = "base is best with more questions a day, but from how many on cannot be said (now 1,000)"
    assert change_text(evaluation(VALUES), change) == text
    sure = Change("questions", "questions", 1_000.0, 88_583.0, True, "base", 20_000.0, 400_000.0, 0.0)
    assert (
        change_text(evaluation(VALUES), sure) == "base is best with more than about 90,000 questions a day (now 1,000)"
    )
    assert at_text(sure) == "above about 90,000"


def test_what_has_no_number_has_words():
    documents = Change("documents", "documents", None, None, False, "rag")
    assert (now_text(documents), at_text(documents)) == ("may leave", "may not")
    assert now_text(Change("limit", "facts", None, 0.6, True, None)) == "no limit"


def test_an_arm_at_chance_that_takes_over_is_said_to_be_no_choice():
    known = {"at_floor": {"base": AtFloor("no better", "its quality is 0.10")}}
    found = evaluation(VALUES, {"time": TIME}, known=known, weights={"facts": 0.8, "time": 0.2}, limits={"time": None})
    table = card_table(found)
    said = "base (no better than one answer to everything) is best if p95 must be below 900 ms"
    assert any(said in line for line in table.words)
    (line,) = [line for line in table.words if line.startswith("base is no better than one and the same answer")]
    assert line.endswith("Where it takes over, read that as: none of these arms will do.")
    section = next(one for one in table.sections if one.name == "changes")
    assert {row[2] for row in section.rows} == {"base (at chance)"}


def test_an_arm_at_chance_is_found_by_its_right_content():
    arms = (record("base", AT_CHANCE), record("rag", RAG * MANY))
    asked = replace(listed(facts=MetricMean(("em",), {})), always={"facts": 2.0})
    found = measure(data(*arms), asked).at_floor
    assert list(found) == ["base"]
    assert found["base"].text.startswith("hardly better than one and the same answer to everything: its quality is ")
    assert measure(data(*arms), replace(asked, always={})).at_floor == {}


def test_what_is_better_and_not_surely_so_is_not_called_hardly_better():
    few = (record("base", [1.0, 0.0, 0.0, 0.0]), record("rag", [1.0, 1.0, 1.0, 0.0]))
    asked = replace(listed(facts=MetricMean(("em",), {})), always={"facts": 2.0})
    floor = measure(data(*few), asked).at_floor["rag"]
    assert floor.text.startswith("not surely better than one and the same answer to everything: its quality is 0.75")
    assert floor.cell == "perhaps at chance"
    assert floor.taking_over == "Where it takes over, that is no safe choice: more test questions would tell."


@pytest.mark.parametrize(
    ("better", "then"),
    [
        ("hardly better", "None of these arms will do."),
        ("not surely better", "More test questions would tell whether it is of use."),
    ],
)
def test_a_recommended_arm_that_may_know_nothing_leads_the_card(better, then):
    known = {"at_floor": {"rag": AtFloor(better, "its quality is 0.60, that of such an answer 0.55")}}
    known["at_floor"]["base"] = AtFloor("no better", "its quality is 0.10")
    line = next(iter(card_table(evaluation(VALUES, known=known)).words))
    assert line == (
        f"Mind: rag, the recommended arm, is {better} than one and the same answer to everything: "
        f"its quality is 0.60, that of such an answer 0.55. {then}"
    )
    assert not next(iter(card_table(evaluation(VALUES)).words)).startswith("Mind")


def test_where_another_arm_knows_something_it_is_named_and_not_said_that_none_will_do():
    """base is recommended for its time alone."""
    known = {"at_floor": {"base": AtFloor("no better", "its quality is 0.10, that of such an answer 0.10")}}
    found = evaluation(VALUES, {"time": TIME}, known=known, weights={"facts": 0.1, "time": 0.9}, limits={"time": None})
    line = next(iter(card_table(found).words))
    assert line.startswith("Mind: base, the recommended arm, is no better than one and the same answer")
    assert line.endswith("that of such an answer 0.10. rag is better there: weights or limits decide.")


@pytest.mark.parametrize(("right", "said"), [(12, None), (4, "hardly better"), (0, "no better")])
def test_an_interval_above_chance_is_surely_better(right, said):
    arms = (record("base", [0.0] * 40), record("rag", [1.0] * right + [0.0] * (40 - right)))
    asked = replace(listed(facts=MetricMean(("em",), {})), always={"facts": 2.0})
    found = measure(data(*arms), asked).at_floor.get("rag")
    assert (found and found.better) == said


def test_without_limits_no_column_says_who_keeps_them():
    def columns(found):
        return [column.name for column in card_table(found).sections[0].columns]

    assert "keeps the limits" not in columns(evaluation(VALUES))
    assert "keeps the limits" in columns(evaluation(VALUES, limits={"facts": 0.05}))
    assert "keeps the limits" in columns(evaluation(VALUES, documents_may_leave=False))


def test_a_utility_that_is_not_that_of_the_printed_value_is_explained():
    # of 24 requests one is slow: half of the resamples lack it, and there the percentile is 100 ms
    values = {"facts": {"base": 0.1, "rag": 0.9}, "time": {"base": [100.0, 1_000.0], "rag": 900.0}}
    notes = card_table(evaluation(values, {"time": TIME})).sections[-1].notes
    assert notes[-1].topic == "Apart from the value"
    # the utilities are 1 and .5, on average .75, which 10^2.5 ms has; the value is the mean, 550 ms
    assert notes[-1].text.endswith("time of base .75, as 316 ms has; 550 ms alone has .63")
    plain = card_table(evaluation(VALUES, {"time": TIME})).sections[-1].notes
    assert [note.topic for note in plain] == ["Reading"]
