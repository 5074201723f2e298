"""What criteria are measured by: the same numbers as in tables, paired over arms, of the experiment and of studies."""

import dataclasses

import numpy as np
import pytest

from harness.analysis.costs.amount import Amount
from harness.analysis.result import Figure, Section, SectionColumn
from harness.analysis.selection import SelectedRecords
from harness.analysis.table import comparison_data
from harness.errors import StoreError
from harness.machine.measured import Resource, TimedPass, TimedRequest, Timings
from harness.reports.csv import sections_csv
from harness.studies.decision.criterion import CriteriaList
from harness.studies.decision.measured import measure
from harness.studies.decision.plain_readings import LabelsNeeded, MetricMean, Money, PartsCount, RequestTime
from harness.studies.decision.reading import DecisionData, Readout, StudyEvidence
from harness.studies.decision.samples import RESAMPLES, exact, mean_sample, spread
from harness.studies.decision.study_evidence import passed, read_sections
from harness.studies.decision.study_readings import CurveOverLabels, StudyFigure, StudyMean
from harness.types import THE_INPUT
from tests.harness.records import record
from tests.harness.studies.decision.cards import criterion
from tests.harness.studies.fakes import study_data

BASE, RAG, ORACLE = [0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]


def data(*records, studies=None):
    arms = {}
    for one in records:
        arms[one.cell.arm] = (*arms.get(one.cell.arm, ()), one)
    chosen = SelectedRecords(arms, (), (), {name: own for one in records for name, own in one.metrics.items()})
    return DecisionData(comparison_data(chosen, RESAMPLES, None), studies or {})


def study(cells, settings, sections=(), *, withheld=False, **fields):
    return StudyEvidence(study_data(cells, settings, **fields), tuple(sections), withheld)


def test_a_metric_is_the_tables_mean_and_controls_take_no_part():
    found = MetricMean(("f1", "em"), {}).read(data(record("base", BASE), record("rag", RAG), record("oracle", ORACLE)))
    assert found.said == "em"
    assert {arm: one.value for arm, one in found.samples.items()} == {"base": 0.25, "rag": 0.75}


def test_the_metric_that_most_arms_have_is_taken_and_structure_fills_in():
    shown = record("rag", RAG, metric="groundedness")
    found = MetricMean(("groundedness",), {"passages": 0.0}).read(
        data(record("base", BASE), record("qlora", BASE), shown)
    )
    assert {arm: one.value for arm, one in found.samples.items()} == {"base": 0.0, "qlora": 0.0, "rag": 0.75}
    both = data(record("base", BASE), shown)
    assert MetricMean(("groundedness", "em"), {}).read(both).said == "groundedness"
    assert MetricMean(("em", "groundedness"), {}).read(both).said == "em"
    assert MetricMean(("rouge_l",), {}).read(both) is None
    assert "rouge_l" in MetricMean(("rouge_l",), {}).wanted("qa")


def test_arms_are_resampled_together():
    hard = [0.0] * 20 + [1.0] * 20
    first, second = (mean_sample(np.array([hard]), np.arange(40), arm) for arm in ("rag", "raft"))
    assert first.draws.tolist() == second.draws.tolist()
    opposite = mean_sample(np.array([hard[::-1]]), np.arange(40), "raft")
    assert np.corrcoef(first.draws, opposite.draws)[0, 1] == pytest.approx(-1.0, abs=1e-6)


def test_draws_have_the_spread_of_a_mean_over_groups():
    values = np.random.default_rng(1).random(400)
    each = mean_sample(values[np.newaxis], np.arange(400), "rag")
    pairs = mean_sample(np.repeat(values[:200], 2)[np.newaxis], np.repeat(np.arange(200), 2), "rag")
    assert each.value == pytest.approx(values.mean(), abs=1e-4)
    assert each.draws.std() == pytest.approx(values.std() / 20, rel=0.1)
    assert pairs.draws.std() == pytest.approx(values[:200].std() / 200**0.5, rel=0.1)


