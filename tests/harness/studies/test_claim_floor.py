"""No verdict on what nobody could lose, or on an arm that is another one: floors, and provisional numbers."""

import dataclasses

import pytest

from harness.studies.claims import page
from harness.studies.claims.claim import ClaimPart, DocumentClaim, Scope
from harness.studies.claims.effect import Gap
from harness.studies.claims.ledger import ledger_of
from harness.studies.claims.readings.metric_contrast import MetricContrast, Term
from harness.studies.claims.verdicts import Asked, decide, family, together
from harness.studies.floor import chance_of, has_to_lose
from harness.types import Example
from tests.harness.studies.claim_evidence import evidence, scored, study
from tests.harness.studies.fakes import study_data
from tests.harness.studies.test_claim_verdicts import effect

SETTINGS = {name: {"change": name} for name in ("clean", "typos")}
CLEAN, TYPOS = ({"change": "clean"},), ({"change": "typos"},)
KNOWING = [1.0] * 36 + [0.0] * 4
NOTHING = [0.0] * 40


def asked(*references, answerable=True):
    return Example("e", "?", references, (), answerable=answerable)


def test_chance_is_what_one_and_the_same_answer_is_right_in():
    assert chance_of([asked("red"), asked("Red "), asked("blue"), asked("green")]) == 0.5
    assert chance_of([asked("a"), asked("b"), *[asked("", answerable=False)] * 2]) == 0.5  # whoever refuses all
    assert chance_of([asked("a", "b"), asked("b"), asked("c"), asked("d")]) == 0.5
    assert chance_of([asked("a"), asked("a")]) == chance_of([]) == 0.0  # nothing tells a guess from an answer


def test_what_is_not_surely_above_chance_by_the_margin_has_nothing_to_lose():
    assert has_to_lose(0.31, 0.2, 0.1)
    assert has_to_lose(0.31, 0.2, -0.1)
    assert not has_to_lose(0.29, 0.2, 0.1)


def part(reading, direction, margin):
    return ClaimPart("?", reading, direction, margin, "share", "so", Scope("every task"))


def row_of(one, known):
    claim = DocumentClaim("C1", "t", "s", "d", "all", 1, "2026-11-30", (), (one,))
    (row,) = ledger_of([claim], known).rows
    return row


def steadier(margin=0.05, direction="greater"):
    """Whether qlora loses less by typing errors than rag."""
    terms = [Term("qlora", 1, levels=TYPOS), Term("qlora", -1, levels=CLEAN)]
    terms += [Term("rag", -1, levels=TYPOS), Term("rag", 1, levels=CLEAN)]
    return part(MetricContrast("update", "exact_match", tuple(terms)), direction, margin)


def worlds(qlora_clean, qlora_typos=None):
    cells = {
        ("clean", "rag"): KNOWING,
        ("typos", "rag"): [1.0] * 10 + NOTHING[:30],
        ("clean", "qlora"): qlora_clean,
        ("typos", "qlora"): qlora_typos or qlora_clean,
    }
    data = study_data(cells, SETTINGS, metric="exact_match")
    return evidence(scored(rag=KNOWING, qlora=KNOWING), studies=study(data))


def test_an_arm_that_knows_nothing_is_not_called_steadier():
    row = row_of(steadier(), worlds(NOTHING))
    assert row.ruling == "not tested"
    assert row.parts[0].gap.why.startswith("the arm has nothing to lose: qlora exact_match under")
    assert row_of(steadier(), worlds(KNOWING)).ruling == "supported"


def test_arms_that_know_nothing_are_not_called_equal():
    same = part(MetricContrast("experiment", "exact_match", (Term("rag", 1), Term("qlora", -1))), "equal", 0.1)
    long = 10
    nothing = evidence(scored(rag=NOTHING * long, qlora=NOTHING * long))
    assert row_of(same, nothing).ruling == "not tested"
    assert row_of(same, evidence(scored(rag=KNOWING * long, qlora=KNOWING * long))).ruling == "supported"
    ahead = dataclasses.replace(same, direction="greater")
    assert row_of(ahead, nothing).ruling == "refuted"  # rag is surely not ahead, whatever anybody knows


def test_a_single_loss_needs_a_level_that_could_fall():
    terms = (Term("rag", 1, levels=TYPOS), Term("rag", -1, levels=CLEAN))
    kept = part(MetricContrast("update", "exact_match", terms), "greater", -0.1)

    def known(values):
        data = study_data({(level, "rag"): values for level in SETTINGS}, SETTINGS, metric="exact_match")
        return evidence(studies=study(data))

    assert row_of(kept, known(NOTHING * 10)).ruling == "not tested"
    assert row_of(kept, known(KNOWING * 10)).ruling == "supported"


