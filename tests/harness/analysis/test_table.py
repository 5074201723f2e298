import dataclasses

import pytest

from harness.analysis.outcomes import state
from harness.analysis.table import build
from harness.errors import DataError
from harness.store.records.last_run import LastRun, Refusal, settings_of
from harness.types import Cell, Prediction, Score
from tests.harness import records as making_records
from tests.harness.records import ROLES, SHARE


def record(arm, values, seed=0, metric="em", **changes):
    """A record of one metric, with the facts that notes under a table are made from."""
    facts = {"split": "test", "limit": 20, "quantisation": "NF4"}
    usual = {"facts": facts, "spec": {"arm": {"name": arm}, "seed": seed}}
    return making_records.record(arm, values, seed, metric, **usual | changes)


def row(table, arm):
    return next(row for row in table.rows if row.arm == arm)


def entry(table, arm, place=0):
    return row(table, arm).entries[place]


def note(table, topic):
    return " | ".join(note.text for note in table.notes if note.topic == topic)


def warnings(table):
    return {note.topic: note.text for note in table.notes if note.warning}


HALF = [0.0, 1.0] * 30
GOOD = [0.5, 1.0] * 30


def test_a_difference_is_paired_and_marked():
    table = build([record("base", HALF), record("rag", GOOD)], resamples=2000)
    found = entry(table, "rag").difference
    assert entry(table, "base").mean == 0.5
    assert entry(table, "base").difference is None
    assert found.mean == 0.25
    assert 0.18 < found.low < 0.25 < found.high < 0.32
    assert found.significant
    assert found.n == 60


def test_equal_arms_are_not_marked():
    table = build([record("base", HALF), record("rag", HALF)], resamples=500)
    found = entry(table, "rag").difference
    assert (found.mean, found.low, found.high, found.p_adjusted) == (0.0, 0.0, 0.0, 1.0)
    assert not found.significant


def test_p_is_adjusted_over_the_arms():
    slightly = [*GOOD[:10], *HALF[10:]]
    alone = entry(build([record("base", HALF), record("rag", slightly)], resamples=2000), "rag").difference
    others = [record(arm, slightly) for arm in ("qlora", "hybrid", "raft")]
    among = build([record("base", HALF), record("rag", slightly), *others], resamples=2000)
    assert entry(among, "rag").difference.p_adjusted == pytest.approx(min(1, 4 * alone.p))


def test_rows_are_ordered_by_role_and_then_by_name():
    arms = ["random", "hybrid", "base", "oracle", "raft", "qlora", "rag"]
    own = {"aardvark": ROLES["qlora"], "rag_k8": ROLES["rag"], "zebra": {}, "a_control": ROLES["random"]}
    records = [record(arm, HALF) for arm in arms]
    records += [record(arm, HALF, facts={"role": role}) for arm, role in own.items()]
    table = build(records, resamples=100)
    assert [row.arm for row in table.rows] == [
        "base", "zebra", "rag", "rag_k8", "aardvark", "qlora", "hybrid", "raft", "a_control", "oracle", "random",
    ]  # fmt: skip
    assert table.base == "base"
    assert table.controls == {"a_control", "oracle", "random"}


def test_the_same_records_give_the_same_table():
    records = [record("base", HALF), record("rag", GOOD)]
    assert build(records, resamples=500) == build(list(records), resamples=500)


def test_another_arm_changes_no_interval():
    two = build([record("base", HALF), record("rag", GOOD)], resamples=500)
    three = build([record("base", HALF), record("rag", GOOD), record("qlora", HALF)], resamples=500)
    assert entry(two, "rag").low == entry(three, "rag").low
    assert entry(two, "rag").difference.low == entry(three, "rag").difference.low


def test_an_examples_value_is_its_mean_over_the_seeds():
    table = build([record("base", HALF), record("rag", HALF, 0), record("rag", [1.0] * 60, 1)], resamples=100)
    assert row(table, "rag").seeds == (0, 1)
    assert (row(table, "rag").n, row(table, "rag").answers) == (60, 120)
    assert entry(table, "rag").mean == 0.75
    assert row(table, "rag").fingerprints == ("rag0", "rag1")


