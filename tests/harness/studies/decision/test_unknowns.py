"""What was not measured: whether all of it together could change the choice, and how that is said."""

import dataclasses

import pytest

from harness.studies.decision.card import card_table
from harness.studies.decision.unknowns import overturned
from tests.harness.studies.decision.cards import evaluation

ARMS = ("base", "rag")
KNOWN = {"base": [0.6], "rag": [0.4]}


@pytest.mark.parametrize(("weight", "other"), [(3.0, True), (30.0, False)])
def test_all_that_is_unknown_can_change_the_choice_where_it_weighs_enough(weight, other):
    """With weights 3 : 1 : 1, base .36 against .24 + .4 for rag if both unknown criteria speak for rag alone."""
    values = {"facts": KNOWN, "style": {}, "price": {}}
    found = evaluation(values, arms=ARMS, weights={"facts": weight, "style": 1.0, "price": 1.0})
    assert found.arms[found.recommended] == "base"
    assert overturned(found) is other


def test_what_no_run_shows_is_never_the_first_to_know():
    values = {"facts": {"base": 0.5, "rag": 0.45}, "style": {}, "price": {}}
    weights = {"facts": 5.0, "style": 3.0, "price": 1.0}
    usual = " ".join(card_table(evaluation(values, arms=ARMS, weights=weights)).words)
    assert "Worth most to know first: quality (make study study=x task=qa)." in usual
    known = {"unmeasurable": {"style": "no study would: it makes sense for others"}}
    both = evaluation(values, arms=ARMS, weights=weights, known=known)
    titles = {name: dataclasses.replace(one, title=name) for name, one in both.decision.criteria.items()}
    named = dataclasses.replace(both, decision=dataclasses.replace(both.decision, criteria=titles))
    text = " ".join(card_table(named).words)
    assert "Worth most to know first: price" in text
    assert "Of style, no study would: it makes sense for others." in text


def test_one_unknown_criterion_is_not_called_all_of_them():
    values = {"facts": {"base": [0.5, 0.52], "rag": [0.52, 0.5]}, "style": {}}
    text = " ".join(card_table(evaluation(values, arms=ARMS, weights={"facts": 50.0, "style": 1.0})).words)
    assert "together" not in text.partition("Not measured")[2]