def test_of_a_metric_that_is_better_lower_nothing_is_at_the_floor():
    terms = (Term("rag", 1), Term("qlora", -1))
    arms = scored("fabrication", rag=NOTHING, qlora=NOTHING)
    meaning = {"fabrication": {"unit": "share", "higher_is_better": False, "worst": 1.0}}
    arms = {arm: dataclasses.replace(one, metrics=meaning) for arm, (one,) in arms.items()}
    assert MetricContrast("experiment", "fabrication", terms).read(evidence(arms)).stakes == ()


def fewer(known, rows=240, **fields):
    """The same evidence; the study trained qlora on so many rows, and the experiment on 1,200."""

    def with_rows(data, count):
        facts = {"training": {"rows": count}}
        cells = {
            (level, arm): tuple(dataclasses.replace(one, facts=facts) for one in own) if arm == "qlora" else own
            for (level, arm), own in data.cells.items()
        }
        return dataclasses.replace(data, cells=cells)

    source = known.studies["update"]
    source = dataclasses.replace(source, data=with_rows(source.data, rows), **fields)
    own = known.experiment and dataclasses.replace(known.experiment, data=with_rows(known.experiment.data, 1_200))
    return dataclasses.replace(known, experiment=own, studies={"update": source})


def test_what_a_study_says_of_an_adapter_of_fewer_rows_is_provisional():
    known = fewer(worlds(KNOWING), budget="quick", says="240 pairs")
    row = row_of(steadier(), known)
    (one,) = row.parts
    assert (row.ruling, one.verdict.by_interval, one.verdict.p) == ("provisional", "supported", None)
    assert row.command == "make study study=update task=qa model=pocket"
    assert "qlora was trained on 240 rows there and on 1,200 in the experiment: another arm" in one.conditions
    assert row_of(steadier(), fewer(worlds(KNOWING), rows=1_100)).ruling == "supported"


def test_it_is_seen_and_counted_in_every_file():
    known = fewer(worlds(KNOWING), budget="quick")
    claim = DocumentClaim("C1", "t", "s", "d", "all", 1, "2026-11-30", (), (steadier(),))
    ledgers = [ledger_of([claim], known)]
    assert ledgers[0].family == 0
    files = page.files(ledgers)
    assert ",provisional," in files["claims.csv"]
    assert "~ provisional" in files["claims.md"]
    assert "1 provisional." in files["claims.md"]
    assert "<p>1 provisional.</p>" in files["claims.html"]
    assert "qa · pocket: 1 provisional" in page.terminal(ledgers)
    assert "by its number alone it would be supported" in page.terminal(ledgers)


def test_without_an_experiment_a_quick_study_shows_nothing_of_the_arm_that_is_meant():
    alone = dataclasses.replace(worlds(KNOWING), experiment=None)
    assert row_of(steadier(), fewer(alone, budget="quick")).ruling == "provisional"
    assert row_of(steadier(), fewer(alone, budget="full")).ruling == "supported"


def test_provisional_numbers_take_no_part_in_the_correction():
    barely = [Asked(effect(0.2, 0.095, said=str(at)), "greater", 0.1) for at in range(10)]
    others = [dataclasses.replace(one, effect=dataclasses.replace(one.effect, others=("x",))) for one in barely[1:]]
    assert family([barely[0], *others]) == 1
    assert [one.ruling for one in decide([barely[0], *others])] == ["supported", *["provisional"] * 9]


@pytest.mark.parametrize(
    ("rulings", "all_of_them", "one_of_them"),
    [
        (["supported", "provisional"], "provisional", "supported"),
        (["undecided", "provisional"], "provisional", "undecided"),
        (["not tested", "provisional"], "not tested", "provisional"),
        (["refuted", "provisional"], "refuted", "provisional"),
    ],
)
def test_a_claim_with_a_provisional_part(rulings, all_of_them, one_of_them):
    assert together(rulings, "all") == all_of_them
    assert together(rulings, "any") == one_of_them


def test_a_gap_says_that_the_arm_was_another_one_as_well():
    row = row_of(steadier(), fewer(worlds(NOTHING), budget="quick"))
    assert isinstance(row.parts[0].gap, Gap)
    assert row.parts[0].gap.why.endswith("on 1,200 in the experiment: another arm")
    assert row.command == "make study study=update task=qa model=pocket"