def test_shares_of_nothing_and_all_are_not_certain():
    found = mean_sample(np.zeros((1, 30)), np.arange(30), "rag")
    # 0 of 30: Clopper and Pearson's limit, 1 - .025^(1/30) = .116
    assert found.value == 0.0
    assert np.quantile(found.draws, 0.975) == pytest.approx(0.116, abs=0.01)
    assert mean_sample(np.ones((1, 30)), np.arange(30), "rag").draws == pytest.approx(1 - found.draws, abs=1e-3)
    half = mean_sample(np.full((1, 30), 0.5), np.arange(30), "rag")
    assert half.draws.tolist() == [0.5] * RESAMPLES


def test_several_seeds_widen():
    values = np.random.default_rng(2).random((1, 200))
    alone = mean_sample(values, np.arange(200), "raft")
    several = mean_sample(np.concatenate([values, values + 0.2, values - 0.2]), np.arange(200), "raft")
    assert several.value == pytest.approx(alone.value, abs=1e-4)
    assert several.draws.std() > 3 * alone.draws.std()


def test_no_value_is_no_measurement_and_one_group_shows_no_spread():
    assert mean_sample(np.full((1, 5), np.nan), np.arange(5), "rag") is None
    assert mean_sample(np.array([[0.2, 0.4]]), np.array([0, 0]), "rag").draws.tolist() == [0.3]


def test_figures_are_drawn_by_their_interval():
    drawn = spread(Figure(0.3, 0.2, 0.5), "x").draws
    assert np.quantile(drawn, 0.025) == pytest.approx(0.2, abs=0.02)
    assert np.quantile(drawn, 0.975) == pytest.approx(0.5, abs=0.03)
    assert spread(Figure(0.3), "x").draws.tolist() == [0.3]
    assert spread(Figure(0.3, 0.2, 0.5), "y").draws.tolist() != drawn.tolist()


def timed(seconds, adapter="none"):
    requests = tuple(TimedRequest(f"e{at:03}", 0, 0.0, one, ()) for at, one in enumerate(seconds))
    return TimedPass(adapter, 1, sum(seconds), requests)


def with_time(arm, *passes):
    return record(arm, BASE, timings=Timings("s", "now", "cpu", "m", {}, {}, passes))


def test_time_is_that_of_requests_given_alone():
    seconds = [0.001 * one for one in range(1, 101)]
    slower = [2 * one for one in seconds]
    found = RequestTime(95.0).read(
        data(
            with_time("rag", timed(seconds)),
            with_time("qlora", timed(seconds, "merged"), timed(slower, "unmerged")),
            record("base", BASE),
        )
    )
    assert found.samples["rag"].value == pytest.approx(95.05)
    assert found.samples["qlora"].value == pytest.approx(190.1)  # as it was scored
    assert "base" not in found.samples
    assert found.samples["qlora"].draws == pytest.approx(2 * found.samples["rag"].draws, rel=1e-3)  # the same examples
    assert RequestTime(95.0).read(data(record("base", BASE))) is None
    assert list(RequestTime(950.0).faults()) == ["percentile is 950.0; it must be between 0 and 100"]


def test_labels_are_those_trained_on_or_shown():
    pairs = {"passages": {"documents": 400, "exemplars": 400}}
    found = LabelsNeeded().read(
        data(
            record("base", BASE),
            record("rag", BASE, facts={"retrieval": pairs}),
            record("qlora", BASE, facts={"training": {"rows": 600}}, resources=(Resource("adapter", "a", 9.0),)),
            record("raft", BASE, facts={"training": {"brought": True}}),
        )
    )
    assert {arm: one.value for arm, one in found.samples.items()} == {"base": 0.0, "rag": 400.0, "qlora": 600.0}


def test_parts_are_counted_from_records_alone():
    kept = (Resource("index", "i", 1.0), Resource("passages", "p", 1.0), Resource("predictions", "a", 1.0))
    found = PartsCount().read(data(record("base", BASE), record("rag", BASE, resources=kept)))
    assert {arm: one.value for arm, one in found.samples.items()} == {"base": 1.0, "rag": 3.0}


