"""Signs against claims that nearly restate their evidence: rivals of units, roles, words, denials, classes."""

from dataclasses import replace
from itertools import pairwise

import pytest

from harness.judges import exchanged_roles, rival_places
from harness.judges.claim_signs import STRONG, Reading, reading, signs, weights
from harness.judges.claim_units import matched
from harness.judges.judge import Question
from harness.judges.placed_words import RIVALRIES, placed
from harness.judges.restatement import MOST_ROLES
from tests.harness.judges.conftest import _built

CAMERAS = "The Lumo 3 weighs 410 grams, the Lumo 5 weighs 680 grams. Both take the same battery."
MATCH = "Wexby beat Loxley on Saturday in front of a record crowd."


def units(claim, *evidence):
    return {unit.key: unit for unit in matched(claim, evidence).units}


def test_signs_and_new_clauses_lengthen_the_way():
    words = placed(("Red fish, blue boats; old nets while rain fell. Wind rose.",)).words
    steps = {word.word.key: word.at - last.at for last, word in pairwise(words)}
    assert steps["fish"] < steps["blue"] < steps["old"] <= steps["wind"]
    assert steps["while"] > steps["fish"]


def test_words_in_the_same_surroundings_share_a_frame():
    words = {own.word.key: own for own in placed(("She was born in Turda and worked in Lyon.",)).words}
    assert "behind in" in words["turda"].frames & words["lyon"].frames
    assert not words["she"].frames


def test_units_are_values_names_and_words_with_their_places():
    found = units("The Lumo 5 weighs 680 g today.", CAMERAS)
    assert {unit.kind for unit in found.values()} >= {"value", "word"}
    assert [place.start for place in found["weigh"].places] == [
        CAMERAS.index("weighs"),
        CAMERAS.rindex("weighs"),
    ]
    value = next(unit for unit in found.values() if unit.kind == "value" and "680" in unit.key)
    assert CAMERAS[value.places[0].start :].startswith("680")
    assert found["today"].places == ()


def test_a_figure_without_its_unit_is_the_same_figure():
    found = units("Inland 27 degrees are expected.", "Highs reach 21 degrees on the coast and 27 inland.")
    value = next(unit for unit in found.values() if unit.kind == "value")
    assert len(value.places) == 1


def test_a_name_with_one_new_part():
    found = units("The fire was seen by Dennis Garrow.", "The fire was seen by Dennis Farrow at night.")
    (unit,) = (own for own in found.values() if own.kind == "name" and len(own.words) == 2)
    assert unit.found == "part"


def test_a_run_of_chinese_signs_is_one_unit():
    found = units("平板电脑销量下降", "上季度，公司的手机销量上升了，而平板电脑销量下降了。")
    assert any(len(unit.words) > 2 and unit.places for unit in found.values())


def test_a_value_of_another_thing_is_a_rival():
    right, wrong = (
        next(
            one
            for one in rival_places.tried(matched(f"The Lumo 3 weighs {grams} grams.", (CAMERAS,)))
            if grams in one.unit.key
        )
        for grams in ("410", "680")
    )
    turns = rival_places.FEATURES.index("contested")
    assert right.own.features[turns] < right.rivals[0].features[turns]
    assert wrong.own.features[turns] > wrong.rivals[0].features[turns]
    assert signs("The Lumo 3 weighs 680 grams.", (CAMERAS,))["rival"] > signs(
        "The Lumo 3 weighs 410 grams.", (CAMERAS,)
    ).get("rival", 0.0)


@pytest.mark.parametrize(
    ("claim", "order"),
    [
        ("Wexby beat Loxley.", 1),
        ("Loxley beat Wexby.", -1),
        ("Loxley was beaten by Wexby.", 1),
        ("Wexby was beaten by Loxley.", -1),
        ("Loxley lost to Wexby.", 1),
        ("Wexby lost to Loxley.", -1),
    ],
)
def test_the_order_of_two_names(claim, order):
    (pair,) = (own for own in exchanged_roles.tests(matched(claim, (MATCH,))) if own.first.kind == own.second.kind)
    assert pair.features[exchanged_roles.FEATURES.index("order")] == order


def test_exchanged_roles_are_a_sign():
    assert signs("Loxley beat Wexby.", (MATCH,))["roles"] > 0
    assert signs("Wexby beat Loxley.", (MATCH,)).get("roles", 0.0) == 0


