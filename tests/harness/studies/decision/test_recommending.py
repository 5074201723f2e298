"""Which arm is recommended, how surely, what is not known and what being wrong costs."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from harness.studies.decision.amounts import amount, percent
from harness.studies.decision.card import card_table
from harness.studies.decision.card_data import card_json
from harness.studies.decision.evaluation import recommendation
from harness.studies.decision.page_data import page_data
from harness.studies.decision.unknowns import unknowns
from harness.studies.decision.usable import unusable
from tests.harness.studies.decision.cards import criterion, evaluation

VALUES = {"facts": {"base": 0.1, "rag": 0.9, "raft": 0.7}, "style": {"base": 0.1, "rag": 0.0, "raft": 0.8}}


def test_the_arm_with_the_highest_expected_utility_is_recommended():
    found = evaluation(VALUES, weights={"facts": 0.6, "style": 0.4})
    # base .1, rag .54, raft .42 + .32 = .74
    assert found.scores == pytest.approx([0.1, 0.54, 0.74])
    said = recommendation(found)
    assert (said.arm, said.runner_up) == ("raft", "rag")
    # raft is better unless facts weigh more than .8, and their weight is drawn from Beta(30 · .6, 30 · .4)
    assert said.probability == pytest.approx(beta(18, 12).cdf(0.8), abs=0.003)
    assert said.retrieves == {"base": False, "rag": True, "raft": True}
    assert said.adapted == {"base": False, "rag": False, "raft": True}


def test_a_dominated_arm_is_never_recommended_whatever_is_weighed():
    values = {name: {**own, "hybrid": own["raft"] - 0.01} for name, own in VALUES.items()}
    for share in np.linspace(0.0, 1.0, 11):
        found = evaluation(values, weights={"facts": share, "style": 1.0 - share})
        assert recommendation(found).arm != "hybrid"
        assert found.first["hybrid"] == 0.0


def test_of_equal_arms_the_simplest_is_recommended_and_they_share_the_probability():
    same = [0.4, 0.8, 0.6]
    found = evaluation({"facts": {"base": 0.1, "rag": same, "raft": same}})
    assert recommendation(found).arm == "rag"
    assert found.first == {"base": 0.0, "rag": 0.5, "raft": 0.5}


def test_what_was_not_measured_widens_and_favours_nobody():
    known = evaluation(VALUES, weights={"facts": 0.6, "style": 0.4})
    half = evaluation({**VALUES, "privacy": {}}, weights={"facts": 0.3, "style": 0.2, "privacy": 0.5})
    assert recommendation(half).arm == recommendation(known).arm
    # the same order, half as far apart, and ½ of the weight at ½
    assert half.scores == pytest.approx(0.5 * known.scores + 0.25)
    assert 1 / 3 < half.first["raft"] < known.first["raft"]
    spread, before = (np.quantile(one.total, [0.025, 0.975], axis=0) for one in (half, known))
    assert (np.diff(spread, axis=0) > np.diff(before, axis=0)).all()


def test_where_nothing_was_measured_all_arms_are_as_probable():
    found = evaluation({"facts": {}}, arms=["base", "rag", "raft"])
    assert found.first == pytest.approx(dict.fromkeys(found.arms, 1 / 3), abs=0.02)


def test_the_unknown_of_one_arm_is_its_whole_range():
    found = evaluation({"facts": {"rag": 0.9}}, arms=["base", "rag"])
    assert found.first["base"] == pytest.approx(0.1, abs=0.01)
    assert recommendation(found).unmeasured == {"facts": 1.0}


def test_how_much_an_unknown_could_matter():
    # rag .9 · ½ + unknown · ½, base .5 · ½ + unknown · ½; weights as good as certain
    found = evaluation({"facts": {"base": 0.5, "rag": 0.9}, "privacy": {}}, concentration=1e6)
    only = unknowns(found)
    assert [one.criterion for one in only] == ["privacy"]
    assert (only[0].low, only[0].high) == (0.0, 1.0)
    # base wins where its unknown is more than .4 higher: a triangle of .6² / 2 = .18
    assert found.first["base"] == pytest.approx(0.18, abs=0.012)
    # what is gained by knowing: ½ of the mean of (difference - .4) where it is positive, .6³ / 6
    assert only[0].worth == pytest.approx(0.5 * 0.6**3 / 6, abs=0.001)


def test_unknowns_come_with_all_of_them_together():
    found = evaluation({"facts": {"base": 0.5, "rag": 0.9}, "privacy": {}, "growth": {"rag": 0.2}})
    each = unknowns(found)
    assert [one.criterion for one in each] == ["privacy", "growth", ""]
    assert each[1].arms == ("base",)
    assert each[2].weight == pytest.approx(2 / 3)
    assert each[2].low <= min(one.low for one in each)
    assert each[2].high >= max(one.high for one in each)


def test_regret_is_in_utility_and_in_words():
    found = evaluation({"facts": {"base": [0.2, 1.0], "rag": [0.7, 0.7]}}, concentration=1e6)
    # base .6, rag .7 on average; rag lacks .3 in every second draw
    assert recommendation(found).arm == "rag"
    assert recommendation(found).regret == pytest.approx(0.15)
    assert card_table(found).words[-1] == (
        "rag is not the best arm in 50 % of the draws: there it lacks .3 of utility to the best one on average. "
        "In 95 % of all draws it lacks at most .3: as much as .3 on the scale of quality from 0 to 1."
    )


def test_an_arm_that_is_ruled_out_is_not_recommended():
    found = evaluation(VALUES, weights={"facts": 0.6, "style": 0.4}, limits={"facts": 0.8})
    said = recommendation(found)
    assert (said.arm, said.probability, said.runner_up) == ("rag", 1.0, None)
    assert said.ruled_out["raft"] == "it keeps quality of at least 0.8 of 1 with 0 %"
    words = card_table(found).words
    assert "no other arm keeps the limits" in words[0]
    assert words[1].startswith("Ruled out: base, as it keeps quality of at least 0.8 of 1 with 0 %; raft, as")


def test_where_no_arm_keeps_the_limits_none_is_recommended():
    found = evaluation(VALUES, limits={"facts": 0.95})
    said = recommendation(found)
    assert (said.arm, said.probability, said.runner_up, said.regret) == (None, 0.0, None, 0.0)
    table = card_table(found)
    assert table.words[0].startswith(
        "No arm can be recommended: none keeps the limits. For qa with the weights of mine (nobody's"
    )
    assert [section.name for section in table.sections] == ["arms", "limits", "measurements", "utilities"]
    assert json.loads(card_json(found))["results"]["recommended"] is None


def test_the_card_says_when_another_arm_is_best_more_often():
    found = evaluation({"facts": {"base": [0.0, 0.62, 0.62], "rag": [0.6, 0.6, 0.6]}})
    assert recommendation(found).arm == "rag"
    assert card_table(found).words[0].endswith(", of base .413. base is best more often, and by less.")


def test_limits_that_could_not_be_checked_must_be_acted_on():
    stale = criterion(worst=1.0, best=0.0, title="stale answers", unit="of answers")
    found = evaluation({**VALUES, "stale": {}}, {"stale": stale}, limits={"stale": 0.1})
    table = card_table(found)
    assert [note.topic for note in table.notes if note.level == "act"] == ["Limit not checked"]
    assert table.words[1] == (
        "Nothing shows that base, rag and raft keep stale answers of at most 0.1 of answers: it was not measured "
        "(make study study=x task=qa)."
    )


def test_the_json_holds_what_the_card_was_computed_from():
    found = evaluation({**VALUES, "privacy": {}}, weights={"facts": 0.6, "style": 0.4})
    data = json.loads(card_json(found))
    facts = data["criteria"][0]
    assert facts["values"]["rag"] == {"value": 0.9, "draws": [0.9]}
    assert data["criteria"][2]["values"] == {}
    assert data["weights"] == {"facts": 0.6, "style": 0.4, "privacy": 0.0}
    assert data["results"]["first"] == found.first
    assert data["results"]["central"]["base"] == [None, None, None]  # never best


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1002.6, "1,003"),
        (0.1254, ".125"),
        (-0.5, "-.5"),
        (0.00002049, ".0000205"),
        (7, "7"),
        (math.inf, "never"),
        (0, "0"),
    ],
)
def test_amounts(value, text):
    assert amount(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.001, "under 1 %"), (0.594, "59 %"), (0.9999, "over 99 %"), (1, "100 %")]
)
def test_percent(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(("rag", "says"), [(0.41, "Too close to call: rag is the best arm"), (0.9, "Use rag: it is")])
def test_what_is_too_close_says_what_to_choose_now(rag, says):
    found = evaluation(
        {"facts": {"base": [0.4], "rag": [rag]}, "style": {}},
        arms=("base", "rag"),
        weights={"facts": 2.0, "style": 1.0},
    )
    words = next(iter(card_table(found).words))
    assert words.startswith(says)
    assert ("; to choose now, take rag. " in words) is says.startswith("Too close")


def test_low_likeness_of_long_references_is_no_wrong_answer():
    card = evaluation({"facts": {"base": 0.1, "rag": 0.19}})
    assert unusable(card.measured)
    assert not unusable(replace(card.measured, short_references=False))
    nothing = replace(evaluation({"facts": {"base": 0.0, "rag": 0.01}}).measured, short_references=False)
    assert unusable(nothing).startswith("Mind: no arm has right content")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"base": 0.0, "rag": 0.0}, "Mind: no arm has right content: of read facts the best has 0.00 of 1 (base)"),
        (
            {"base": 0.02, "rag": 0.19},
            "Mind: no arm has much right content: of read facts the best has 0.19 of 1 (rag)",
        ),
        ({"base": 0.02, "rag": 0.2}, ""),
        ({}, ""),
    ],
)
def test_a_card_of_arms_that_are_all_wrong_begins_with_that(facts, said):
    card = evaluation({"facts": facts, "latency": {"base": 0.9, "rag": 0.4}})
    words = json.loads(card_json(card))["results"]["words"]
    assert words[0].startswith(said or ("Use ", "Too close"))
    assert json.loads(card_json(card))["unusable"] == (words[0] if said else "")
    assert card_table(card).words[0] == words[0]
    assert page_data(card.measured, [card.decision])["unusable"] == (words[0] if said else "")