def test_money_is_that_of_the_ledger():
    class Book:
        answers, one_off, update = Amount(2.0, np.full(RESAMPLES, 3.0), 5), Amount(7.0), None
        training, index, reindex, retrain = Amount(0.0), None, None, None

    own = data(record("rag", BASE))
    own.__dict__["ledgers"] = {"rag": Book}
    assert Money("answers").read(own).samples["rag"].draws.tolist() == [3.0] * RESAMPLES
    assert Money("preparation").read(own).samples["rag"].draws.tolist() == [7.0]  # counted, and nothing timed in it
    assert Money("update").read(own) is None
    assert Money("answers").read(data(record("rag", BASE))) is None  # no price list


def test_a_training_that_was_timed_once_is_no_exact_amount():
    class Book:
        answers, one_off, update = None, Amount(7.0), Amount(2.0)
        training, index, reindex, retrain = Amount(4.0), Amount(2.0), Amount(0.0), Amount(2.0)

    own = data(record("qlora", BASE))
    own.__dict__["ledgers"] = {"qlora": Book}
    once = Money("preparation").read(own).samples["qlora"]
    assert (once.value, len(once.draws)) == (7.0, RESAMPLES)
    assert once.draws.min() == pytest.approx(1.0 + 6.0 / 1.5, rel=0.02)
    assert once.draws.max() == pytest.approx(1.0 + 6.0 * 1.5, rel=0.02)
    update = Money("update").read(own).samples["qlora"].draws
    assert (update.min(), update.max()) == (pytest.approx(2 / 1.5, rel=0.02), pytest.approx(3.0, rel=0.02))


LEVELS = {"clean": {"change": "clean"}, "typos": {"change": "typos", "share": 0.1}}


def of_study(reading, cells, settings=LEVELS, arms=("base", "rag"), **more):
    evidence = study(cells, settings, **more)
    return reading.read(data(*(record(arm, BASE) for arm in arms), studies={reading.study: evidence}))


def test_a_studys_difference_is_paired():
    many = 10  # questions, so that rag is surely above chance
    cells = {
        ("clean", "rag"): RAG * many,
        ("typos", "rag"): [1.0, 0.0, 0.0, 1.0] * many,
        ("clean", "base"): BASE * many,
    }
    reading = StudyMean("robustness", None, {"change": "typos", "share": 0.1}, {"change": "clean"}, None, {})
    found = of_study(reading, cells)
    assert {arm: one.value for arm, one in found.samples.items()} == {"rag": -0.25}
    assert found.said == "study robustness: em under typos minus under clean"
    assert reading.wanted("qa") == "make study study=robustness task=qa"


DROP = StudyMean("robustness", None, {"change": "typos", "share": 0.1}, {"change": "clean"}, None, {"passages": 0.0})
MANY = 10
AT_CHANCE = [0.0] * 39 + [1.0]


def test_an_arm_at_chance_has_no_robustness_to_measure():
    both = {("clean", "base"): AT_CHANCE, ("typos", "base"): AT_CHANCE}
    cells = {("clean", "rag"): RAG * MANY, ("typos", "rag"): RAG * MANY, **both}
    found = of_study(DROP, cells)
    assert (list(found.samples), found.nothing_to_lose) == (["rag"], ("base",))
    knowing = {(level, arm): RAG * MANY for level in LEVELS for arm in ("base", "rag")}
    assert of_study(DROP, knowing).nothing_to_lose == ()
    plain = StudyMean("robustness", None, {"change": "typos"}, {}, None, {})
    assert of_study(plain, cells).nothing_to_lose == ()  # a mean is no loss


