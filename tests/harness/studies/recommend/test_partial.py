"""Which arms a study must ask, which a criterion reads of it, and what some of them take."""

from functools import cache
from itertools import combinations
from types import SimpleNamespace

import pytest

from harness.analysis.roles import Role
from harness.cli.builder import Builder
from harness.cli.config import ROOT, compose_job, resolved
from harness.cli.study_option import StudyOption
from harness.studies.control_needs import KINDS, ControlNeed, needs_of, unmet_needs
from harness.studies.decision.study_readings import StudyMean
from harness.studies.recommend.earlier import EarlierStudy
from harness.studies.recommend.partial import read_of, with_needed
from harness.studies.recommend.price import CellPrice, StudyPrice
from tests.harness.records import ROLES

ROLE_OF = {arm: Role(**ROLES.get(arm, {})) for arm in ("base", "rag", "qlora", "hybrid")}
SECONDS = {"base": 5.0, "rag": 10.0, "qlora": 100.0, "hybrid": 90.0}


def condition(settings, arms=()):
    return SimpleNamespace(settings=settings, arms=arms)


def mean(where, minus):
    return StudyMean("robustness", None, where, minus, None, {})


@cache
def study(name, budget="quick"):
    node = resolved(compose_job([f"study={name}", f"study.budget={budget}"])[0])["study"]
    return Builder().build(node, "study")


def arms_of():
    return {arm: Role(**ROLES.get(arm, {})) for arm in ("base", "rag", "qlora", "hybrid", "raft")}


def asked_by(made, arms):
    return {one.name: {arm for arm in arms if not one.arms or arm in one.arms} for one in made.conditions()}


def unmet(made, arms):
    roles = {arm: role for arm, role in arms_of().items() if arm in arms}
    return list(unmet_needs(made.controls, made.conditions(), asked_by(made, arms), roles))


def needing(*needs):
    """A study whose only control has these needs, under the conditions a and b."""
    control = SimpleNamespace(title="a control", needs=lambda conditions: needs)
    return SimpleNamespace(controls=(control,), conditions=list)


ASKED = {"a": set(ROLE_OF), "b": {"qlora", "base"}}


@pytest.mark.parametrize(
    ("arms", "needs", "found"),
    [
        ({"base", "rag"}, (), {"base", "rag"}),
        ({"base", "rag"}, [ControlNeed("adapted", (("a",),))], {"base", "rag", "hybrid"}),  # the cheaper of the two
        ({"base", "rag"}, [ControlNeed("adapted", (("a",), ("b",)))], {"base", "rag", "qlora"}),  # b asks it alone
        ({"hybrid"}, [ControlNeed("retrieves", (("a",),)), ControlNeed("any", (("a", "b"),))], {"hybrid"}),
        ({"hybrid"}, [ControlNeed("any", (("b",),))], {"hybrid", "base"}),
        (set(), [ControlNeed("plain", (("a",),)), ControlNeed("adapted", (("a",),))], {"base", "hybrid"}),
        ({"rag"}, [ControlNeed("any", ((),))], {"rag"}),  # no arm would help
    ],
)
def test_the_cheapest_arm_that_is_asked_what_controls_look_at_is_added(arms, needs, found):
    assert with_needed(arms, needing(*needs), ASKED, ROLE_OF, SECONDS) == found


SHIPPED = [
    (path.stem, budget)
    for path in sorted((ROOT / "conf/study").glob("*.yaml"))
    if path.stem != "none"
    for budget in ("quick", "full")
]
CHOICES = [pair for many in (1, 2) for pair in combinations(("base", "rag", "qlora", "hybrid", "raft"), many)]


@pytest.mark.parametrize(("name", "budget"), SHIPPED)
def test_whatever_arms_are_wanted_somebody_is_asked_what_the_controls_look_at(name, budget):
    """As `make recommend` asks a part of the arms: none of a study's controls may fail for want of an arm."""
    made, roles = study(name, budget), arms_of()
    asked = asked_by(made, roles)
    for wanted in CHOICES:
        arms = with_needed(wanted, made, asked, roles, SECONDS)
        assert arms >= set(wanted)
        assert unmet(made, arms) == [], wanted


