"""Scales with fixed ends, weights from answers, limits: by hand, and what must not matter."""

import numpy as np
import pytest

from harness.studies.decision.criterion import Use
from tests.harness.studies.decision.cards import criterion, decision, evaluation, question

TIME = criterion(worst=10_000.0, best=100.0, scale="log", title="p95", unit="ms")


@pytest.mark.parametrize(
    ("own", "value", "utility"),
    [
        (criterion(), 0.25, 0.25),
        (criterion(worst=1.0, best=0.0), 0.25, 0.75),
        (criterion(worst=-0.5, best=0.0), -0.125, 0.75),
        (TIME, 1_000.0, 0.5),
        (TIME, 100.0, 1.0),
        (TIME, 10.0, 1.0),
        (TIME, 0.0, 1.0),
        (TIME, 20_000.0, 0.0),
        (criterion(worst=1.0, best=100.0, scale="log"), 10.0, 0.5),
        (criterion(worst=1.0, best=100.0, scale="log"), 0.0, 0.0),
        (criterion(), 1.7, 1.0),
    ],
)
def test_utility_between_fixed_ends(own, value, utility):
    assert own.utility(np.array([value]))[0] == pytest.approx(utility)


def test_prices_become_amounts_a_month_before_they_are_compared_with_the_ends():
    price = criterion(worst=10_000.0, best=10.0, scale="log", times="questions")
    update = criterion(worst=10_000.0, best=10.0, scale="log", times="updates")
    use = Use(questions_per_day=1_000.0, updates_per_month=4.0, labels_at_hand=None)
    assert price.factor(use) == pytest.approx(365.25 / 12)  # thousands of questions a month
    assert update.factor(use) == 4.0
    # 10.386 a thousand are 316.2 a month: halfway between 10 and 10,000 in logarithms
    assert price.utility(np.array([316.2278 / (365.25 / 12)]), price.factor(use))[0] == pytest.approx(0.5)


def test_a_currency_of_smaller_coins_changes_no_utility():
    dollars = {"price": {"base": 0.0371, "rag": 1.27, "raft": [2.1, 3.3, 2.7]}}
    cents = {"price": {"base": 3.71, "rag": 127.0, "raft": [210.0, 330.0, 270.0]}}
    in_dollars = criterion(worst=10_000.0, best=10.0, scale="log", times="questions")
    in_cents = criterion(worst=1_000_000.0, best=1_000.0, scale="log", times="questions")
    first = evaluation(dollars, {"price": in_dollars})
    second = evaluation(cents, {"price": in_cents})
    assert first.expected == pytest.approx(second.expected, abs=1e-12)
    assert 0.0 < first.expected[1, 0] < 1.0
    assert first.first == second.first


def test_another_arm_changes_no_other_arms_utility():
    values = {"facts": {"base": 0.2, "rag": [0.6, 0.7]}, "style": {"base": 0.1}, "time": {"base": 900.0, "rag": 350.0}}
    alone = evaluation(values, {"time": TIME})
    more = {name: {**own, "raft": 0.9} for name, own in values.items()}
    together = evaluation(more, {"time": TIME})
    assert together.utilities[:, :2].tolist() == alone.utilities.tolist()
    assert together.total[:, :2].tolist() == alone.total.tolist()
    assert together.scores[:2].tolist() == alone.scores.tolist()


def test_weights_are_points_of_answers_over_their_sum():
    own = decision(
        dict.fromkeys(("facts", "style", "labels"), criterion()),
        answers={"knowledge": 4, "style": 1, "labels": 1},
        questions={
            "knowledge": question({"facts": 0.75, "style": 0.25}),
            "style": question({"style": 1.0}),
            "labels": question({"labels": 1.0}, reverse=True),
        },
        always={"facts": 2.0},
    )
    assert own.problems() == []
    # facts 2 + 4 · ¾ = 5; style 4 · ¼ + 1 = 2; labels 4 - 1 = 3
    assert own.points() == {"facts": 5.0, "style": 2.0, "labels": 3.0}
    assert own.weighed() == pytest.approx([0.5, 0.2, 0.3])


def test_weights_given_directly_stand_in_place_of_answers():
    own = decision(dict.fromkeys(("facts", "style"), criterion()), weights={"style": 3.0})
    assert own.weighed().tolist() == [0.0, 1.0]


