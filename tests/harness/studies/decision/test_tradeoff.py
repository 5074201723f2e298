"""Why one arm is recommended: what it gains and loses against the runner-up, and which arms are no better anywhere."""

import pytest

from harness.studies.decision.card import card_table
from harness.studies.decision.tradeoff import beaten, gains
from tests.harness.studies.decision.cards import evaluation

VALUES = {"facts": {"base": 0.1, "rag": 0.9, "raft": 0.7}, "style": {"base": 0.0, "rag": 0.0, "raft": 0.8}}
WEIGHTS = {"facts": 0.6, "style": 0.4}


def test_gains_are_weights_times_differences_the_largest_first():
    # raft against rag: style .4 · .8 = .32, facts .6 · -.2 = -.12
    own = gains(evaluation(VALUES, weights=WEIGHTS))
    assert [one.criterion for one in own] == ["style", "facts"]
    assert [one.gain for one in own] == pytest.approx([0.32, -0.12])


def test_the_card_says_why():
    (why,) = [line for line in card_table(evaluation(VALUES, weights=WEIGHTS)).words if line.startswith("Why: ")]
    assert why.startswith(
        "Why: against rag, raft gains most utility by quality (+.32: .8 against 0), and loses most by quality "
        "(−.12: .7 against .9)."
    )
    assert why.endswith(" On all that was measured, rag is at least as good as base.")


def test_without_a_second_arm_there_is_no_reason():
    found = evaluation({"facts": {"rag": 0.9}}, weights={"facts": 1.0})
    assert gains(found) == ()
    assert not any(line.startswith("Why") for line in card_table(found).words)


def test_an_arm_is_beaten_by_one_that_is_nowhere_worse_and_somewhere_better():
    assert beaten(evaluation(VALUES, weights=WEIGHTS)) == {"base": "rag"}
    same = {name: {**own, "hybrid": own["raft"]} for name, own in VALUES.items()}
    assert "hybrid" not in beaten(evaluation(same, weights=WEIGHTS))  # equal everywhere is not beaten


def test_what_was_measured_of_one_arm_alone_may_be_better_of_the_other():
    unknown = {**VALUES, "privacy": {"base": 0.0}}
    assert beaten(evaluation(unknown, weights={**WEIGHTS, "privacy": 0.1})) == {}
    assert beaten(evaluation(unknown, weights=WEIGHTS)) == {"base": "rag"}
    assert beaten(evaluation({**VALUES, "privacy": {}}, weights={**WEIGHTS, "privacy": 0.1})) == {"base": "rag"}


def test_arms_that_are_ruled_out_beat_nobody():
    found = evaluation(VALUES, weights=WEIGHTS, limits={"facts": 0.95}, least_probability=0.5)
    assert beaten(found) == {}
    only = evaluation(VALUES, weights=WEIGHTS, limits={"style": 0.5})
    assert gains(only) == ()