def test_who_gets_and_who_gives():
    evidence = "The Harbour Trust leased the hall to the Rowers Club."
    (pair,) = (
        own
        for own in exchanged_roles.tests(
            matched("The Rowers Club leased the hall from the Harbour Trust.", (evidence,))
        )
        if own.first.kind == own.second.kind == "name"
    )
    assert pair.features[exchanged_roles.FEATURES.index("order")] == 1


def test_long_claims_have_no_roles():
    claim = " and ".join(f"Person{chr(97 + at)} met Guest{chr(97 + at)}" for at in range(MOST_ROLES)) + "."
    assert list(exchanged_roles.tests(matched(claim, (claim,)))) == []


@pytest.mark.parametrize(
    ("evidence", "claim", "sign"),
    [
        ("The hall seats 80 guests.", "The hall seats 95 guests.", "new value"),
        ("The hall was built by Ada Finzi.", "The hall was built by Ada Crane.", "new name"),
        ("The hall has a slate roof.", "The hall has a slate floor.", "new word"),
        ("The hall is heated.", "The hall is not heated.", "denies"),
        ("The hall is not heated.", "The hall is heated.", "affirms"),
        ("The hall is unable to seat us.", "The hall does not seat us.", "denies what is implied"),
        ("Sales of fish rose.", "Sales of fish fell.", "other opposite, new"),
        ("The chest is of oak.", "The chest is of walnut.", "other kind, new"),
        ("Some of the trees are old.", "All of the trees are old.", "other quantifier, new"),
        ("The trees are old.", "All trees are old.", "quantifier added, new"),
        ("Some trees are old.", "Trees are old.", "quantifier lost"),
    ],
)
def test_one_sign(evidence, claim, sign):
    assert signs(claim, (evidence,))[sign] > 0
    assert not signs(evidence, (evidence,)).get(sign)


def test_nothing_of_the_evidence_gives_no_signs():
    assert signs("Nobody knows.", ("The hall seats 80 guests.",)) == {}
    assert signs("The hall.", ()) == {}


def test_when_the_signs_decide():
    far = Reading(near=False, log_odds=-5.0, overlap=0.5, strong=True, new=0)
    assert far.supported(2.0, free=True)
    assert not far.supported(20.0, free=False)
    near = far._replace(near=True)
    assert not near.supported(2.0, free=True)
    assert near._replace(strong=False).supported(2.0, free=True)
    assert near.supported(12.0, free=False)
    assert not near._replace(new=2).supported(12.0, free=False)


def test_strong_signs_have_weights():
    assert set(STRONG) <= set(weights()["claim"])


def test_strict_verdicts_leave_the_support_alone():
    judge = _built("lexical_differences")
    strict = replace(judge, words=replace(judge.words, strict=True))
    answers = [Question("Loxley beat Wexby.", (MATCH,)), Question("Wexby beat Loxley.", (MATCH,))]
    for plain, found in zip(judge.judge(answers), strict.judge(answers), strict=True):
        assert [claim.support for claim in plain.claims] == [claim.support for claim in found.claims]
    verdicts = [judgement.claims[0].verdict for judgement in strict.judge(answers)]
    assert verdicts == ["unsupported", "supported"]


def test_what_is_certain_counts_as_well():
    claim, evidence = "The hall seats 95 guests.", ("The hall seats 80 guests.",)
    assert reading(claim, evidence, frozenset({"value"})).log_odds < reading(claim, evidence, frozenset()).log_odds


def test_the_committed_weights_fit_the_features():
    learned = weights()
    assert set(learned) == {"places", "roles", "claim"}
    assert set(learned["places"]) == set(RIVALRIES)
    assert all(len(own) == len(rival_places.FEATURES) for own in learned["places"].values())
    assert len(learned["roles"]) == len(exchanged_roles.FEATURES)
    assert learned["claim"]["overlap"] >= 0


def test_what_the_evidence_binds_to_something_else_is_never_accepted():
    """The README's own picture: the number of the incident was taken for its damage."""
    evidence = "The bill for incident 9260 came to 3150 crowns. The witness of incident 9260 is Koro Keslon."
    judge = _built("lexical_differences")
    (judgement,) = judge.judge([Question("Incident 9260 did damage of 9260 crowns.", (evidence,), "Which damage?")])
    assert [claim.verdict for claim in judgement.claims] == ["unsupported"]
    (judgement,) = judge.judge([Question("Incident 9260 did damage of 3150 crowns.", (evidence,), "Which damage?")])
    assert [claim.verdict for claim in judgement.claims] == ["supported"]
