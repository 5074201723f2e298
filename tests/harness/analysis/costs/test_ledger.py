"""Ledgers worked out by hand: 3.60 an hour is 0.001 a second."""

import dataclasses

import numpy as np
import pytest

from harness.analysis.costs.ledger import ledger
from harness.analysis.costs.prices import HOURS_PER_YEAR, Owned, Rented
from harness.machine.measured import Trial

RESAMPLES = 200
PARTS = (
    "preparation",
    "training",
    "index",
    "trials",
    "single",
    "saturated",
    "repreparation",
    "reindex",
    "retrain",
    "storage",
)


def amounts(used, costing):
    found = ledger(used, costing, RESAMPLES)
    return {part: getattr(found, part).value for part in (*PARTS, "one_off", "update", "total")}


def test_retrieval_by_hand(rag, costing):
    found = amounts(rag(), costing())
    assert found["training"] == found["retrain"] == 0.0
    assert found["index"] == pytest.approx(0.100)  # 100 s
    assert found["reindex"] == pytest.approx(0.019)  # 10 % of 90 s, and all 10 s of the lexical index
    assert found["single"] == pytest.approx(2.0)  # 2,000 s
    assert found["saturated"] == pytest.approx(1.0)
    assert found["storage"] == pytest.approx(1.0)  # 2 GB
    queries = 12 * 365.25 / 12 * 100 / 1000
    assert found["total"] == pytest.approx(0.100 + queries * 1.0 + 24 * 0.019 + 12 * 1.0)


def test_an_adapter_by_hand(qlora, costing):
    found = amounts(qlora(), costing())
    assert found["index"] == found["reindex"] == 0.0
    assert found["training"] == pytest.approx(1.0)  # 1,000 s
    assert found["retrain"] == pytest.approx(1.0)
    assert found["total"] == pytest.approx(1.0 + 36.525 * 1.0 + 24 * 1.0 + 12 * 0.5)


def test_labels_and_documents_have_a_price_of_their_own(rag, qlora, costing):
    prices = {"per_training_row": 0.5, "per_document": 0.02}
    assert amounts(qlora(), costing(prices))["preparation"] == pytest.approx(100.0)  # 200 rows
    assert amounts(rag(), costing(prices))["preparation"] == pytest.approx(1.0)  # 50 documents


def test_changed_documents_are_prepared_again(rag, qlora, costing):
    found = amounts(rag(), costing({"per_document": 0.02}))
    assert found["repreparation"] == pytest.approx(0.1)  # a tenth of 50 documents
    assert found["update"] == pytest.approx(0.1 + 0.019)
    assert amounts(qlora(), costing({"per_document": 0.02}))["repreparation"] == 0.0


def test_each_part_is_paid_at_the_device_that_did_it(rag, qlora, costing):
    indexing = [
        dataclasses.replace(one, device="cuda:NVIDIA L4" if one.name == "embeddings" else "") for one in rag().indexing
    ]
    training = dataclasses.replace(qlora().training, device="cuda:NVIDIA L4")
    found = amounts(rag(indexing=tuple(indexing), training=training, adapts=True), costing())
    assert found["training"] == pytest.approx(10.0)  # 36 an hour
    assert found["index"] == pytest.approx(0.02 + 0.8)
    assert found["reindex"] == pytest.approx(0.001 + 0.08 + 0.01)
    assert found["saturated"] == pytest.approx(1.0)
    everything = amounts(rag(indexing=tuple(indexing), training=training, adapts=True), costing({"device": "cpu"}))
    assert (everything["training"], everything["index"]) == (pytest.approx(1.0), pytest.approx(0.1))


def test_tokens_of_one_example_in_two_seeds_are_one_sample(plain, costing):
    used = plain(tokens_in=np.tile([1.0, 1000.0], 4), token_clusters=np.tile([0, 1], 4))
    found = ledger(used, costing({"model": "small"}), RESAMPLES).saturated
    assert found.clusters == 2


TRIALS = (Trial("a", 500.0, kind="adapter", device="cpu"), Trial("b", 20.0, 20.0, ended=False, kind="adapter"))


def test_what_else_was_tried_stands_apart_or_is_paid_as_one_off(qlora, costing):
    apart = amounts(qlora(trials=TRIALS), costing())
    assert apart["trials"] == pytest.approx(0.52)
    assert apart["one_off"] == pytest.approx(1.0)
    paid = amounts(qlora(trials=TRIALS), costing(horizon={"trials": "paid"}))
    assert paid["one_off"] == pytest.approx(1.52)
    assert paid["total"] - apart["total"] == pytest.approx(0.52)
    assert (paid["training"], paid["retrain"]) == (apart["training"], apart["retrain"])  # nobody tries again


