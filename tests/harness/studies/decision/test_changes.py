"""What would change the recommendation: crossings worked out by hand, limits and uses where another arm wins."""

import math

import numpy as np
import pytest

from harness.studies.decision.change import changes
from harness.studies.decision.change_use import utilities_between
from harness.studies.decision.change_words import change_text
from harness.studies.decision.criterion import Use
from harness.studies.decision.crossing import crossings, first_change, weight_crossing
from harness.studies.decision.takeover import Change
from tests.harness.studies.decision.cards import criterion, evaluation, sample

VALUES = {"facts": {"rag": 0.9, "raft": 0.7}, "style": {"rag": 0.0, "raft": 0.8}, "price": {"rag": 0.5, "raft": 0.5}}


def of_kind(found, kind):
    return [one for one in changes(found) if one.kind == kind]


def test_the_weight_from_which_another_arm_is_best_is_exact():
    found = evaluation(VALUES, weights={"facts": 2.0, "style": 1.0, "price": 1.0})
    # rag .45 + .125, raft .35 + .2 + .125: raft is best. At weight t of facts, the others keeping ½ each of the rest:
    # rag .9 t + (1 - t) .25, raft .7 t + (1 - t) .65, equal at .2 t = .4 (1 - t): t = ⅔. Of style, facts having ⅔ and
    # price ⅓ of the rest: rag (1 - t) · .7667, raft .8 t + (1 - t) .6333, equal at .8 t = .1333 (1 - t): t = 1/7
    found = {one.what: one for one in of_kind(found, "weight")}
    assert set(found) == {"facts", "style"}  # at price both are equal, whatever it weighs
    assert (found["facts"].arm, found["facts"].above) == ("rag", True)
    assert found["facts"].at == pytest.approx(2 / 3)
    assert (found["style"].arm, found["style"].above) == ("rag", False)
    assert found["style"].at == pytest.approx(1 / 7)
    assert found["facts"].low == pytest.approx(2 / 3)  # these measurements are certain
    assert found["facts"].never == 0.0


def test_the_interval_of_a_weight_follows_the_measurements():
    values = {"facts": {"rag": 0.9, "raft": [0.5, 0.7, 0.7, 0.95]}, "style": {"rag": 0.0, "raft": 0.8}}
    found = evaluation(values, weights={"facts": 0.5, "style": 0.5})
    facts = of_kind(found, "weight")[0]
    # mean difference at facts .1875, at style .8: t = .8 / .9875; by draws .8 / 1.2, .8 / 1, .8 / 1 and never
    assert facts.at == pytest.approx(0.8 / 0.9875)
    assert facts.low == pytest.approx(0.8 / 1.2)
    assert facts.high == math.inf
    assert facts.never == 0.25


def test_a_draw_in_which_the_other_arm_is_worse_at_the_criterion_never_happens():
    values = {"facts": {"rag": 0.8, "raft": [0.4, 1.0]}, "style": {"rag": 0.6, "raft": [1.0, 0.5]}}
    facts = of_kind(evaluation(values, weights={"facts": 0.5, "style": 0.5}), "weight")[0]
    # by draws raft - rag is -.4 t + .4 (1 - t), and .2 t - .1 (1 - t): there more of facts speaks for raft
    assert (facts.arm, facts.above) == ("rag", True)
    assert facts.at == pytest.approx(0.6)
    assert (facts.low, facts.never) == (pytest.approx(0.5), 0.5)


def test_nothing_changes_where_one_arm_is_better_at_everything():
    found = evaluation({"facts": {"base": 0.1, "rag": 0.9}, "style": {"base": 0.2, "rag": 0.3}})
    assert changes(found) == ()


def test_the_nearest_of_several_arms_takes_over_first():
    values = {"facts": {"base": 1.0, "rag": 0.9, "raft": 0.5}, "style": {"base": 0.0, "rag": 0.5, "raft": 0.8}}
    found = evaluation(values, weights={"facts": 0.2, "style": 0.8})
    # raft .74, rag .58: equal at .4 t = .3 (1 - t), t = 3/7; base only later
    assert [(one.arm, one.at) for one in of_kind(found, "weight") if one.what == "facts"] == [
        ("rag", pytest.approx(3 / 7))
    ]


TIME = criterion(worst=10_000.0, best=100.0, scale="log", title="p95", unit="ms")


def test_the_limit_at_which_the_recommended_arm_is_ruled_out():
    values = {
        "facts": {"base": 0.1, "rag": 0.6, "raft": 0.9},
        "time": {"base": 200.0, "rag": 300.0, "raft": [400.0, 600.0]},
    }
    found = evaluation(values, {"time": TIME}, weights={"facts": 0.9, "time": 0.1}, limits={"time": None})
    (limit,) = of_kind(found, "limit")
    # half of the draws keep a limit of 400, and half are asked for
    assert (limit.at, limit.now, limit.arm, limit.above) == (400.0, None, "rag", False)
    ruled = evaluation(values, {"time": TIME}, weights={"facts": 0.9, "time": 0.1}, limits={"time": 399.0})
    assert list(ruled.kept.ruled_out) == ["raft"]
    assert ruled.arms[ruled.recommended] == limit.arm
    kept = evaluation(values, {"time": TIME}, weights={"facts": 0.9, "time": 0.1}, limits={"time": 400.0})
    assert kept.kept.ruled_out == {}
    sure = evaluation(
        values, {"time": TIME}, weights={"facts": 0.9, "time": 0.1}, limits={"time": None}, least_probability=0.9
    )
    assert of_kind(sure, "limit")[0].at == 600.0


