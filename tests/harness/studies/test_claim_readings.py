"""What claims are read from, by hand: contrasts, figures of studies, times, costs, counts, ranks; what is missing."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

from harness.analysis.result import Figure, Section, SectionColumn
from harness.errors import ConfigError
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Gap
from harness.studies.claims.levels import level_named
from harness.studies.claims.readings.cost_ratio import CostRatio
from harness.studies.claims.readings.device_time import DeviceTimeShare
from harness.studies.claims.readings.figure_in_study import FigureInStudy, TablePlace, combined
from harness.studies.claims.readings.inventory_difference import InventoryDifference
from harness.studies.claims.readings.latency_ratio import LatencyRatio
from harness.studies.claims.readings.metric_contrast import MetricContrast, Term
from harness.studies.claims.readings.ranked_arms import RankedArms, best_shares, nearest_said, regret
from harness.studies.claims.readings.recommended import Recommended
from harness.studies.claims.readings.training_memory import TrainingMemoryRatio
from harness.studies.claims.sources import Evidence
from harness.studies.claims.verdicts import Asked, by_interval, decide
from harness.studies.claims.words import effect_text
from harness.studies.data import StudyData
from harness.types import Example, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.claim_evidence import evidence, scored, study, whole
from tests.harness.studies.decision.cards import evaluation
from tests.harness.studies.fakes import study_data

RAG, QLORA = Term("rag", 1.0), Term("qlora", -1.0)


def contrast(*terms, metric="exact_match", source="experiment"):
    return MetricContrast(source, metric, terms or (RAG, QLORA))


def test_a_difference_is_paired_and_says_what_it_is():
    found = contrast().read(evidence(scored(rag=[1.0, 1.0, 0.0, 1.0] * 10, qlora=[0.0, 1.0, 0.0, 0.0] * 10)))
    assert found.value == pytest.approx(0.5)
    assert (found.n, found.seeds, found.said) == (40, 1, "rag − qlora, exact_match")
    assert found.low < 0.5 < found.high
    assert found.spread.bounded


def test_a_factorial_term_is_a_weighted_sum():
    terms = [Term("rag", 0.5), Term("base", -0.5), Term("hybrid", 0.5), Term("qlora", -0.5)]
    arms = scored(base=[0.0] * 20, rag=[1.0] * 20, qlora=[0.0, 1.0] * 10, hybrid=[1.0] * 20)
    assert contrast(*terms).read(evidence(arms)).value == pytest.approx(0.75)


def test_seeds_are_counted_and_widen_the_interval():
    one = [1.0, 0.0] * 20
    many = [one, [1.0] * 40, [0.0] * 40]
    alone, three = (contrast().read(evidence(scored(rag=rag, qlora=[0.5] * 40))) for rag in (one, many))
    assert three.seeds == 3
    assert three.high - three.low > alone.high - alone.low
    assert three.spread.seed_variance


def sliced(arm, values):
    """Answers of which the first half is of the kind a, the second of b."""
    half = len(values) // 2
    asked = [Example(f"e{at}", "?", ("!",), (), slice="a" if at < half else "b", answerable=at % 2 == 0)
             for at in range(len(values))]  # fmt: skip
    scores = [Score(example.id, "exact_match", value) for example, value in zip(asked, values, strict=True)]
    return build_record(arm, examples=asked, scores=scores, metrics={"exact_match": SHARE})


def test_slices_have_no_example_in_common_and_are_added():
    arms = {"rag": sliced("rag", [1.0] * 10 + [1.0] * 10), "qlora": sliced("qlora", [0.0, 1.0] * 5 + [1.0] * 10)}
    on_a, on_b = ([Term("rag", w, slice=kind), Term("qlora", -w, slice=kind)] for kind, w in (("a", 1.0), ("b", -1.0)))
    found = contrast(*on_a, *on_b).read(evidence(arms))
    assert found.value == pytest.approx(0.5)
    assert found.n == 20
    assert found.said == "rag on a − qlora on a − rag on b + qlora on b, exact_match"
    assert contrast(*on_a).read(evidence(arms)).said == "rag − qlora, exact_match, a"


def test_only_what_can_be_answered_or_cannot():
    arms = {"rag": sliced("rag", [1.0, 0.0] * 10)}
    read = [contrast(Term("rag", 1.0, answerable=kind)).read(evidence(arms)).value for kind in (True, False, None)]
    assert read == [1.0, 0.0, 0.5]


def test_kinds_of_questions_that_there_are_not():
    known = evidence(scored(rag=[1.0] * 4))
    gap = contrast(Term("rag", 1.0, slice="nothing")).read(known)
    assert (gap.why, gap.outside) == ("no question is of the kind nothing (the column slice says which are)", False)
    gap = contrast(Term("rag", 1.0, answerable=False)).read(known)
    assert (gap.why, gap.outside) == ("every question can be answered", True)


def test_the_best_of_some_arms_is_taken_of_those_that_were_run():
    arms = scored(rag=[1.0] * 20, qlora=[0.0] * 20, hybrid=[1.0] * 20)
    found = contrast(Term("hybrid", 1.0), Term("best of few_shot, qlora, rag", -1.0)).read(evidence(arms))
    assert found.value == 0.0
    assert found.said == "hybrid − rag, exact_match"
    assert found.notes == ("rag is the best of few_shot, qlora, rag (few_shot not run)",)


def with_chrf(own):
    """The record with a second metric."""
    scores = (*own.scores, *(Score(one.id, "chrf", 0.25) for one in own.examples))
    return dataclasses.replace(own, metrics={**own.metrics, "chrf": SHARE}, scores=scores)


def test_a_metric_is_named_by_its_need():
    arms = scored("token_f1", rag=[1.0] * 4, qlora=[0.5] * 4)
    both = evidence({arm: with_chrf(own) for arm, (own,) in arms.items()})
    assert contrast(metric="need: content").read(both).said == "rag − qlora, token_f1"
    gap = contrast(metric="need: refusals").read(both)
    assert gap.why == "no metric of refusals was measured"
    assert gap.command == "make experiment task=qa model=pocket 'metric=[token_f1,chrf,abstention]'"


def test_values_that_mean_something_else_are_not_compared():
    arms = scored(rag=[1.0] * 4, qlora=[1.0] * 4)
    (own,) = arms["qlora"]
    other = dataclasses.replace(own, metrics={"exact_match": {**SHARE, "worst": 1.0}})
    assert "other settings" in contrast().read(evidence({**arms, "qlora": other})).why


def test_too_many_unjudged_answers_give_no_number():
    arms = scored(rag=[1.0] * 9 + [(None, "unjudged")], qlora=[1.0] * 10)
    assert contrast().read(evidence(arms)).why == "1 of 10 answers of rag are unjudged by exact_match"


def test_what_was_not_run_is_named_with_the_command_that_would():
    assert contrast().read(evidence()).command == "make experiment task=qa model=pocket"
    gap = contrast().read(evidence(scored(rag=[1.0] * 4)))
    assert gap.why == "no arm is qlora in the experiment"
    assert gap.command == "make experiment task=qa model=pocket 'arm=[rag,qlora]'"
    gap = contrast(source="labels").read(evidence())
    assert (gap.why, gap.command) == ("study labels was not run", "make study study=labels task=qa model=pocket")


def test_a_command_keeps_what_was_typed_and_drops_what_says_nothing():
    (own,) = scored(rag=[1.0] * 4)["rag"]
    given = ["task=jsonl", "task.dir=my data", "arm=[rag]", "seed=1", "retriever.k=8", "timing=off", "study=labels"]
    typed = dataclasses.replace(own, spec={"given": given})
    command = evidence({"rag": typed}).command("update")
    assert command == "make study study=update task=jsonl 'task.dir=my data' retriever.k=8"


def test_a_failed_control_withholds():
    data = study_data({("a", "rag"): [1.0]})
    failed = study(data, withheld=("Not tested: the control failed.", "typos (positive): harmless."))
    gap = contrast(source="update").read(evidence(studies=failed))
    assert gap.why == "not tested: the control failed. typos (positive): harmless."
    assert gap.command.startswith("make study study=update")


SIZES = {"75": {"pairs": 75, "answers": "own"}, "600": {"pairs": 600, "answers": "own"},
         "none": {"pairs": 0, "answers": "own"}, "all": {"pairs": "all", "answers": "own"},
         "shuffled": {"pairs": 20, "answers": "shuffled"}}  # fmt: skip


def test_levels_are_named_by_settings_and_by_size():
    data = study_data({(level, "rag"): [1.0] for level in SIZES}, SIZES)
    assert level_named(data, {"pairs": "all"}) == "all"
    assert level_named(data, {"pairs": 0}) == "none"
    assert level_named(data, {"pairs": "smallest", "answers": "own"}) == "75"
    assert level_named(data, {"pairs": "largest", "answers": "own"}) == "600"
    assert level_named(data, {"pairs": "smallest"}) == "shuffled"
    assert level_named(data, {"pairs": 9}) is None
    assert level_named(data, {}) == "75"


def test_a_contrast_over_levels_takes_their_mean():
    cells = {("clean", "rag"): [1.0] * 20, ("a", "rag"): [0.5] * 20, ("b", "rag"): [0.0] * 20}
    data = study_data(cells, {name: {"change": name} for name in ("clean", "a", "b")}, metric="exact_match")
    terms = (
        Term("rag", 1.0, levels=({"change": "a"}, {"change": "b"})),
        Term("rag", -1.0, levels=({"change": "clean"},)),
    )
    found = contrast(*terms, source="update").read(evidence(studies=study(data)))
    assert found.value == pytest.approx(-0.75)
    assert found.said == "rag under a and b − rag under clean, exact_match"
    missing = contrast(Term("rag", 1.0, levels=({"change": "c"},)), source="update").read(evidence(studies=study(data)))
    assert missing.why == "a condition was not run in study update"


RATES = Section(
    "stale", "Stale answers", (SectionColumn("renewed"), SectionColumn("rag"), SectionColumn("qlora")),
    (("re-indexed", Figure(0.1, 0.05, 0.2, 40), Figure(0.7, 0.6, 0.8, 40)), ("retrained", "never", Figure(5.0))),
)  # fmt: skip
RENEWED = {"re-indexed": {"documents": "new"}, "retrained": {"training": "new"}}


def renewed(**fields):
    data = study_data({(level, arm): [1.0] * 40 for level in RENEWED for arm in ("rag", "qlora")}, RENEWED)
    return evidence(studies=study(data, [RATES], **fields))


def place(column, level=None, **row):
    return TablePlace(column, level, row or None)


def test_a_figure_of_a_study_stands_by_its_level_and_column():
    found = FigureInStudy("update", "stale", place("rag", {"documents": "new"}), None, "difference", "share").read(
        renewed()
    )
    assert (found.value, found.low, found.high, found.n) == (0.1, 0.05, 0.2, 40)
    assert found.said == "Stale answers: rag, re-indexed"
    assert found.spread.bounded


def test_two_figures_of_the_same_answers_have_the_widest_interval():
    reading = FigureInStudy(
        "update",
        "stale",
        place("rag", {"documents": "new"}),
        place("qlora", {"documents": "new"}),
        "difference",
        "share",
    )
    found = reading.read(renewed())
    assert (found.value, found.low, found.high) == pytest.approx((-0.6, -0.6 - 0.05 - 0.1, -0.6 + 0.1 + 0.1))


def test_a_share_that_was_the_same_in_every_sample_has_the_exact_interval():
    """Resamples of equal values are equal: ± 0 would call a difference impossible that 40 questions cannot show."""
    data = study_data({("plain", "rag"): [1.0] * 40}, {"plain": {}})
    section = Section(
        "stale", "Stale", (SectionColumn("row"), SectionColumn("rag")), (("plain", Figure(0.0, 0.0, 0.0, 40)),)
    )
    found = FigureInStudy("update", "stale", place("rag"), None, "difference", "share").read(
        evidence(studies=study(data, [section]))
    )
    assert (found.low, found.high) == pytest.approx((-(1 - 0.025 ** (1 / 40)), 1 - 0.025 ** (1 / 40)))
    assert "40 independent samples" in found.notes[0]
    asked = Asked(found, "equal", 0.05)
    assert by_interval(asked) == "undecided"  # .95^40 is .13: one in twenty may well differ
    assert by_interval(Asked(found, "equal", 0.1)) == "supported"


def test_a_ratio_of_figures_adds_logarithms():
    first, second = Figure(4.0, 2.0, 8.0), Figure(2.0, 1.0, 4.0)
    assert combined(first, second, ratio=True) == pytest.approx((2.0, 0.5, 8.0))
    assert combined(first, Figure(2.0), ratio=True) == pytest.approx((2.0, 1.0, 4.0))
    assert combined(Figure(4.0, 2.0, 8.0, open_high=True), second, ratio=True) == (2.0, pytest.approx(0.5), None)
    assert combined(Figure(4.0, 2.0, 8.0, open_high=True), None, ratio=False) == (4.0, 2.0, None)


def test_a_number_without_an_interval_was_measured_once_or_counted():
    kinds = {scale: FigureInStudy("update", "stale", place("qlora", {"training": "new"}), None, "ratio", scale)
             .read(renewed()).kind for scale in ("time", "count")}  # fmt: skip
    assert kinds == {"time": "once", "count": "exact"}


@pytest.mark.parametrize(
    ("where", "section", "why"),
    [
        (place("hybrid", {"documents": "new"}), "stale", "no arm is hybrid in “Stale answers” of study update"),
        (place("width"), "stale", "there is no column width in “Stale answers” of study update"),
        (
            place("rag", {"documents": "old"}),
            "stale",
            "there is no row for documents old in “Stale answers” of study update",
        ),
        (place("rag", {"training": "new"}), "stale", "rag has no number in “Stale answers” of study update"),
        (place("rag"), "nothing", "study update has no table “nothing”"),
    ],
)
def test_a_figure_that_is_not_there_is_named(where, section, why):
    gap = FigureInStudy("update", section, where, None, "difference", "share").read(renewed())
    assert (gap.why, gap.command) == (why, "make study study=update task=qa model=pocket")


def test_rows_are_found_by_other_columns_too():
    section = Section("citations", "Citations", tuple(map(SectionColumn, ("condition", "arm", "recall"))),
                      (("plain", "rag", Figure(0.2)), ("plain", "qlora", Figure(0.4))))  # fmt: skip
    data = study_data({("plain", "rag"): [1.0]}, {"plain": {}})
    known = evidence(studies=study(data, [section]))
    reading = FigureInStudy("update", "citations", place("recall", None, arm="qlora"), None, "difference", "count")
    assert reading.read(known).value == 0.4
    assert FigureInStudy("update", "citations", place("recall"), None, "difference", "count").read(known).value == 0.2


def test_an_arm_is_known_by_what_it_is_made_of():
    roles = evidence(scored(rag_k8=[1.0], hybrid=[1.0], oracle=[1.0])).experiment.data.roles
    assert arm_named("rag", roles) == "rag_k8"
    assert arm_named("hybrid", roles) == "hybrid"
    assert arm_named("qlora", roles) is None
    assert arm_named("oracle", roles) == "oracle"


def test_the_ratio_of_times_is_that_of_medians_with_an_interval():
    found = LatencyRatio("rag", "qlora", "request", 50).read(whole())
    middle = 67.5  # of 16 requests that take 20 + 40 + n ms, and 30 ms for retrieval
    assert found.value == pytest.approx((30 + middle) / middle)
    assert found.low < found.value < found.high
    assert (found.n, found.of, found.ratio) == (16, "timed questions", True)
    first = LatencyRatio("rag", "qlora", "first token", 50).read(whole())
    assert first.value == pytest.approx((0.01 * middle + 0.3 + 50) / (0.01 * middle + 20), rel=1e-2)


def test_an_arm_that_was_not_timed_is_named():
    gap = LatencyRatio("raft", "qlora", "request", 50).read(whole())
    assert gap.why == "raft was not timed in the same pass"
    assert gap.command.endswith("'arm=[base,rag,qlora,hybrid,raft]'")


def test_costs_come_from_the_ledger_of_the_table():
    training = CostRatio("qlora", ("training",), "qlora", ("one-off",)).read(whole())
    assert (training.value, training.kind) == (pytest.approx(1.0), "once")
    share = CostRatio("qlora", ("updates",), "qlora", ("total",)).read(whole())
    assert 0 < share.low < share.value < share.high < 1
    assert share.notes[0] == "100 questions a day and 2 updates a month for 12 months"


def test_a_cost_of_exactly_nothing_is_tested():
    nothing = CostRatio("base", ("training",), "rag", ("total",)).read(whole())
    assert (nothing.value, nothing.kind, nothing.notes[0]) == (0.0, "exact", "base training costs exactly 0")
    assert by_interval(Asked(nothing, "less", 0.5)) == "supported"
    assert by_interval(Asked(nothing, "greater", 0.5)) == by_interval(Asked(nothing, "equal", 2.0)) == "refuted"
    beyond = CostRatio("rag", ("total",), "base", ("training",)).read(whole())
    assert by_interval(Asked(beyond, "greater", 2.0)) == "supported"
    assert effect_text(beyond, "times") == "infinitely many times, exactly"
    assert decide([Asked(beyond, "greater", 2.0)])[0].ruling == "supported"
    both = CostRatio("base", ("training",), "rag", ("training",)).read(whole())
    assert "exactly 0, so that neither is more" in both.why


def test_a_training_that_was_timed_once_is_no_exact_part_of_a_share():
    """As exact, 1 % of spread in the answers would make a share of .3 as sure as itself."""
    share = DeviceTimeShare("qlora", "training").read(whole())
    least, most = share.ends
    trained, rest = share.value, 1.0 - share.value
    assert least == pytest.approx(trained / 1.5 / (trained / 1.5 + rest), rel=0.05)
    assert most == pytest.approx(1.5 * trained / (1.5 * trained + rest), rel=0.05)
    assert share.low < least < share.value < most < share.high
    assert "measured once are believed within a factor of 1.5" in share.notes[-1]
    within = Asked(share, "greater", (least + share.value) / 2)
    assert (within.p, decide([within])[0].ruling, decide([within])[0].needed) == (1.0, "undecided", math.inf)
    updates = CostRatio("qlora", ("updates",), "qlora", ("total",)).read(whole())
    assert updates.ends[0] < updates.value < updates.ends[1] < 1.0
    answers = CostRatio("base", ("serving",), "rag", ("serving",)).read(whole())
    assert answers.ends is None  # answers alone were timed many times


def test_device_time_goes_to_training_or_retrieval():
    found = DeviceTimeShare("qlora", "training").read(whole())
    assert 0 < found.low < found.value < found.high < 1
    assert DeviceTimeShare("base", "retrieval").read(whole()).value == 0.0


def test_memory_is_counted_by_method():
    facts = {"split": "test", "limit": None, "quantisation": "nf4", "training": {
        "rows": 100, "steps": 20, "parameters": 10**9, "trainable_parameters": 10**7}}  # fmt: skip
    known = whole(facts=facts)
    found = TrainingMemoryRatio("qlora", "QLoRA", "full fine-tuning").read(known)
    assert found.kind == "exact"
    assert found.value == pytest.approx((4.127 / 8 * 1e9 + 16e7) / 16e9)
    assert (
        TrainingMemoryRatio("qlora", "QLoRA", "full fine-tuning").read(whole()).why
        == "the size of the model is not recorded"
    )


def test_parts_are_counted_from_records_alone():
    found = InventoryDifference(("rag", "hybrid"), "base", "steps of an answer").read(whole())
    assert (found.value, found.kind) == (2.0, "exact")
    assert found.said == "steps of an answer of rag (4) − base (2)"
    assert InventoryDifference(("raft", "rag"), "base", "parts").read(whole()).notes == ("raft not run",)
    assert InventoryDifference(("raft",), "base", "parts").read(whole()).why == "no arm is raft"


def test_regret_and_ranks_by_hand():
    means = np.array([[0.9, 0.2], [0.5, 0.8], [0.8, 0.6]])  # arms × metrics
    assert regret(means) == pytest.approx(0.2)  # the third: .1 behind on the first, .2 on the second
    assert regret(np.array([[0.9, 0.8], [0.5, 0.8]])) == 0.0
    drawn = np.array([[[0.9, 0.1]], [[0.5, 0.5]], [[0.9, 0.5]]])
    assert best_shares(drawn)[:, 0] == pytest.approx([0.25, 0.25, 0.5])


def test_the_arm_that_is_nowhere_far_behind_is_named_with_where_and_behind_whom():
    means = np.array([[0.85, 0.81, 0.92], [0.80, 0.79, 0.96]])
    said = nearest_said(["rag", "raft"], ["exact_match", "faithfulness", "abstention"], means)
    assert said.startswith(
        "rag is furthest behind raft on abstention, by 0.04; every other arm is at least as far behind"
    )
    assert nearest_said(["rag", "raft"], ["a", "b"], means[:, :2]) == "rag is the best on each of a, b"


def test_who_is_best_at_what_stands_beside_the_gap():
    found = RankedArms(2).read(whole())
    assert found.said == "hybrid is the best on each of exact_match, chrf"
    assert 0 <= found.low <= found.value <= found.high
    assert found.notes[1].startswith("best on exact_match: hybrid ")
    assert "oracle" not in " ".join(found.notes)
    assert RankedArms(3).read(whole()).outside


CARD = evaluation({"quality": {"base": 0.2, "rag": [0.6, 0.8], "hybrid": [0.5, 0.7]}}, draws=1_000)


def evaluating(card=CARD):
    """An experiment whose card, whatever the preset, is this one."""
    return dataclasses.replace(whole(), evaluating=lambda preset: card, cards={"qa": "qa/pocket/decision/qa.md"})


def test_the_card_recommends_what_the_documents_do_where_their_arm_leads():
    found = Recommended("qa", ("rag",)).read(evaluating())
    assert found.value == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))  # resamples are paired
    assert found.notes[0] == "the card recommends rag, the best with a probability of 100 %; hybrid with 0 %"
    assert found.notes[-1] == "make decide task=qa 'task.instruction=Answer it.' decision=qa prints the whole card"
    assert found.anchor == "qa/pocket/decision/qa.md"
    assert Recommended("qa", ("hybrid", "raft")).read(evaluating()).value == pytest.approx(-0.1)


def test_what_was_not_measured_makes_a_lead_unsure():
    values = {"quality": {"base": 0.2, "rag": 0.8, "hybrid": 0.6}, "privacy": {"base": 0.5}}
    found = Recommended("qa", ("rag",)).read(evaluating(evaluation(values, draws=1_000)))
    assert found.value == pytest.approx(0.1)
    assert found.low < 0 < found.high
    assert "50 % of its weights are on what was not measured, or of some arms alone: privacy" in found.notes


def test_an_arm_that_a_limit_rules_out_is_no_choice():
    values = {"quality": {"base": 0.2, "rag": 0.7, "hybrid": 0.6}}
    limited = evaluation(values, draws=1_000, limits={"quality": 0.65})
    assert Recommended("qa", ("hybrid",)).read(evaluating(limited)).why == "the card's limits rule out base, hybrid"


def test_without_the_documents_arm_or_a_card_nothing_is_said():
    gap = Recommended("qa", ("raft",)).read(evaluating())
    assert gap.why == "no arm that the documents recommend was run, or no other one"
    assert "raft" in gap.command

    def fails(preset):
        raise ConfigError("no such preset")

    gap = Recommended("own", ("rag",)).read(dataclasses.replace(whole(), evaluating=fails))
    assert gap.why == "the decision card cannot be made (no such preset)"
    assert gap.command == "make decide task=qa 'task.instruction=Answer it.' decision=own"
    assert isinstance(Recommended("qa", ("rag",)).read(evidence()), Gap)


def test_an_arm_that_a_study_trained_on_a_fifth_of_the_rows_is_said_to_be_another():
    def source(**rows):
        facts = {arm: {"training": {"rows": count}} if count else {} for arm, count in rows.items()}
        cells = {("x", arm): (SimpleNamespace(facts=own),) for arm, own in facts.items()}
        return SimpleNamespace(data=StudyData("qa", "m", None, (), cells, {}))

    studies = {"quick": source(qlora=240, rag=0), "full": source(qlora=1180)}
    given = Evidence("qa", "m", "", source(qlora=1200, rag=0), studies)
    assert given.other_arms("quick", ["rag", "qlora", "qlora"]) == (
        "qlora was trained on 240 rows there and on 1,200 in the experiment: another arm",
    )
    assert given.other_arms("full", ["qlora"]) == given.other_arms("experiment", ["qlora"]) == ()


def test_an_arm_that_the_experiment_lacks_is_not_known_by_a_quick_study():
    facts = {"qlora": {"training": {"rows": 240}}, "rag": {}}
    cells = {("x", arm): (SimpleNamespace(facts=own),) for arm, own in facts.items()}
    data = StudyData("qa", "m", None, (), cells, {})
    experiment = SimpleNamespace(data=StudyData("qa", "m", None, (), {("x", "rag"): cells["x", "rag"]}, {}))
    studies = {name: SimpleNamespace(data=data, budget=name) for name in ("quick", "full")}
    given = Evidence("qa", "m", "", experiment, studies)
    assert given.other_arms("quick", ["rag", "qlora"]) == (
        "qlora was trained on 240 rows in a quick study; on how many otherwise, no experiment shows",
    )
    assert given.other_arms("full", ["qlora"]) == ()