def test_counts():
    predictions = (
        Prediction("e0", "", (), (), "error", "boom"),
        Prediction("e1", "cut", (), (), "length", passages_dropped=2),
        Prediction("e2", " ", (), (), "stop", input_cut=True),
        Prediction("e3", "fine", (), (), "stop"),
    )
    values = [0.0, 0.0, 0.0, (0.0, "abstained")]
    found = row(build([record("base", values, predictions=predictions)], resamples=100), "base")
    assert (found.failed, found.cut_off, found.abstained) == (3, 1, 1)
    assert (found.passages_dropped, found.inputs_cut) == (2, 1)


def test_an_abstention_counts_once_for_many_metrics():
    base = record("base", [(0.0, "abstained")] * 3)
    second = tuple(dataclasses.replace(score, metric="f1") for score in base.scores)
    both = dataclasses.replace(base, metrics={"em": SHARE, "f1": SHARE}, scores=base.scores + second)
    assert row(build([both], resamples=100), "base").abstained == 3


def test_a_metric_that_does_not_apply_to_an_arm_has_no_number():
    scores = tuple(Score(f"e{i}", "em", None, "not_applicable", "the arm retrieves nothing") for i in range(60))
    table = build([record("base", HALF, scores=scores), record("rag", GOOD)], resamples=100)
    assert (entry(table, "base").mean, entry(table, "base").n) == (None, 0)
    assert entry(table, "rag").mean == 0.75
    assert entry(table, "rag").difference is None
    assert "no value for base: the arm retrieves nothing" in note(table, "em")


def test_examples_without_a_value_are_counted_out_and_named():
    table = build([record("base", [None, *HALF[1:]]), record("rag", GOOD)], resamples=100)
    assert entry(table, "base").n == 59
    assert entry(table, "rag").difference.n == 59
    assert "59 of 60 examples have a value (base)" in note(table, "em")


def test_a_metric_that_one_arm_lacks_stays_a_column():
    table = build([record("base", HALF), record("rag", GOOD, metric="f1")], resamples=100)
    assert [column.metric for column in table.columns] == ["em", "f1"]
    assert entry(table, "rag", 0).mean is None
    assert "no value for rag: not evaluated" in note(table, "em")


def test_many_unjudged_answers_refuse_the_entry_and_few_do_not():
    unjudged = (None, "unjudged")
    few = build([record("base", [unjudged, *HALF[1:]])], resamples=100)
    assert (entry(few, "base").mean is None, entry(few, "base").unjudged) == (False, 1)
    many = build([record("base", [unjudged, unjudged, *HALF[2:]])], resamples=100)
    assert entry(many, "base").mean is None
    assert warnings(many)["Unjudged"].startswith("base, em: 2 of 60 answers unjudged")


def test_a_refused_base_leaves_nothing_to_compare():
    unjudged = (None, "unjudged")
    table = build([record("base", [unjudged] * 5 + HALF[5:]), record("rag", GOOD)], resamples=100)
    assert entry(table, "rag").mean == 0.75
    assert entry(table, "rag").difference is None


def test_a_missing_score_is_an_error_and_no_smaller_mean():
    base = record("base", HALF)
    for scores in (base.scores[1:], base.scores + base.scores[:1]):
        with pytest.raises(DataError, match="scores of em for example e0, expected 1"):
            build([dataclasses.replace(base, scores=scores)], resamples=100)


def test_without_base_there_are_no_differences_and_it_is_said():
    table = build([record("rag", GOOD), record("qlora", HALF)], resamples=100)
    assert table.base is None
    assert entry(table, "rag").difference is None
    assert "arm=base" in warnings(table)["No base"]


def last_run(comparison="same", settings=None, metrics=None):
    return LastRun(comparison, settings or {}, metrics or {})


def refusal(arm, reason="out of memory", seed=0, comparison="same"):
    return Refusal(Cell("qa", "pocket", arm, seed), reason, "f" * 64, comparison)


def test_the_last_run_wins_over_any_majority():
    others = [record(arm, HALF, comparison="other") for arm in ("rag", "qlora", "hybrid")]
    table = build([record("base", HALF), *others], last=last_run("same"), resamples=100)
    assert [row.arm for row in table.rows] == ["base"]
    assert "qa/pocket/qlora/seed=0 (qlora0): other data" in note(table, "Left out")


def test_without_word_of_a_run_the_newest_comparison_wins():
    older = [record("base", HALF, comparison="old"), record("qlora", HALF, comparison="old")]
    table = build([*older, record("rag", GOOD)], resamples=100)
    assert [row.arm for row in table.rows] == ["rag"]