def test_a_trial_is_paid_at_the_device_that_made_it(qlora, costing):
    dear = dataclasses.replace(TRIALS[0], device="cuda:NVIDIA L4")
    found = ledger(qlora(trials=(dear,)), costing(), RESAMPLES)
    assert found.trials.value == pytest.approx(5.0)
    assert {one.name for one in found.paid_as} == {"cpu", "l4"}
    unknown = dataclasses.replace(TRIALS[0], device="cuda:NVIDIA H200")
    found = ledger(qlora(trials=(unknown,)), costing(horizon={"trials": "paid"}), RESAMPLES)
    assert (found.trials, found.one_off, found.total) == (None, None, None)
    assert found.unpriced == ("cuda:NVIDIA H200",)


def test_trials_are_paid_once_and_not_with_every_update(qlora, costing):
    found = amounts(qlora(), costing(horizon={"trainings": 5.0}))
    assert (found["training"], found["retrain"]) == (pytest.approx(5.0), pytest.approx(1.0))


def test_what_failed_attempts_took_is_paid_once(qlora, rag, costing):
    torn = dataclasses.replace(qlora().training, wasted_seconds=300.0)
    found = amounts(qlora(training=torn), costing(horizon={"trainings": 2.0}))
    assert (found["training"], found["retrain"]) == (pytest.approx(2.3), pytest.approx(1.0))
    parts = [dataclasses.replace(part, wasted_seconds=50.0) for part in rag().indexing]
    found = amounts(rag(indexing=tuple(parts)), costing())
    assert (found["index"], found["reindex"]) == (pytest.approx(0.250), pytest.approx(0.019))


@pytest.mark.parametrize(("retrain", "alone", "with_index"), [("needed", 1, 0), ("always", 1, 1), ("never", 0, 0)])
def test_who_trains_again_when_the_knowledge_changes(qlora, rag, costing, retrain, alone, with_index):
    use = costing(horizon={"retrain": retrain})
    hybrid = rag(training=qlora().training, adapts=True)
    assert amounts(qlora(), use)["retrain"] == pytest.approx(alone)
    assert amounts(hybrid, use)["retrain"] == pytest.approx(with_index)


def test_idle_time_is_in_the_price_of_answers_but_not_of_jobs(qlora, costing):
    busy, idle = amounts(qlora(), costing()), amounts(qlora(), costing(horizon={"utilisation": 0.25}))
    assert idle["saturated"] == pytest.approx(4 * busy["saturated"])
    assert idle["single"] == pytest.approx(4 * busy["single"])
    assert idle["training"] == busy["training"]


def test_the_horizon_says_by_which_speed_totals_are_made(plain, costing):
    batches, alone = amounts(plain(), costing()), amounts(plain(), costing(horizon={"serving": "single"}))
    assert alone["total"] == pytest.approx(2 * batches["total"])


def test_a_machine_of_ones_own():
    own = Owned("ours", ("cpu",), None, 8766.0, 2.0, 0.5, 500.0, 0.2, "the invoice", "2026-01-01")
    assert HOURS_PER_YEAR == 8766
    assert own.hour_of_work() == pytest.approx(1.0 + 0.1)  # 8,766 over 8,766 hours of work; half a kilowatt
    assert own.hour_of_serving(0.25) == own.hour_of_work()  # its idle time is paid for already


def test_tokens_of_a_hosted_model(rag, costing, timed):
    used = rag(device="server", saturated=timed([9.0] * 8, beside=0.5))
    use = costing({"model": "small", "device": "cpu"})
    # 1,000 tokens read at 2 a million, 100 written at 10 a million, half a second of search: a thousand times
    assert amounts(dataclasses.replace(used, single=used.saturated), use)["saturated"] == pytest.approx(3.0 + 0.5)


def test_seconds_of_a_server_have_no_price(plain, costing):
    found = ledger(plain(device="server"), costing({"device": "cpu"}), RESAMPLES)
    assert found.saturated is None
    assert found.total is None


def test_what_was_not_measured_is_not_guessed(plain, costing):
    found = ledger(plain(single=None), costing(horizon={"serving": "single"}), RESAMPLES)
    assert found.single is None
    assert found.saturated is not None
    assert found.total is None


