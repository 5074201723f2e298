"""Which arms a study must ask, which a criterion reads of it, and what some of them take."""

from types import SimpleNamespace

import pytest

from harness.analysis.roles import Role
from harness.cli.builder import Builder
from harness.cli.config import compose_job, resolved
from harness.studies.decision.study_readings import StudyMean
from harness.studies.recommend.partial import KINDS, needed_kinds, read_of, with_needed
from harness.studies.recommend.price import CellPrice, StudyPrice
from tests.harness.records import ROLES

ROLE_OF = {arm: Role(**ROLES.get(arm, {})) for arm in ("base", "rag", "qlora", "hybrid")}
SECONDS = {"base": 5.0, "rag": 10.0, "qlora": 100.0, "hybrid": 90.0}


def condition(settings, arms=()):
    return SimpleNamespace(settings=settings, arms=arms)


def mean(where, minus):
    return StudyMean("robustness", None, where, minus, None, {})


def study(name, budget="quick"):
    node = resolved(compose_job([f"study={name}", f"study.budget={budget}"])[0])["study"]
    return Builder().build(node, "study")


@pytest.mark.parametrize(
    ("arms", "kinds", "asked"),
    [
        ({"base", "rag"}, (), {"base", "rag"}),
        ({"base", "rag"}, ("adapted",), {"base", "rag", "hybrid"}),  # the cheaper of the two that are adapted
        ({"hybrid"}, ("retrieves", "adapted"), {"hybrid"}),
        (set(), ("plain", "adapted"), {"base", "hybrid"}),
    ],
)
def test_the_cheapest_arm_of_each_kind_that_controls_look_at_is_asked(arms, kinds, asked):
    assert with_needed(arms, kinds, ROLE_OF, SECONDS) == asked


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("robustness", ()),
        ("forgetting", ("plain", "adapted")),
        ("privacy", ("retrieves", "adapted")),
        ("update", ("retrieves",)),
        ("attribution", ("retrieves",)),
    ],
)
def test_controls_of_the_shipped_studies_say_what_they_need(name, kinds):
    assert needed_kinds(study(name)) == kinds


def test_a_control_that_says_nothing_needs_every_kind():
    assert needed_kinds(SimpleNamespace(controls=(object(),))) == KINDS


def test_a_criterion_reads_the_arms_that_are_asked_under_its_conditions():
    both = [condition({"change": "clean"}), condition({"change": "typos", "share": "0.1"}, ("base", "rag"))]
    readings = [mean({"change": "typos", "share": 0.1}, {"change": "clean"})]
    assert read_of(readings, "robustness", both) == {"base", "rag"}
    assert (
        read_of(readings, "robustness", [condition({"change": "clean"}), condition({"share": 0.1, "change": "typos"})])
        is None
    )
    assert read_of(readings, "robustness", both[:1]) == frozenset()
    assert read_of(readings, "update", both) == frozenset()


def test_a_quick_study_of_privacy_shows_nothing_that_the_card_reads():
    """Its adapters behind the filter were never trained on private rows; the full one's were."""
    criteria = resolved(compose_job(["+decision=own"])[0])["decision"]["criteria"]["privacy"]
    readings = [Builder().build(one, "reading") for one in criteria["readings"]]
    assert read_of(readings, "privacy", study("privacy").conditions()) == frozenset()
    assert read_of(readings, "privacy", study("privacy", "full").conditions()) == {"base", "rag", "qlora", "hybrid"}


def test_what_arms_share_is_paid_once():
    cells = (
        CellPrice(0, "rag", 10.0, {"index": 4.0}),
        CellPrice(0, "hybrid", 10.0, {"index": 4.0, "adapter": 60.0}, (100, 10)),
        CellPrice(1, "hybrid", 20.0, {"adapter": 60.0}, (50, 5)),
    )
    price = StudyPrice(cells, frozenset(("base", "rag", "hybrid")))
    assert price.todo == {"rag", "hybrid"}
    assert price.seconds(["rag"]) == 10.0 + 4.0 + 5.0
    assert price.seconds(["rag", "hybrid"]) == 40.0 + 4.0 + 60.0 + 2 * 5.0
    assert price.seconds(["base"]) == 0.0
    assert price.tokens(["rag", "hybrid"]) == (150, 15)