def test_a_limit_is_kept_together_with_all_others():
    """raft keeps .8 of style in one half of the resamples and 500 ms in the other: alone each would be safe."""
    values = {
        "facts": {"rag": 0.6, "raft": 0.9},
        "time": {"rag": 300.0, "raft": [400.0, 400.0, 600.0, 600.0]},
        "style": {"rag": 0.9, "raft": [0.7, 0.9, 0.9, 0.9]},
    }
    limits = {"time": None, "style": 0.8}
    weights = {"facts": 0.9, "time": 0.05, "style": 0.05}
    found = evaluation(values, {"time": TIME}, weights=weights, limits=limits)
    assert found.arms[found.recommended] == "raft"
    (time,) = [one for one in of_kind(found, "limit") if one.what == "time"]
    # of four resamples three keep the style; half of all must keep both: 400 and 600, no longer 400 alone
    assert (time.at, time.arm) == (600.0, "rag")
    tried = evaluation(values, {"time": TIME}, weights=weights, limits={**limits, "time": 599.0})
    assert list(tried.kept.ruled_out) == ["raft"]
    assert evaluation(values, {"time": TIME}, weights=weights, limits={**limits, "time": 600.0}).kept.ruled_out == {}


def test_who_takes_over_at_a_limit_keeps_the_others_too():
    values = {
        "facts": {"base": 0.1, "rag": 0.6, "raft": 0.9},
        "time": {"base": 200.0, "rag": [300.0, 900.0], "raft": 600.0},
        "style": {"base": 0.9, "rag": [0.7, 0.9], "raft": 0.9},
    }
    weights = {"facts": 0.9, "time": 0.05, "style": 0.05}
    (alone,) = of_kind(evaluation(values, {"time": TIME}, weights=weights, limits={"time": None}), "limit")
    assert (alone.at, alone.arm) == (600.0, "rag")
    both = evaluation(values, {"time": TIME}, weights=weights, limits={"time": None, "style": 0.8})
    (time,) = [one for one in of_kind(both, "limit") if one.what == "time"]
    assert (time.at, time.arm) == (600.0, "base")  # where rag is fast enough its style is not


def test_a_limit_that_nobody_keeps_rules_all_out():
    found = evaluation({"facts": {"base": 0.1, "rag": 0.6}}, limits={"facts": None})
    (limit,) = of_kind(found, "limit")
    assert (limit.at, limit.above, limit.arm) == (0.6, True, None)
    assert change_text(found, limit) == "every arm is ruled out if quality must be above .6 of 1"


def test_fewer_labels_at_hand_and_documents_that_must_stay():
    values = {"facts": {"rag": 0.6, "raft": 0.9}, "labels": {"rag": 0.0, "raft": 600.0}}
    labels = criterion(worst=10_000.0, best=100.0, scale="log")
    known = {"holds_documents": {"raft": "its adapter was trained on them"}}
    found = evaluation(values, {"labels": labels}, known=known, weights={"facts": 0.9, "labels": 0.1})
    said = [change_text(found, one) for one in changes(found) if one.kind in ("labels at hand", "documents")]
    assert said == [
        "rag is best if fewer than 600 labelled pairs are at hand",
        "rag is best if documents may not leave the index",
    ]


PRICE = criterion(worst=10_000.0, best=10.0, scale="log", times="questions")
CHEAP_AND_GOOD = {"facts": {"rag": 0.6, "raft": 0.7}, "price": {"rag": 0.1, "raft": 1.0}}


def test_questions_a_day_from_which_the_cheaper_arm_is_best():
    use = Use(100.0, 4.0, None)
    found = evaluation(CHEAP_AND_GOOD, {"price": PRICE}, weights={"facts": 0.5, "price": 0.5}, use=use)
    (change,) = of_kind(found, "questions")
    # raft is .1 better; its price loses log10(amount / 10) / 3 while rag costs less than 10 a month: equal where raft
    # costs 10 · 10^.3 a month, at 19.95 thousand questions a month
    assert (change.arm, change.above, change.now) == ("rag", True, 100.0)
    assert change.at == pytest.approx(10**1.3 * 1_000 / (365.25 / 12), rel=1e-6)
    assert change.low == pytest.approx(change.at, rel=1e-6)
    after = evaluation(
        CHEAP_AND_GOOD, {"price": PRICE}, weights={"facts": 0.5, "price": 0.5}, use=Use(change.at * 1.01, 4.0, None)
    )
    assert after.arms[after.recommended] == "rag"