def test_an_adapter_trained_elsewhere_has_no_known_price(qlora, costing):
    found = ledger(qlora(training=None), costing(), RESAMPLES)
    assert found.training is None
    assert found.total is None


def test_a_brought_adapter_costs_what_is_said_of_it_and_else_not_nothing(qlora, costing):
    unknown = ledger(qlora(training=None, brought=True), costing({"per_training_row": 0.5}), RESAMPLES)
    assert (unknown.preparation, unknown.training, unknown.one_off, unknown.total) == (None, None, None, None)
    given = {"brought_hours": 1000 / 3600, "brought_rows": 200}
    found = amounts(qlora(training=None, brought=True), costing({"per_training_row": 0.5}, given))
    assert found == amounts(qlora(), costing({"per_training_row": 0.5}))
    assert amounts(qlora(), costing(horizon=given)) == amounts(qlora(), costing())  # trained here: measured


def test_hours_and_rows_of_a_brought_adapter_are_given_together(costing):
    assert "given together" in costing(horizon={"brought_hours": 2.0}).horizon.problems()[0]
    assert costing(horizon={"brought_hours": -1.0, "brought_rows": 3}).horizon.problems() == [
        "brought_hours is below 0"
    ]
    assert list(costing(horizon={"brought_hours": 2.0, "brought_rows": 3}).horizon.problems()) == []


def test_a_device_without_a_price(rag, costing):
    found = ledger(rag(device="cuda:NVIDIA H200"), costing(), RESAMPLES)
    assert found.machine is None
    assert (found.index, found.saturated, found.total) == (None, None, None)


CASES = range(25)


@pytest.fixture(params=CASES)
def case(request, rag, qlora, costing, timed):
    rng = np.random.default_rng(request.param)
    rent, store, row, document = rng.uniform(0.01, 9.0, 4)
    training = dataclasses.replace(qlora().training, seconds=rng.uniform(1, 1e5))
    used = rag(
        training=training,
        adapts=True,
        retrieves=bool(rng.integers(2)),
        saturated=timed(rng.gamma(2.0, 0.2, 40), batch=4),
        single=timed(rng.gamma(2.0, 1.0, 16)),
        trials=tuple(Trial(str(at), rng.uniform(1, 1e4), kind="adapter", device="cpu") for at in range(3)),
    )
    trials = str(rng.choice(["apart", "paid"]))
    prices = {
        "devices": {"cpu": Rented("a machine", ("cpu",), None, rent, "somewhere", None)},
        "storage": dataclasses.replace(costing().prices.storage, per_gb_month=store),
        "per_training_row": row,
        "per_document": document,
    }
    use = {
        "months": rng.uniform(1, 60),
        "queries_per_day": rng.uniform(1, 1e5),
        "updates_per_month": rng.uniform(0, 30),
        "changed_share": rng.uniform(0, 1),
        "retrain": str(rng.choice(["needed", "always", "never"])),
        "trainings": rng.uniform(1, 20) if trials == "apart" else 1.0,
        "trials": trials,
        "utilisation": rng.uniform(0.05, 1),
        "serving": str(rng.choice(["saturated", "single"])),
    }
    return used, costing(prices, use)


def doubled(costing, **prices):
    return dataclasses.replace(costing, prices=dataclasses.replace(costing.prices, **prices))


DOUBLED = {
    "machine": (
        lambda prices: {"devices": {"cpu": dataclasses.replace(prices.devices["cpu"], per_hour=2 * hour(prices))}},
        {"training", "index", "trials", "single", "saturated", "reindex", "retrain"},
    ),
    "storage": (
        lambda prices: {"storage": dataclasses.replace(prices.storage, per_gb_month=2 * prices.storage.per_gb_month)},
        {"storage"},
    ),
}


def hour(prices):
    return prices.devices["cpu"].per_hour


@pytest.mark.parametrize("price", DOUBLED)
def test_doubling_a_price_doubles_what_it_touches_and_nothing_else(case, price):
    used, costing = case
    change, touched = DOUBLED[price]
    before, after = amounts(used, costing), amounts(used, doubled(costing, **change(costing.prices)))
    for part in PARTS:
        assert after[part] == pytest.approx((2 if part in touched else 1) * before[part]), part


@pytest.mark.parametrize("price", ["per_million_in", "per_million_out"])
def test_doubling_a_token_price_adds_what_those_tokens_cost_and_nothing_else(case, price):
    used, costing = case
    costing = doubled(costing, model="small")
    small = costing.prices.models["small"]
    twice = doubled(costing, models={"small": dataclasses.replace(small, **{price: 2 * getattr(small, price)})})
    before, after = amounts(used, costing), amounts(used, twice)
    tokens = used.tokens_in if price == "per_million_in" else used.tokens_out
    for part in PARTS:
        added = tokens.mean() * getattr(small, price) / 1000 if part in ("single", "saturated") else 0.0
        assert after[part] - before[part] == pytest.approx(added), part