def test_an_arm_that_a_study_did_not_ask_stands_where_the_experiment_has_it():
    evidence = study({(level, "rag"): RAG * MANY for level in LEVELS}, LEVELS)
    for values, kept in ((AT_CHANCE, ["rag"]), (RAG * MANY, ["base", "rag"])):
        own = data(record("base", values), record("rag", RAG * MANY), studies={"robustness": evidence})
        assert sorted(DROP.read(own).samples) == kept  # without passages nothing changes, if there is anything to lose


def test_who_never_gave_the_old_value_is_not_praised_for_giving_none():
    settings = {"old": {"documents": "old"}, "new": {"documents": "new"}}
    rows = section(("old", Figure(0.0, 0.0, 0.05), Figure(0.8, 0.7, 0.9)), ("new", Figure(0.0), Figure(0.0)))
    cells = {(level, arm): RAG for level in settings for arm in ("base", "rag")}
    reading = StudyFigure("update", "stale", "", {"documents": "new"}, {}, (), {"documents": "old"})
    found = of_study(reading, cells, settings, sections=[rows])
    assert (list(found.samples), found.nothing_to_lose) == (["rag"], ("base",))
    every = StudyFigure("update", "stale", "", {"documents": "new"}, {})
    assert list(of_study(every, cells, settings, sections=[rows]).samples) == ["base", "rag"]


def test_what_no_run_would_measure_is_said_in_place_of_a_command():
    cells = {(level, arm): AT_CHANCE if arm == "base" else RAG * MANY for level in LEVELS for arm in ("base", "rag")}
    arms = (record("base", AT_CHANCE), record("rag", RAG * MANY))
    asked = measure(data(*arms, studies={"robustness": study(cells, LEVELS)}), listed(robustness=DROP))
    assert asked.unmeasurable == asked.wanted
    assert asked.wanted == {"robustness": "no run would: base has nothing to lose"}
    assert asked.warnings[-1].startswith("quality: base has nothing to lose, since it knows nothing; a loss of 0 is no")
    stale = StudyFigure("update", "stale", "", {}, {}, ("documents",))
    without = measure(data(*arms), listed(staleness=stale))
    assert without.unmeasurable["staleness"].startswith(
        "no study would: it makes sense for tasks whose answers stand in"
    )
    shown = record("rag", RAG * MANY, facts={"retrieval": {"passages": {"documents": 9}}})
    there = measure(data(arms[0], shown), listed(staleness=stale))
    assert (there.unmeasurable, there.wanted) == ({}, {"staleness": "make study study=update task=qa"})


LOSS = StudyMean("robustness", None, {"change": "typos"}, {"change": "clean"}, None, {})
HELD = StudyMean("hallucination", "abstention", {"change": "withheld"}, {}, None, {})


def of_one(*readings, studies=None, values=(BASE, RAG)):
    """A card whose only criterion has these readings."""
    made = dataclasses.replace(criterion(), readings=readings)
    listed = CriteriaList({"x": made}, {}, {}, {}, CurveOverLabels("labels", "x", "equal epochs"))
    found = [record(arm, own) for arm, own in zip(("base", "rag"), values, strict=True)]
    return measure(data(*found, studies=studies), listed)


def test_a_study_of_losses_is_not_named_where_no_arm_has_anything_to_lose():
    """All are at chance in the experiment: a study would find a loss of 0 that does not count."""
    nothing = [0.0] * 40
    idle = of_one(LOSS, values=(nothing, nothing))
    assert idle.nothing_to_lose == {"x": ("base", "rag")}
    assert idle.wanted["x"] == "no run would: base and rag have nothing to lose"
    one = of_one(LOSS, values=(nothing, [1.0] * 40))
    assert one.nothing_to_lose == {"x": ("base",)}
    assert one.wanted["x"] == "make study study=robustness task=qa"
    assert of_one(HELD, values=(nothing, nothing)).nothing_to_lose == {}