def test_updates_a_month_are_looked_at_apart_and_nothing_is_found_where_they_cost_nothing():
    found = evaluation(CHEAP_AND_GOOD, {"price": PRICE}, use=Use(100.0, 4.0, None))
    assert of_kind(found, "updates") == []
    by_update = criterion(worst=10_000.0, best=10.0, scale="log", times="updates")
    values = {"facts": CHEAP_AND_GOOD["facts"], "upkeep": {"rag": 0.001, "raft": 1.0}}
    found = evaluation(values, {"upkeep": by_update}, use=Use(100.0, 4.0, None))
    (change,) = of_kind(found, "updates")
    assert change.at == pytest.approx(10**1.3)


def curve(*points):
    return tuple((size, sample(value)) for size, value in points)


def test_labelled_pairs_below_which_another_arm_is_best():
    known = {"curves": {"qlora": curve((0, 0.1), (63, 0.5), (255, 0.7))}}
    found = evaluation({"facts": {"rag": 0.6, "qlora": 0.7}}, known=known)
    (change,) = of_kind(found, "labels")
    # on a line over log2(1 + pairs): .6 is halfway between 63 (6) and 255 (8), at 2^7 - 1
    assert (change.arm, change.above, change.now) == ("rag", False, 255.0)
    assert change.at == pytest.approx(127.0)
    assert utilities_between(found, known["curves"]["qlora"], 127.0)[0] == pytest.approx(0.6)
    assert (
        change_text(found, change) == "rag is best if adapters are trained on fewer than 127 labelled pairs (now 255)"
    )


def test_the_number_of_labels_counts_at_its_own_criterion_too():
    labels = criterion(worst=10_000.0, best=100.0, scale="log")
    known = {"curves": {"qlora": curve((0, 0.1), (63, 0.5), (255, 0.7))}}
    values = {"facts": {"rag": 0.6, "qlora": 0.7}, "labels": {"rag": 0.0, "qlora": 255.0}}
    found = evaluation(values, {"labels": labels}, known=known, weights={"facts": 0.8, "labels": 0.2})
    (change,) = of_kind(found, "labels")
    # rag is .8 · .6 + .2 = .68; qlora with n pairs .8 (.5 + .1 (log2(1 + n) - 6)) + .2 (1 - log10(n / 100) / 2)
    own = 0.8 * (0.5 + 0.1 * (math.log2(1 + change.at) - 6)) + 0.2 * (1 - math.log10(change.at / 100) / 2)
    assert own == pytest.approx(0.68)
    assert 127.0 < change.at < 255.0  # later than by the content alone, since its labels cost something


def test_a_study_that_disagrees_with_the_experiment_says_nothing_of_labels():
    known = {"curves": {"qlora": curve((0, 0.1), (255, 0.4)), "raft": curve((0, 0.9), (255, 0.1))}}
    found = evaluation({"facts": {"rag": 0.6, "qlora": 0.7, "raft": 0.5}}, known=known)
    # by the curves rag is the best with all pairs, and raft with none; by the experiment qlora is
    assert of_kind(found, "labels") == []


def test_first_change_is_found_by_halving():
    taken = first_change([1.0, 10.0, 100.0], lambda value: int(value > 37.0))
    assert (taken.at, taken.arm) == (pytest.approx(37.0), 1)
    assert first_change([0.0, 1.0], lambda value: int(value >= 0.25)).at == pytest.approx(0.25)
    assert first_change([1.0, 10.0], lambda value: 0) is None
    # an arm in between is found before the one after it
    assert first_change([1.0, 100.0], lambda value: 0 if value < 5 else 1 if value < 8 else 2).arm == 1


def test_crossings_of_resamples():
    ahead = np.array([[1.0, -1.0, 1.0], [0.5, -1.0, 1.0], [-0.5, 1.0, 1.0]])
    found = crossings([1.0, 10.0, 100.0], ahead)
    assert found.tolist() == [pytest.approx(10 * 10**0.5), 1.0, math.inf]
    assert crossings([100.0, 10.0, 1.0], ahead)[2] == -math.inf


def test_a_difference_that_no_weight_changes_has_no_crossing():
    assert np.isnan(weight_crossing(np.array([0.2]), np.array([0.2])))[0]
    assert weight_crossing(np.array([-0.2]), np.array([0.4]))[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change("weight", "style", 0.155, 0.1254, False, "rag"), "if the weight of quality is below .125 (now .155)"),
        (Change("questions", "questions", 1e3, 5e4, True, "rag"), "with more than 50,000 questions a day (now 1,000)"),
        (Change("updates", "updates", 4.0, 0.5, False, "rag"), "with less than .5 updates a month (now 4)"),
    ],
)
def test_changes_in_words(change, text):
    assert change_text(evaluation(VALUES), change) == f"rag is best {text}"