def test_an_arm_that_failed_does_not_stand_there_with_its_old_number():
    old = record("qlora", GOOD)
    table = build([record("base", HALF), old], [refusal("qlora")], resamples=100)
    assert [row.arm for row in table.rows] == ["base"]
    assert warnings(table)["Missing arm"] == "qlora, seed 0: out of memory"
    assert "failed" in warnings(table)["Left out"]


def test_one_failed_seed_is_named_beside_the_others():
    seeds = [record("qlora", GOOD, seed) for seed in (0, 1)]
    table = build([record("base", HALF), *seeds], [refusal("qlora", seed=1), refusal("qlora", seed=2)], resamples=100)
    assert row(table, "qlora").seeds == (0,)
    assert note(table, "Missing seed") == "qlora, seed 1: out of memory | qlora, seed 2: out of memory"


def test_a_refusal_in_another_comparison_is_left_out():
    table = build([record("base", HALF)], [refusal("qlora", comparison="other")], resamples=100)
    assert "Missing arm" not in warnings(table)
    assert "qlora/seed=0 (ffffffffffff): failed, with other data" in warnings(table)["Left out"]


def test_an_arm_takes_part_with_the_settings_of_the_last_run_only():
    specs = [{"cell": {"arm": "rag", "k": k, "seed": k}} for k in (5, 9)]
    seeds = [record("rag", GOOD, seed, spec=spec) for seed, spec in enumerate(specs)]
    wanted = last_run(settings={"rag": settings_of(specs[0]["cell"])})
    assert row(build([record("base", HALF), *seeds], last=wanted, resamples=100), "rag").seeds == (0,)
    none = last_run(settings={"rag": "of neither"})
    table = build([record("base", HALF), *seeds], last=none, resamples=100)
    assert [row.arm for row in table.rows] == ["base"]
    assert note(table, "Left out").count("other settings than the last run asked for") == 2


def test_records_that_cannot_be_read_are_named():
    table = build([record("base", HALF)], unreadable=["rag,seed=0.jsonl: the record is damaged"], resamples=100)
    assert warnings(table)["Left out"] == "rag,seed=0.jsonl: the record is damaged"


def test_of_two_records_of_one_cell_the_newer_stays():
    table = build([record("base", HALF, fingerprint="old"), record("base", GOOD, fingerprint="new")], resamples=100)
    assert row(table, "base").fingerprints == ("new",)
    assert "(old)" in warnings(table)["Left out"]


def test_seeds_of_other_settings_are_not_averaged():
    other = record("rag", GOOD, 1, spec={"arm": {"name": "rag", "k": 9}, "seed": 1})
    table = build([record("base", HALF), record("rag", HALF), other], resamples=100)
    assert row(table, "rag").seeds == (1,)
    assert "other settings" in warnings(table)["Left out"]


def test_what_else_ran_with_a_seed_is_no_setting_of_the_arm():
    specs = [{"cell": {"arm": "rag", "seed": seed}, "config": {"limit": None, "arms": seed * ["x"]}} for seed in (0, 1)]
    table = build([record("rag", GOOD, seed, spec=specs[seed]) for seed in (0, 1)], resamples=100)
    assert row(table, "rag").seeds == (0, 1)


def test_a_refusal_that_a_record_has_answered_is_no_news():
    refused = Refusal(Cell("qa", "pocket", "rag", 0), "out of memory", "rag0", "same")
    table = build([record("base", HALF), record("rag", GOOD)], [refused], resamples=100)
    assert "Missing arm" not in warnings(table)
    assert entry(table, "rag").mean == 0.75


def test_other_examples_in_one_arm_are_an_error():
    with pytest.raises(DataError, match="did not answer the same examples"):
        build([record("base", HALF), record("rag", GOOD[:-1])], resamples=100)


def test_examples_in_another_order_are_paired_by_id():
    rag = record("rag", GOOD)
    turned = dataclasses.replace(
        rag, examples=rag.examples[::-1], predictions=rag.predictions[::-1], scores=rag.scores[::-1]
    )
    straight, other = (build([record("base", HALF), arm], resamples=200) for arm in (rag, turned))
    assert entry(straight, "rag") == entry(other, "rag")