def test_it_is_known_beforehand_which_control_some_arms_cannot_answer():
    """What a user's budget went into: the condition at full strength, and off-topic documents, ask rag alone."""
    (robust,) = unmet(study("robustness"), ("base", "raft"))
    assert robust.control == "full strength changes answers"
    assert "rag must be asked under clean and typos in 100 % of the words, draw 0, and none is" in robust.text
    for budget in ("quick", "full"):
        (size,) = unmet(study("corpus_size", budget), ("hybrid",))
        assert size.text.startswith("off-topic documents are retrieved less than look-alike ones: rag must be asked")
    assert unmet(study("corpus_size"), ("hybrid", "rag")) == []
    (hidden,) = unmet(study("privacy", "full"), ("base", "raft"))
    assert hidden.control == "no prompt shows what is filtered or deleted"
    assert "an arm that retrieves (rag), of " in hidden.text


@pytest.mark.parametrize(("name", "budget"), SHIPPED)
def test_every_shipped_control_says_what_it_looks_at(name, budget):
    """A condition that does not exist, or a name that no result has, would be found out only after the study."""
    made = study(name, budget)
    for control in made.controls:
        needs = needs_of(control, made.conditions())
        assert control.title
        assert all(group for need in needs for group in need.under), control
        names = {condition.name for condition in made.conditions()}
        assert {one for need in needs for group in need.under for one in group} <= names


def test_a_control_that_says_nothing_needs_every_kind_somewhere():
    needs = needs_of(object(), [SimpleNamespace(name="a"), SimpleNamespace(name="b")])
    assert [(need.kind, need.under) for need in needs] == [(kind, (("a", "b"),)) for kind in KINDS]


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


def earlier(budget, failed, arms=("base", "rag", "qlora", "hybrid", "raft"), name="robustness"):
    made = study(name, budget)
    return EarlierStudy(budget, asked_by(made, arms), failed), study(name, "full")


def test_what_failed_for_want_of_an_arm_is_made_again_with_it_and_what_failed_by_itself_is_not():
    strength = {"full strength changes answers": "the condition at full strength was not run"}
    made, full = earlier("quick", strength, arms=("base", "raft"))
    assert made.fails_again(full, arms_of()) == ""
    made, full = earlier("quick", {"full strength changes answers": "1 of 48 answers differ"})
    assert made.fails_again(full, arms_of()) == (
        "a control failed, for a reason that another run shares: full strength changes answers (1 of 48 answers differ)"
    )
    made, full = earlier("quick", {})
    assert made.fails_again(full, arms_of()) == ""


def test_a_study_of_data_that_were_mended_since_says_nothing_of_another_run(tmp_path, monkeypatch):
    made, _ = earlier("quick", {"full strength changes answers": "1 of 48 answers differ"}, arms=("base", "rag"))
    monkeypatch.setattr(EarlierStudy, "read", lambda folder: made)
    job = SimpleNamespace(run=SimpleNamespace(folder=tmp_path))

    def option(*todo):
        cells = tuple(CellPrice(0, arm, 10.0, {}) for arm in todo)
        return StudyOption("robustness", "quick", (), job, StudyPrice(cells, frozenset(("base", "rag", "qlora"))))

    same, mended = option("qlora"), option("base", "rag", "qlora")
    assert (same.earlier, same.finished) == (made, {"base", "rag"})
    assert (mended.earlier, mended.finished) == (None, frozenset())
    more = option("rag", "qlora")  # a seed was added, or a record is damaged: what failed then still did
    assert (more.earlier, more.finished) == (made, {"base"})


@pytest.mark.parametrize(
    ("name", "control", "again"),
    [
        ("forgetting", "tuning took", False),  # 240 rows, and all of them in the full study
        ("forgetting", "the base knows the probes", True),
        ("privacy", "unprotected documents come out", True),
    ],
)
def test_a_control_of_training_may_pass_where_more_rows_are_trained_on(name, control, again):
    made, full = earlier("quick", {control: "too few"}, name=name)
    assert bool(made.fails_again(full, arms_of())) is again
    made, full = earlier("full", {control: "too few"}, name=name)
    assert made.fails_again(full, arms_of())
