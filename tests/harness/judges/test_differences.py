"""What differs between a claim and the evidence that it restates decides; what is harmless does not."""

import pytest

from harness.judges.differences import compare
from harness.judges.judge import Question
from tests.harness.judges.conftest import _built

INCIDENT = (
    "Incident 9260 happened at the northern depot on 4 May. The damage was put at 3150 crowns and two vans were lost."
)
DESIGN = "The design by Marta Ilves was chosen, and Otto Brandt led the works."
LIBRARY = "The library opens at 9:00 and closes at 17:30 on weekdays."
TICKETS = "Red tickets are valid for one day, blue tickets for a week."
CASES = [
    (INCIDENT, "The damage of incident 9260 was 3150 crowns.", "The damage of incident 9260 was 9260 crowns.", "value"),
    (
        "It holds 42,000 cubic metres and serves 15 villages.",
        "It serves 15 villages.",
        "It serves 42 villages.",
        "value",
    ),
    (LIBRARY, "On weekdays the library closes at 5:30 pm.", "On weekdays the library closes at 9 am.", "value"),
    ("Refunds take 10 days.", "A refund takes 10 days.", "A refund takes 10 weeks.", "value"),
    (TICKETS, "Blue tickets are valid for a week.", "Red tickets are valid for a week.", "value"),
    (DESIGN, "Otto Brandt led the works.", "Marta Ilves led the works.", "name"),
    (DESIGN, "The chosen design was by Marta Ilves.", "The chosen design was by Paula Ilves.", "name"),
    (
        "The tower has a copper roof.",
        "The roof of the tower is of copper.",
        "The roof of the tower is of slate.",
        "opposite",
    ),
    (
        "The eastern gate is closed in winter.",
        "In winter the eastern gate is closed.",
        "The western gate is closed in winter.",
        "opposite",
    ),
    ("Most rooms have a balcony.", "Most of the rooms have a balcony.", "All rooms have a balcony.", "opposite"),
    (
        "Dogs are allowed in the garden but not in the house.",
        "Dogs are not allowed in the house.",
        "Dogs are allowed in the house.",
        "denial",
    ),
    (
        "Die Brücke verbindet Lohfeld mit Tarnau.",
        "Lohfeld ist mit Tarnau verbunden.",
        "Die Brücke verbindet Lohfeld mit Bernau.",
        "word",
    ),
    (
        "Los precios subieron un 4 % en abril.",
        "En abril los precios subieron un 4 %.",
        "En abril los precios bajaron un 4 %.",
        "opposite",
    ),
    (
        "Музей не работает по понедельникам.",
        "По понедельникам музей не работает.",
        "Музей работает по понедельникам.",
        "denial",
    ),
    ("红色按钮用于停止机器。", "红色按钮用来停止机器。", "绿色按钮用来停止机器。", "opposite"),
    (
        "Halvard Works bought Tessen Mill from the bank.",
        "Tessen Mill was bought by Halvard Works.",
        "Tessen Mill bought Halvard Works.",
        "role",
    ),
    ("Anna taught Boris to sail.", "Boris was taught to sail by Anna.", "Anna was taught to sail by Boris.", "role"),
]


@pytest.fixture
def verdicts(request):
    judge = _built("lexical_differences")
    return lambda answer, *evidence: [claim.verdict for claim in judge.judge([Question(answer, evidence)])[0].claims]


@pytest.mark.parametrize(("evidence", "true", "false", "kind"), CASES, ids=[case[2] for case in CASES])
def test_one_wrong_word(evidence, true, false, kind):
    assert compare(true, (evidence,)).differences == ()
    assert kind in {difference.kind for difference in compare(false, (evidence,)).differences}


def test_the_judge_follows(verdicts):
    assert verdicts("The damage of incident 9260 was 9260 crowns.", INCIDENT) == ["unsupported"]
    assert verdicts("The damage of incident 9260 was 3,150 crowns.", INCIDENT) == ["supported"]


def test_a_value_in_another_spelling_supports(verdicts):
    assert verdicts("Check-in is possible from 15:00.", "Check-in is possible from 3 pm.") == ["supported"]
    assert verdicts("Check-in is possible from 13:00.", "Check-in is possible from 3 pm.") == ["unsupported"]


def test_a_value_of_a_unit_that_the_evidence_has_otherwise():
    found = compare("It is kept at 5 °C.", ("The store holds 1,000 units at -5 °C.",)).differences
    assert [(one.kind, one.claim.strip("."), one.evidence.strip(".")) for one in found] == [("value", "5 °C", "-5 °C")]
    assert compare("It is kept at -5 °C.", ("The store holds 1,000 units at -5 °C.",)).differences == ()


@pytest.mark.parametrize(
    "claim",
    [
        "The bridge was designed by an unknown engineer in another country.",  # nothing of the evidence is restated
        "No more than 12 boats were there.",
        "Yes, the boats, all of them, were red.",
    ],
)
def test_without_a_restatement_nothing_differs(claim):
    assert compare(claim, ("The harbour was rebuilt. Only 12 boats lay there in winter.",)).differences == ()


def test_a_claim_whose_words_stand_in_the_sentence_but_not_in_its_best_stretch():
    evidence = (
        "The yellow slide is 40 m long and open to children from 4 years, the blue slide is 85 m long and open from 8 "
        "years, and the black slide is 120 m long and open to adults only."
    )
    found = compare("The slide that is 120 m long is the yellow one.", (evidence,), "How old must one be for it?")
    assert all(difference.kind != "denial" for difference in found.differences)