def test_a_metric_with_two_meanings_has_numbers_for_one():
    percent = {"em": {**SHARE, "unit": "percent"}}
    table = build([record("base", HALF), record("rag", GOOD, metrics=percent)], resamples=100)
    assert (entry(table, "base").mean, entry(table, "rag").mean) == (None, 0.75)
    assert "no value for base: scored with other settings" in note(table, "em")
    last = build([record("base", HALF), record("rag", GOOD, metrics=percent)], last=last_run(metrics={"em": SHARE}))
    assert (entry(last, "base").mean, entry(last, "rag").mean) == (0.5, None)


def test_a_record_without_examples_is_an_error_that_names_it():
    empty = dataclasses.replace(record("base", HALF), examples=(), predictions=(), scores=())
    with pytest.raises(DataError, match=r"base.*holds no example"):
        build([empty])


def test_no_record_at_all():
    with pytest.raises(DataError, match="run an experiment first"):
        build([])
    with pytest.raises(DataError, match="rag, seed 0: out of memory"):
        build([], [refusal("rag")], last_run())


def test_few_examples_and_cut_answers_are_warned_of():
    cut = tuple(Prediction(f"e{i}", "x", (), (), "length" if i < 3 else "stop") for i in range(10))
    found = warnings(build([record("base", HALF[:10], predictions=cut)], resamples=100))
    assert "10 independent examples" in found["Few examples"]
    assert "base: 30 % of the answers were cut off; raise task.max_new_tokens" in found["Cut off"]
    none = warnings(build([record("base", HALF)], resamples=100))
    assert none == {}


def test_answers_that_ended_in_a_repetition_are_cut_off_and_failed_and_named():
    stuck = tuple(Prediction(f"e{i}", "a sick foreman", (), (), "loop" if i < 3 else "stop") for i in range(10))
    table = build([record("base", HALF[:10], predictions=stuck)], resamples=100)
    assert "base: 30 % of the answers were cut off; most of them say the same words again" in warnings(table)["Cut off"]
    assert [(row.cut_off, row.failed) for row in table.rows] == [(3, 3)]
    assert "answers cut off at the token limit or in a repetition that did not end;" in note(table, "Failed")
    assert {state(one, ()) for one in stuck} == {"cut off", "answered"}
    ended = build([record("base", HALF)], resamples=100)
    assert "answers cut off at the token limit; they get" in note(ended, "Failed")


def test_many_errors_are_warned_of_with_the_most_frequent_text():
    errors = ["HTTP 500", "connection\nrefused", "connection refused"]
    predictions = tuple(
        Prediction(f"e{i}", "", (), (), "error", errors[i]) if i < 3 else Prediction(f"e{i}", "x", (), (), "stop")
        for i in range(20)
    )
    table = build([record("base", HALF[:20], predictions=predictions)], resamples=100)
    assert "base: 15 % of the answers are errors" in warnings(table)["Errors"]
    assert "2 times: connection refused" in warnings(table)["Errors"]
    few = tuple(Prediction(f"e{i}", "x", (), (), "stop") if i < 1 else one for i, one in enumerate(predictions))
    assert "Errors" not in warnings(build([record("base", HALF[:20], predictions=few)], resamples=100))


def test_groups_are_clusters():
    base, rag = record("base", HALF), record("rag", GOOD)
    twins = tuple(dataclasses.replace(example, group=f"g{i // 2}") for i, example in enumerate(base.examples))
    table = build([dataclasses.replace(base, examples=twins), dataclasses.replace(rag, examples=twins)], resamples=500)
    assert entry(table, "rag").difference.low == entry(table, "rag").difference.high == 0.25
    assert "30 groups" in note(table, "Reading")


JUDGE = {
    "name": "nli",
    "model": "some/model",
    "reads": "meaning",
    "fingerprint": "0123456789abcdef",
    "agreement": {"BEGIN": {"AUROC": 0.9414}},
    "metrics": ["faithfulness", "fabrication"],
}


def judged_by(scored, more):
    facts = {**scored.facts, "judges": [{**JUDGE, **more}]}
    return build([record("base", HALF), dataclasses.replace(scored, facts=facts)], resamples=100)