def test_a_study_that_was_run_and_shows_nothing_is_not_named_again():
    def ran(metric, value, **fields):
        cells = {("a", arm): [value] * 4 for arm in ("base", "rag")}
        return {"hallucination": study(cells, {"a": {"change": "withheld"}}, metric=metric, **fields)}

    again = "make study study=hallucination task=qa"
    silent = of_one(HELD, studies=ran("abstention", None))
    assert silent.unmeasurable["x"] == "study hallucination was run, and its answers have no value of it"
    assert silent.wanted["x"] == silent.unmeasurable["x"]
    assert of_one(HELD, studies=ran("em", 1.0)).wanted["x"] == again  # it was not scored by this metric
    assert of_one(HELD, studies={}).wanted["x"] == again
    assert of_one(HELD, studies=ran("abstention", 1.0)).wanted == {}
    failed = ran("abstention", 1.0, withheld=True)
    failed["hallucination"] = dataclasses.replace(failed["hallucination"], failed={"planted are shown": "3 of 60"})
    said = "study hallucination was run and does not count, as a control failed (planted are shown: 3 of 60)"
    assert of_one(HELD, studies=failed).wanted["x"] == said


def test_a_spent_reading_hides_no_other_way_to_measure_and_no_arm_that_was_not_asked():
    def ran(arms, **fields):
        cells = {("a", arm): [None] * 4 for arm in arms}
        return {"hallucination": study(cells, {"a": {"change": "withheld"}}, metric="abstention", **fields)}

    steady = dataclasses.replace(LOSS, study="update")
    assert of_one(HELD, steady, studies=ran(("base", "rag"))).unmeasurable == {}
    assert of_one(HELD, steady, studies=ran(("base", "rag"))).wanted["x"] == "make study study=update task=qa"
    in_experiment = MetricMean(("groundedness",), {})
    found = of_one(HELD, in_experiment, studies=ran(("base", "rag")))
    assert found.wanted["x"] == "make experiment task=qa with groundedness among its metrics (metric=[…])"
    assert of_one(HELD, MetricMean(("em",), {}), studies=ran(("base", "rag"))).wanted == {}
    withheld = ran(("base",), withheld=True)
    assert of_one(HELD, studies=withheld).unmeasurable == {}
    assert of_one(HELD, studies=ran(("base",))).unmeasurable == {}


def test_settings_of_the_command_line_are_texts():
    reading = StudyMean("s", None, {"share": "0.1"}, {}, None, {})
    assert of_study(reading, {("typos", "rag"): RAG}).samples["rag"].value == 0.75
    assert of_study(StudyMean("s", None, {"share": 0.2}, {}, None, {}), {("typos", "rag"): RAG}) is None
    assert of_study(StudyMean("s", None, {"share": 0.1}, {"change": "x"}, None, {}), {("typos", "rag"): RAG}) is None
    assert of_study(StudyMean("s", "f1", {"share": 0.1}, {}, None, {}), {("typos", "rag"): RAG}) is None


def test_only_questions_that_cannot_be_answered():
    cells = {("clean", "rag"): RAG}
    evidence = study(cells, LEVELS)
    (one,) = evidence.data.cells["clean", "rag"]
    rows = [dataclasses.replace(row, answerable=at > 0) for at, row in enumerate(one.examples)]
    changed = dataclasses.replace(
        evidence.data, cells={("clean", "rag"): (dataclasses.replace(one, examples=tuple(rows)),)}
    )
    studies = {"s": StudyEvidence(changed, ())}
    for answerable, value in ((False, 1.0), (True, 2 / 3), (None, 0.75)):
        found = StudyMean("s", None, {"change": "clean"}, {}, answerable, {}).read(
            data(record("rag", BASE), studies=studies)
        )
        assert found.samples["rag"].value == pytest.approx(value, abs=1e-4)


def section(*rows):
    columns = (SectionColumn("condition"), SectionColumn("base"), SectionColumn("rag"))
    return Section("stale", "Stale answers: a share", columns, rows)