def test_doubling_what_an_owned_machine_costs_doubles_all_that_it_did(case):
    used, costing = case
    own = Owned("ours", ("cpu",), None, 3000.0, 4.0, 0.3, 400.0, 0.3, "the invoice", None)
    twice = dataclasses.replace(own, purchase=6000.0, per_kwh=0.6)
    once = amounts(used, doubled(costing, devices={"cpu": own}))
    after = amounts(used, doubled(costing, devices={"cpu": twice}))
    dearer = amounts(used, doubled(costing, devices={"cpu": dataclasses.replace(own, purchase=6000.0)}))
    bought, fed = 3000 / (4 * 8766 * 0.3), 0.4 * 0.3
    for part in PARTS:
        touched = part in DOUBLED["machine"][1]
        assert after[part] == pytest.approx((2 if touched else 1) * once[part]), part
        share = 1 + bought / (bought + fed) if touched else 1
        assert dearer[part] == pytest.approx(share * once[part]), part


def test_doubling_the_price_of_a_label_adds_what_the_labels_cost(case):
    used, costing = case
    row = costing.prices.per_training_row
    before, after = amounts(used, costing), amounts(used, doubled(costing, per_training_row=2 * row))
    assert after["preparation"] - before["preparation"] == pytest.approx(row * used.training.rows)
    assert {part: after[part] for part in PARTS[1:]} == {part: before[part] for part in PARTS[1:]}


def test_doubling_every_price_doubles_the_total_and_its_interval(case):
    used, costing = case
    prices = costing.prices
    twice = {**DOUBLED["machine"][0](prices), **DOUBLED["storage"][0](prices)}
    twice |= {"per_training_row": 2 * prices.per_training_row, "per_document": 2 * prices.per_document}
    before, after = ledger(used, costing, RESAMPLES).total, ledger(used, doubled(costing, **twice), RESAMPLES).total
    assert after.value == pytest.approx(2 * before.value)
    assert after.interval() == pytest.approx([2 * end for end in before.interval()])


def test_totals_equal_the_sum_of_their_parts(case):
    used, costing = case
    found, use = amounts(used, costing), costing.horizon
    answers = found[use.serving] * use.queries / 1000
    tried = found["trials"] if use.trials == "paid" else 0.0
    assert found["one_off"] == pytest.approx(found["preparation"] + found["training"] + found["index"] + tried)
    assert found["update"] == pytest.approx(found["repreparation"] + found["reindex"] + found["retrain"])
    assert found["total"] == pytest.approx(
        found["one_off"] + answers + found["update"] * use.updates + found["storage"] * use.months
    )


def test_the_interval_of_a_total_is_that_of_its_answers(case):
    used, costing = case
    found = ledger(used, costing, RESAMPLES)
    low, high = found.total.interval()
    part_low, part_high = found.serving.interval()
    certain = found.total.value - found.serving.value
    assert (low, high) == pytest.approx((certain + part_low, certain + part_high))
    assert low < found.total.value < high


def test_labels_of_pairs_have_their_price_and_changed_documents_cost_such_an_arm_nothing(rag, costing):
    few = dataclasses.replace(rag(), retrieves=False, documents=0, pairs=200)
    found = amounts(few, costing({"per_training_row": 0.5, "per_document": 0.02}))
    assert found["preparation"] == pytest.approx(100.0)
    assert found["index"] > found["reindex"] == found["repreparation"] == 0.0


def test_cached_tokens_have_their_price_where_one_is_listed(rag, costing):
    used = dataclasses.replace(rag(), tokens_cached=np.full(len(rag().tokens_in), 400.0))
    prices = {"model": "small"}
    listed = dataclasses.replace(costing(prices).prices.models["small"], per_million_cached=0.5)
    plain = amounts(used, costing(prices))["saturated"]
    assert plain == amounts(rag(), costing(prices))["saturated"]
    cheaper = amounts(used, costing({**prices, "models": {"small": listed}}))["saturated"]
    assert plain - cheaper == pytest.approx(400 * (2.0 - 0.5) / 1e6 * 1000)
    assert "per_million_cached is -1" in dataclasses.replace(listed, per_million_cached=-1.0).problems()[0]