def test_everything_that_is_wrong_is_said_at_once():
    own = decision(
        {"facts": criterion(worst=1.0), "time": criterion(worst=-1.0, best=1.0, scale="log")},
        weights={"stile": 1.0, "facts": -1.0},
        answers={"knowlege": 7, "style": 5},
        questions={"knowledge": question({"facts": 0.5}), "style": question({"tone": 1.0})},
        always={"fact": 1.0},
        limits={"latency": 600.0},
        concentration=0.0,
        least_probability=0.0,
        draws=10,
        seed=-1,
        use=Use(-1.0, 4.0, -3),
    )
    assert list(own.problems()) == [
        "criteria.facts.worst and best are both 1; they must differ",
        "criteria.time.scale is log, and worst -1 or best 1 is not above 0",
        "questions.knowledge.shares sum to 0.5; they must sum to 1",
        "questions.style.shares.tone is no criterion; there are facts, time",
        "always.fact is no criterion; there are facts, time",
        "answers.knowledge is missing: how much?",
        "answers.knowlege is no question and no aspect; there are knowledge, style",
        "answers.style is 5; it must be 0 (does not matter) to 4 (decides)",
        "weights.stile is no criterion; there are facts, time",
        "limits.latency is no criterion; there are facts, time",
        "use.labels_at_hand is a limit of the criterion labels, which there is not",
        "use.questions_per_day is -1.0; it must be 0 or more",
        "use.labels_at_hand is -3; it must be 0 or more",
        "weights.facts is -1.0; it must be 0 or more",
        "weights are all 0; give one that is above 0, or {} to take the answers",
        "concentration is 0.0; it must be 1 (hardly sure) or more",
        "least_probability is 0.0; it must be above 0 and at most 1",
        "draws is 10; it must be 1,000 or more",
        "seed is -1; it must be between 0 and 4294967295",
    ]


def test_answers_that_weigh_nothing_are_refused():
    own = decision({"facts": criterion()}, answers={"q": 0}, questions={"q": question({"facts": 1.0})})
    assert list(own.problems()) == ["answers and always give no criterion a point; answer a question with more than 0"]


VALUES = {
    "facts": {"base": 0.2, "rag": 0.6, "raft": 0.9},
    "time": {"base": 100.0, "rag": [400.0, 600.0], "raft": 900.0},
}


def test_a_limit_is_kept_with_a_probability():
    kept = evaluation(VALUES, {"time": TIME}, limits={"time": 500.0}).kept
    assert kept.probability == {"base": 1.0, "rag": 0.5, "raft": 0.0}
    assert kept.ruled_out == {"raft": "it keeps p95 of at most 500 ms with 0 %"}
    strict = evaluation(VALUES, {"time": TIME}, limits={"time": 500.0}, least_probability=0.9)
    assert list(strict.kept.ruled_out) == ["rag", "raft"]


def test_limits_are_kept_together_in_the_same_resamples():
    values = {"facts": {"rag": [0.2, 0.8]}, "time": {"rag": [400.0, 600.0]}}
    kept = evaluation(values, {"time": TIME}, limits={"time": 500.0, "facts": 0.5}, least_probability=0.1).kept
    assert [one.keeps["rag"] for one in kept.checks] == [0.5, 0.5]
    assert kept.probability == {"rag": 0.0}  # it is fast in the draws in which it is wrong


def test_a_limit_on_what_was_not_measured_rules_nobody_out_and_is_named():
    values = {"facts": {"base": 0.2, "rag": 0.6}, "stale": {"base": 0.9}}
    found = evaluation(values, {"stale": criterion(worst=1.0, best=0.0)}, limits={"stale": 0.5})
    assert list(found.kept.ruled_out) == ["base"]
    assert found.kept.unchecked == {"stale": ("rag",)}


def test_labels_at_hand_are_a_limit():
    values = {"facts": {"rag": 0.6, "raft": 0.9}, "labels": {"rag": 0.0, "raft": 600.0}}
    labels = criterion(worst=10_000.0, best=100.0, scale="log")
    few = evaluation(values, {"labels": labels}, use=Use(1.0, 1.0, 599))
    assert list(few.kept.ruled_out) == ["raft"]
    assert evaluation(values, {"labels": labels}, use=Use(1.0, 1.0, 600)).kept.ruled_out == {}


def test_documents_that_must_stay_rule_out_what_takes_them_along():
    known = {"holds_documents": {"raft": "its adapter was trained on them"}}
    found = evaluation(VALUES, {"time": TIME}, known=known, documents_may_leave=False)
    assert found.kept.ruled_out == {"raft": "documents may not leave the index, and its adapter was trained on them"}
    assert evaluation(VALUES, {"time": TIME}, known=known).kept.ruled_out == {}