def test_a_studys_figure_by_section_and_row():
    rows = section(("clean", None, Figure(0.4, 0.3, 0.5)), ("typos", Figure(0.1), Figure(0.2)))
    cells = {("clean", "rag"): RAG, ("typos", "rag"): RAG}
    reading = StudyFigure("update", "stale", "", {"change": "clean"}, {})
    found = of_study(reading, cells, sections=[rows])
    assert {arm: one.value for arm, one in found.samples.items()} == {"rag": 0.4}
    assert found.said == "study update: stale answers: a share (clean)"
    by_row = of_study(StudyFigure("update", "stale", "typos", {}, {}), cells, sections=[rows])
    assert {arm: one.value for arm, one in by_row.samples.items()} == {"base": 0.1, "rag": 0.2}
    mean = of_study(StudyFigure("update", "stale", "", {}, {"adapter": 0.0}), cells, sections=[rows])
    assert mean.samples["rag"].value == pytest.approx(0.3)
    assert of_study(StudyFigure("update", "other", "", {}, {}), cells, sections=[rows]) is None
    assert of_study(StudyFigure("update", "stale", "", {"change": "x"}, {}), cells, sections=[rows]) is None


def test_a_study_whose_control_failed_measures_nothing():
    reading = StudyMean("s", None, {"change": "clean"}, {}, None, {"passages": 0.0})
    assert of_study(reading, {("clean", "rag"): RAG}) is not None
    assert of_study(reading, {("clean", "rag"): RAG}, withheld=True) is None
    assert reading.read(data(record("rag", BASE))) is None


def test_a_studys_table_is_read_as_it_was_written(tmp_path):
    controls = (SectionColumn("control"), SectionColumn("kind"), SectionColumn("result"))
    written = (
        Section("controls", "Controls", controls, (("typos matter", "positive", "passed"),)),
        section(("clean", None, Figure(0.4, 0.3, 0.5)), ("typos", Figure(0.1), Figure(0.2, 0.1, 0.9, open_high=True))),
    )
    path = tmp_path / "table.csv"
    path.write_text(sections_csv(written), encoding="utf-8")
    first, second = read_sections(path)
    assert passed(first)
    assert second.figures("rag") == {"clean": Figure(0.4, 0.3, 0.5), "typos": Figure(0.2, 0.1, pytest.approx(0.3))}
    assert second.figures("base") == {"typos": Figure(0.1)}
    assert not passed(None)
    assert not passed(Section("controls", "", controls, (("a", "positive", "passed"), ("b", "positive", "failed"))))
    with pytest.raises(StoreError, match=r"nothing\.csv: cannot be read .* make tables"):
        read_sections(tmp_path / "nothing.csv")


SIZES = {
    str(pairs): {
        "pairs": pairs,
        "draw": 0,
        "steps": "equal epochs",
        "answers": "own",
        "asked": "test",
        "knowledge": "held",
    }
    for pairs in (0, 2, 4)
}


def test_the_curve_over_labels_begins_without_an_adapter():
    cells = {("0", "base"): BASE, ("2", "qlora"): [0.0, 1.0, 1.0, 0.0], ("4", "qlora"): RAG}
    own = data(record("base", BASE), record("qlora", RAG), studies={"labels": study(cells, SIZES)})
    reading = CurveOverLabels("labels", "facts", "equal epochs")
    measured = Readout({"qlora": exact(0.75)}, "em")
    found = reading.read(own, measured)
    assert {arm: [(size, one.value) for size, one in points] for arm, points in found.items()} == {
        "qlora": [(0, 0.25), (2, 0.5), (4, 0.75)]
    }
    assert reading.read(own, Readout({}, "f1")) == {}  # the criterion is measured by something else


def trained(arm, values, rows, **fields):
    made = (Resource("adapter", f"{arm}{rows}", 9.0),)
    return record(arm, values, facts={"training": {"rows": rows}}, resources=made, **fields)


def of_quick_study(rows, cells=(("0", "base", BASE), ("2", "qlora", RAG), ("4", "qlora", RAG)), withheld=False):
    evidence = study({(level, arm): values for level, arm, values in cells}, SIZES)
    few = {
        (level, arm): (trained(arm, values, rows),) if arm == "qlora" else evidence.data.cells[level, arm]
        for level, arm, values in cells
    }
    return StudyEvidence(dataclasses.replace(evidence.data, cells=few), (), withheld)