def test_the_judge_is_named_with_its_agreement():
    base, rag = record("base", HALF), record("rag", GOOD)
    judged = dataclasses.replace(rag, facts={**rag.facts, "judges": [JUDGE]})
    table = build([base, judged], resamples=100)
    assert note(table, "Judge") == (
        "nli (faithfulness, fabrication); agreement with people: BEGIN AUROC 0.941 (docs/VALIDITY.md)"
    )
    assert note(table, "Judge version") == "nli, model some/model, fingerprint 0123456789ab"
    hub, folder = {"weights": "some/model@0123abcd"}, {"weights": f"sha256:{'f' * 64}"}
    assert note(judged_by(rag, hub), "Judge version").startswith("nli, model some/model@0123abcd, fingerprint")
    assert "model some/model (sha256:ffffffffffff), fingerprint" in note(judged_by(rag, folder), "Judge version")
    assert note(judged_by(rag, {"chosen": "nli with a model: why"}), "Judge chosen") == (
        "judge=auto took nli with a model: why"
    )
    unknown = dataclasses.replace(rag, facts={**rag.facts, "judges": [{**JUDGE, "agreement": {}}]})
    assert "not measured" in note(build([base, unknown], resamples=100), "Judge")


@pytest.mark.parametrize(
    ("reads", "novel", "warned"),
    [("words", 0.7, True), ("words", 0.6, False), ("meaning", 0.9, False), ("words", None, False)],
)
def test_free_references_and_a_judge_of_words(reads, novel, warned):
    facts = {"judges": [{**JUDGE, "reads": reads}], "abstractiveness": {"novel_bigrams": novel, "references": 9}}
    base, rag = record("base", HALF), record("rag", GOOD)
    judged = dataclasses.replace(rag, facts={**rag.facts, **facts})
    found = warnings(build([base, judged], resamples=100))
    assert ("Abstractive" in found) is warned
    if warned:
        assert found["Abstractive"].startswith("70% of the references' word pairs")
        assert "judge=nli or judge=ragas" in found["Abstractive"]


def test_the_notes_say_what_reproduces_the_table():
    table = build([record("base", HALF), record("rag", GOOD)], resamples=100)
    assert note(table, "Task") == "qa, test split, 60 examples (limited to 20)"
    assert note(table, "Model") == "pocket, NF4"
    assert note(table, "Judge") == "none"
    assert note(table, "Fingerprints") == "base base0; rag rag0"
    assert note(table, "Leakage") == "not audited"
    assert note(table, "em") == "share; higher is better"


def test_one_example():
    table = build([record("base", [0.5]), record("rag", [1.0])], resamples=100)
    assert (entry(table, "base").mean, entry(table, "base").low) == (0.5, None)
    found = entry(table, "rag").difference
    assert (found.mean, found.low, found.p) == (0.5, None, 1.0)


@pytest.mark.parametrize("seeds", [2, 3])
def test_intervals_of_shares_stay_where_shares_are(seeds):
    """Two seeds far apart: Student's t alone would give 0.5 ± 6."""
    runs = [record("qlora", [float(seed % 2)] * 60, seed) for seed in range(seeds)]
    found = entry(build([record("base", HALF), *runs], resamples=100), "qlora")
    assert (found.low, found.high) == (0.0, 1.0)
    assert -1.0 <= found.difference.low < found.difference.high <= 1.0
    lengths = {"unit": "words", "higher_is_better": None, "worst": None}
    wide = [record("qlora", [float(seed % 2)] * 60, seed, meaning=lengths) for seed in range(seeds)]
    assert entry(build([record("base", HALF, meaning=lengths), *wide], resamples=100), "qlora").low < 0.0


def test_what_a_retriever_left_out_is_a_warning_of_the_table():
    facts = {"retrieval": {"cautions": ["k is 5, and there are 2 training pairs: no more are shown"]}}
    others = [record(name, HALF, facts=facts) for name in ("few", "more")]
    table = build([record("base", HALF), *others], resamples=100)
    assert warnings(table)["Retrieval"] == "few, more: k is 5, and there are 2 training pairs: no more are shown"
    assert "Retrieval" not in warnings(build([record("base", HALF), record("few", HALF)], resamples=100))


def test_what_a_prompt_holds_of_the_knowledge_base_is_said():
    def noted(documents, share):
        facts = {"retrieval": {"in_prompt": {"documents": documents, "of": 300, "share": share}}}
        return build([record("base", HALF), record("long", HALF, facts=facts)], resamples=100)

    part, whole = noted(70, 0.234), noted(300, 1.0)
    assert "long: the first 70 of 300 documents (23% of the text)" in warnings(part)["Long context"]
    assert "Long context" not in warnings(whole)
    assert note(whole, "Long context") == "long: all 300 documents are in every prompt"
