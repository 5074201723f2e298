"""Why one arm is recommended: what it gains and loses against the runner-up, and which arms are no better anywhere."""

from dataclasses import replace

import pytest

from harness.studies.decision.card import card_table
from harness.studies.decision.tradeoff import beaten, gains
from tests.harness.studies.decision.cards import criterion, evaluation

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


def losing(*gains):
    """raft is best by style; by each other criterion rag is better by so much."""
    values = {"style": {"rag": 0.0, "raft": 1.0}}
    values |= {name: {"rag": gain, "raft": 0.0} for name, gain in zip("abcdef", gains, strict=False)}
    titles = {name: criterion(title=name) for name in values}
    return evaluation(values, titles, weights={"style": 30.0, **dict.fromkeys(list(values)[1:], 10.0)})


def why_of(found):
    (line,) = [line for line in card_table(found).words if line.startswith("Why: ")]
    return line


def test_so_many_losses_are_named_that_all_others_are_less_than_each_of_them():
    assert "loses most by a (−.114: 0 against .8), b (−.1: 0 against .7) and c (−.0857: 0 against .6);" in why_of(
        losing(0.8, 0.7, 0.6, 0.2)
    )
    assert why_of(losing(0.8, 0.7, 0.6, 0.2)).endswith("; all other criteria together −.0286.")


def test_of_many_small_ones_the_largest_that_is_not_named_is_said():
    found = losing(0.5, 0.45, 0.4, 0.35, 0.3, 0.25)
    assert " d (" in why_of(found)
    assert " e (" not in why_of(found)
    assert "; all other criteria together −.0611, none of them more than .0333." in why_of(found)


def test_who_loses_by_nothing_is_said_so():
    found = evaluation({"facts": {"base": 0.1, "rag": 0.9}}, weights={"facts": 1.0})
    assert why_of(found) == (
        "Why: against base, rag gains most utility by quality (+.8: .9 against .1), and loses by nothing."
        " On all that was measured, rag is at least as good as base."
    )


def test_what_a_study_measured_is_named_since_the_table_of_the_experiment_has_other_numbers():
    found = evaluation(VALUES, weights=WEIGHTS)
    readouts = {**found.measured.readouts}
    readouts["style"] = replace(readouts["style"], said="study hallucination: abstention under evidence withheld")
    other = replace(found, measured=replace(found.measured, readouts=readouts))
    assert "(+.32: .8 against 0 in study hallucination)" in why_of(other)
    assert "(−.12: .7 against .9)" in why_of(other)