@pytest.mark.parametrize(("rows", "counts"), [(100, False), (899, False), (900, True), (1_300, True)])
def test_an_adapter_of_fewer_rows_is_another_arm(rows, counts):
    studies = {"labels": of_quick_study(rows)}
    own = data(record("base", BASE), trained("qlora", BASE, 1_000), studies=studies)
    found = StudyMean("labels", None, {"pairs": 4}, {}, None, {}).read(own)
    assert (found is not None) is counts
    said = measure(own, listed(facts=MetricMean(("em",), {}))).warnings
    assert (
        any(line.startswith("labels trained qlora on fewer pairs than the experiment") for line in said) is not counts
    )


def test_the_curve_of_a_smaller_study_ends_in_the_experiment():
    own = data(record("base", BASE), trained("qlora", ORACLE, 8), studies={"labels": of_quick_study(4)})
    found = CurveOverLabels("labels", "facts", "equal epochs").read(own, Readout({"qlora": exact(1.0)}, "em"))
    assert [(size, one.value) for size, one in found["qlora"]] == [(0, 0.25), (2, 0.75), (4, 0.75), (8, 1.0)]


def listed(**readings):
    own = {name: dataclasses.replace(criterion(), readings=(one,)) for name, one in readings.items()}
    return CriteriaList(own, {}, {}, {}, CurveOverLabels("labels", next(iter(own)), "equal epochs"))


def test_measuring_names_what_is_missing_and_what_to_be_careful_with():
    failed = study({("clean", "rag"): RAG}, LEVELS, withheld=True)
    own = data(
        record("base", BASE), record("qlora", RAG, facts={"training": {"rows": 8}}), studies={"robustness": failed}
    )
    drop = StudyMean("robustness", None, {"change": "typos"}, {}, None, {})
    found = measure(own, listed(facts=MetricMean(("em",), {}), robustness=drop))
    assert set(found.readouts) == {"facts"}
    assert found.wanted == {"robustness": "make study study=robustness task=qa"}
    assert found.arms == ("base", "qlora")
    assert "4 independent groups of examples are a smoke test" in found.warnings[0]
    assert "one training seed: another training may move qlora" in found.warnings[1]
    assert found.warnings[2] == "a control of robustness failed, so that nothing of it counts here"


def test_documents_leave_with_adapters_that_were_trained_on_them():
    trained = {"training": {"rows": 8}}
    arms = [record("rag", BASE), *(record(arm, BASE, facts=trained) for arm in ("qlora", "hybrid", "raft"))]
    only = measure(data(*arms), listed(facts=MetricMean(("em",), {})))
    assert only.holds_documents == {"raft": "its adapter was trained on them"}


def test_where_documents_are_training_pairs_they_leave_with_every_adapter():
    pairs = {"retrieval": {"passages": {"documents": 8, "exemplars": 8}}}
    own = data(record("rag", BASE, facts=pairs), record("qlora", BASE, facts={"training": {"rows": 8}}))
    assert list(measure(own, listed(facts=MetricMean(("em",), {}))).holds_documents) == ["qlora"]


def test_a_task_has_evidence_where_a_question_names_a_document():
    bare = record("base", BASE)
    named = dataclasses.replace(bare.examples[0], evidence=("d1",))
    input_alone = tuple(dataclasses.replace(one, evidence=THE_INPUT) for one in bare.examples)
    without = data(dataclasses.replace(bare, examples=input_alone))
    searched = {"retrieval": {"passages": {"documents": 3}}}
    documents_alone = data(dataclasses.replace(bare, examples=input_alone, facts=searched))
    assert without.kinds == frozenset()
    assert documents_alone.kinds == {"documents"}
    assert data(dataclasses.replace(bare, examples=(named, *bare.examples[1:]))).kinds == {"documents", "evidence"}
