"""The grids under a table: figures, warnings, and that a new price list needs nothing but the records."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from harness.analysis.costs.breakeven import BreakEven
from harness.analysis.costs.ledger import ledger
from harness.analysis.costs.prices import Owned
from harness.analysis.costs.usage import Hardware
from harness.analysis.result import Figure
from harness.analysis.sections.break_even import break_even_section, crossing_cell
from harness.analysis.sections.cost import COLUMNS, anchor, cost_section
from harness.analysis.sections.cost_inputs import cost_inputs_section
from harness.analysis.sections.costs import cost_months_section
from harness.analysis.sections.training_methods import training_methods_section
from harness.machine.measured import Trial

ROOT = Path(__file__).resolve().parents[4]
INFINITE = float("inf")


@pytest.fixture
def ledgers(plain, rag, qlora, costing):
    def make(prices=None, horizon=None, **changes):
        arms = (plain("base", **changes), rag(**changes), qlora(**changes))
        return [ledger(one, costing(prices, horizon), 200) for one in arms]

    return make


def warnings(section):
    return {note.topic: note.text for note in section.notes if note.warning}


def row(section, name):
    (found,) = [cells for cells in section.rows if cells[0] == name]
    return {column.name: cell for column, cell in zip(section.columns, found, strict=True)}


def test_the_figures_of_the_ledger_stand_in_the_grid(ledgers):
    cells = row(cost_section(ledgers()), "rag")
    assert cells["index"].value == pytest.approx(0.1)
    assert cells["one-off"].value == pytest.approx(0.1)
    assert cells["per 1,000 answers, batch 1"].value == pytest.approx(2.0)
    assert cells["total"].value == pytest.approx(0.1 + 36.525 + 24 * 0.019 + 12)


def test_the_grid_names_the_column_that_totals_go_by(ledgers):
    assert cost_section(ledgers()).basis == "per 1,000 answers, saturated"
    alone = cost_section(ledgers(horizon={"serving": "single"}))
    assert alone.basis == "per 1,000 answers, batch 1"
    assert alone.basis in [column.name for column in alone.columns]


def test_the_inputs_of_the_figures_stand_above_them(plain, rag, qlora):
    torn = dataclasses.replace(qlora().training, wasted_seconds=30.0, joules=7200.0)
    section = cost_inputs_section([plain("base", single=None), rag(), qlora(training=torn, joules_per_answer=1.5)])
    base, retrieval, adapter = (row(section, name) for name in ("base", "rag", "qlora"))
    assert [base[name] for name in ("training", "indexing", "answer alone", "stored")] == [None] * 4
    assert (retrieval["indexing"].value, retrieval["answer alone"].value, retrieval["stored"].value) == (100, 2, 2000)
    assert (adapter["training"].value, adapter["failed attempts"].value) == (1000, 30)
    assert (adapter["labelled rows"].value, adapter["optimiser steps"].value) == (200, 75)
    (energy,) = [note.text for note in section.notes if note.topic == "Energy"]
    assert energy == "qlora 7,200 J for one training; qlora 1.5 J for an answer alone"


def test_a_sourced_list_on_its_own_device_gives_no_warning(ledgers):
    assert warnings(cost_section(ledgers(horizon={"queries_per_day": 5000.0}))) == {}


def test_any_cpu_is_not_silently_that_of_the_price_list(ledgers):
    found = warnings(cost_section(ledgers(hardware=Hardware("Raspberry Pi 4", 1))))
    assert found["Priced as"].startswith("a machine; this machine is Raspberry Pi 4, 1 cores")
    assert "Priced as" not in warnings(cost_section(ledgers({"device": "cpu"}, hardware=Hardware("Raspberry Pi 4"))))


def test_machines_stand_beside_the_total_and_cannot_be_more_than_there_are(ledgers):
    section = cost_section(ledgers(horizon={"queries_per_day": 86_400.0 * 3, "serving": "single"}))
    assert row(section, "rag")["machines kept busy"].value == pytest.approx(6.0)  # 2 s each
    assert warnings(section)["Capacity"].startswith("base 6, rag 6, qlora 6 machines")


def test_a_machine_that_idles_is_no_machine_at_full_use(ledgers):
    assert warnings(cost_section(ledgers()))["Idle"].startswith("base, rag, qlora: under 1 %")
    assert "Idle" not in warnings(cost_section(ledgers(horizon={"utilisation": 0.5})))
    hosted = cost_section(ledgers({"model": "small"}))
    assert "Idle" not in warnings(hosted)
    assert row(hosted, "rag")["machines kept busy"] is None


def test_the_idle_time_of_an_owned_machine_is_said_to_be_its_own(ledgers):
    own = Owned("ours", ("cpu",), None, 8766.0, 2.0, 0.5, 500.0, 0.2, "the invoice", "2026-01-01")
    notes = {note.topic: note.text for note in cost_section(ledgers({"devices": {"cpu": own}})).notes}
    assert notes["Utilisation"].startswith("owned: cpu 50 % of its lifetime in use")
    assert "horizon.utilisation is not applied" in notes["Utilisation"]


def test_intervals_of_a_hosted_model_are_over_examples(ledgers):
    def notes_of(**prices):
        return next(note.text for note in cost_section(ledgers(prices)).notes if note.topic == "Intervals")

    assert "examples for their tokens" in notes_of(model="small")
    assert "tokens" not in notes_of()


def test_answers_without_a_timing_are_counted(ledgers):
    assert "Untimed answers" not in warnings(cost_section(ledgers()))
    found = warnings(cost_section(ledgers(unspanned=3, answers=8)))["Untimed answers"]
    assert "3 of 8 answers" in found


def test_training_on_a_device_without_price_is_named(ledgers, qlora, costing):
    training = dataclasses.replace(qlora().training, device="cuda:NVIDIA H200")
    section = cost_section([ledger(qlora(training=training), costing(), 200)])
    assert "qlora: adapter, index or trial made on cuda:NVIDIA H200" in warnings(section)["Not priced"]
    assert [row(section, "qlora")[name] for name in ("training", "retrain per update", "total")] == [None] * 3
    assert row(section, "qlora")["per 1,000 answers, saturated"].value == pytest.approx(1.0)


CLOSED = Trial("a", 1800.0, kind="adapter", device="cpu")
TORN = Trial("b", 1800.0, 1800.0, ended=False, kind="adapter")
CHUNKS = Trial("c", 360.0, kind="passages")
RAFT = Trial("d", 100.0, kind="adapter on passages")


def noted(section, topic):
    return next((note.text for note in section.notes if note.topic == topic), "")


def test_trials_have_a_column_and_are_counted_once_in_the_note(plain, rag, qlora, costing):
    hybrid = rag(trials=(CLOSED, TORN, CHUNKS), training=qlora().training, adapts=True)
    used = [plain("base"), qlora(trials=(CLOSED, TORN)), dataclasses.replace(hybrid, arm="hybrid")]
    made = [ledger(one, costing(), 200) for one in used]
    section = cost_section(made, (CLOSED, TORN, CHUNKS, RAFT))
    name = "trials, not in one-off"
    assert [row(section, arm)[name].value for arm in ("base", "qlora", "hybrid")] == pytest.approx([0.0, 3.6, 3.96])
    text = noted(section, "Trials")
    assert (
        "each counted once: 2 training(s) and 1 step(s) of indexing, 3,960.0 s (not ended: 1, 1,800.0 s), 3.96 USD"
        in text
    )
    assert "for other kinds of arms: 1 training(s), 100.0 s." in text
    assert "not in one-off and total" in text
    assert [row(section, arm)["one-off"].value for arm in ("qlora", "hybrid")] == pytest.approx([1.0, 1.1])


def test_trials_that_are_paid_stand_in_one_off(qlora, costing):
    section = cost_section([ledger(qlora(trials=(CLOSED,)), costing(horizon={"trials": "paid"}), 200)], (CLOSED,))
    cells = row(section, "qlora")
    assert cells["one-off"].value == pytest.approx(cells["training"].value + cells["trials, in one-off"].value)
    assert "; in one-off and total" in noted(section, "Trials")


def test_without_trials_there_is_no_column(ledgers):
    section = cost_section(ledgers())
    assert not [column.name for column in section.columns if "trials" in column.name]
    assert noted(section, "Trials") == ""


def test_trials_of_which_no_kind_is_known_belong_to_no_arm(ledgers):
    assert "once: none for these arms; for other kinds of arms: 1 training(s), 5.0 s" in noted(
        cost_section(ledgers(), (Trial("old", 5.0),)), "Trials"
    )


def test_the_seconds_of_trials_stand_among_the_inputs(plain, qlora):
    section = cost_inputs_section([plain("base"), qlora(trials=(CLOSED, TORN))])
    assert row(section, "qlora")["trials"].value == 3600.0
    assert row(section, "base")["trials"] is None
    assert "trials" not in row(cost_inputs_section([qlora()]), "qlora")


def test_another_device_than_the_records_is_named(ledgers):
    text = warnings(cost_section(ledgers({"device": "l4"})))["Priced as"]
    assert "measured on cpu" in text
    assert "l4" in text


def test_a_device_without_price_is_named_with_those_there_are(ledgers):
    section = cost_section(ledgers(device="cuda:NVIDIA H200"))
    text = warnings(section)["Not priced"]
    assert "H200" in text
    assert "prices.device to one of cpu, l4" in text
    assert row(section, "rag")["total"] is None


def test_a_price_that_nobody_looked_up_is_a_warning(ledgers, costing):
    storage = dataclasses.replace(costing().prices.storage, source="from memory", checked=None)
    assert "from memory" in warnings(cost_section(ledgers({"storage": storage})))["Prices not checked"]


def test_answers_of_a_server_need_a_price_by_the_token(ledgers):
    priced_by_time = cost_section(ledgers({"device": "cpu"}, device="server"))
    assert "Server" in warnings(priced_by_time)
    by_token = cost_section(ledgers({"device": "cpu", "model": "small"}, device="server"))
    assert row(by_token, "base")["per 1,000 answers, saturated"].value == pytest.approx(3.0)


def test_a_hosted_price_says_what_it_is_not(ledgers):
    found = warnings(cost_section(ledgers({"model": "small"})))
    assert "paid as those of a model" in found["Priced as"]
    assert found["Adapters"].startswith("qlora paid as the bare model")
    served = warnings(cost_section(ledgers({"device": "cpu", "model": "small"}, device="server")[:2]))
    assert "Adapters" not in served
    assert "a model's" not in served.get("Priced as", "")


def test_every_pair_of_arms_has_a_row_and_controls_have_none(ledgers, rag, costing):
    oracle = ledger(dataclasses.replace(rag(), arm="oracle", control=True), costing(), 200)
    (section,) = break_even_section([*ledgers(), oracle])
    assert [cells[0] for cells in section.rows] == ["base – rag", "base – qlora", "rag – qlora"]
    assert warnings(section) == {}


def test_an_arm_without_a_total_is_named_where_it_is_missing(ledgers, qlora, costing):
    elsewhere = ledger(qlora(training=None), costing(), 200)
    (section,) = break_even_section([*ledgers()[:2], elsewhere])
    assert [cells[0] for cells in section.rows] == ["base – rag"]
    assert warnings(section)["Left out"].startswith("qlora: no total")


def test_a_brought_adapter_of_unknown_cost_is_said(ledgers, qlora, costing):
    used = qlora(training=None, brought=True)
    section = cost_section([*ledgers()[:2], ledger(used, costing(), 200)])
    assert "does not count as 0: no total and no break-even" in warnings(section)["Brought adapter"]
    known = ledger(used, costing(horizon={"brought_hours": 2.0, "brought_rows": 300}), 200)
    notes = {note.topic: note.text for note in cost_section([known]).notes}
    assert notes["Brought adapter"].startswith("qlora: brought, 2 hours of training on 300 rows as given")


def test_updates_decide_between_retrieval_and_retraining(ledgers):
    (section,) = break_even_section(ledgers({"per_document": 0.05}, horizon={"months": 1.0}))
    cells = section.rows[2]
    # rag: 2.5 for documents, 0.1 for the index, 1 for storage, 0.019 + 0.25 per update; qlora: 1, 0.5 and 1 per update
    assert (cells[4], cells[6]) == ("qlora", "rag")
    assert cells[5].value == pytest.approx(2.1 / 0.731)
    assert cells[1:4] == ("qlora", "never", "qlora")  # 4.138 against 3.5 at the start, and as much for each answer


@pytest.mark.parametrize(
    ("at", "low", "high", "text"),
    [
        (INFINITE, None, None, "never"),
        (INFINITE, INFINITE, INFINITE, "never"),
        (INFINITE, 5000.0, INFINITE, "never [5,000, never]"),
        (1234.5, 12.34, INFINITE, "1,234 [12.3, never]"),
        (10.0, 5.0, 20.0, Figure(10.0, 5.0, 20.0)),
        (10.0, None, None, Figure(10.0)),
    ],
)
def test_never_is_a_word(at, low, high, text):
    assert crossing_cell(BreakEven("a", "b", at, low, high)) == text


def test_all_updates_are_in_the_line_over_queries_and_all_answers_in_that_over_updates(rag, plain, costing, timed):
    fast = rag(saturated=timed([0.5] * 8), bytes_stored={})
    (section,) = break_even_section([ledger(one, costing(), 200) for one in (plain("base"), fast)])
    (cells,) = section.rows
    # over queries: 0.1 for the index and 24 × 0.019 for updates, against 0.0005 saved each
    assert cells[1] == "base"
    assert cells[2].value == pytest.approx((0.1 + 24 * 0.019) / 0.0005)
    # over updates: 36,525 answers cost 36.525 and 18.2625, so (36.525 - 18.2625 - 0.1) / 0.019
    assert cells[4] == "rag"
    assert cells[5].value == pytest.approx((36.525 - 18.2625 - 0.1) / 0.019)


def test_months_begin_with_what_is_paid_once(qlora, costing):
    (section,) = cost_months_section([ledger(qlora(), costing(), 200)])
    values = [cell.value for cell in section.rows[0][1:]]
    total = 1.0 + 36.525 + 24 * 1.0 + 12 * 0.5
    assert values == pytest.approx([1.0 + (total - 1.0) * step / 12 for step in range(13)])


def test_arms_that_cost_the_same_are_called_alike(plain, costing):
    free = costing(
        {"device": "cpu", "devices": {"cpu": dataclasses.replace(costing().prices.devices["cpu"], per_hour=0)}}
    )
    (section,) = break_even_section([ledger(plain(arm), free, 200) for arm in ("base", "rag")])
    assert section.rows[0][1:] == ("both the same", "never", "both the same") * 2


def test_a_single_batch_is_no_sure_price(ledgers, timed):
    found = warnings(cost_section(ledgers(saturated=timed([1.0] * 8, batch=8))))["No interval"]
    assert found.startswith("base, rag, qlora: answered in a single batch")
    assert "No interval" not in warnings(cost_section(ledgers()))


def test_too_close_to_call_is_a_word_with_its_shares():
    shares = {("a", "a"): 0.58, ("b", "b"): 0.417, ("b", "a"): 0.003}
    found = crossing_cell(BreakEven("a", "a", INFINITE, None, None, shares, close=True))
    assert found == "too close to call: a throughout 58 %, b throughout 42 %, b, then a < 1 %"


def test_arms_that_cost_the_same_give_or_take_the_noise_are_too_close_to_call(rag, costing, timed):
    rng = np.random.default_rng(0)
    arms = [dataclasses.replace(rag(saturated=timed(rng.gamma(2.0, 0.5, 200))), arm=arm) for arm in ("hybrid", "raft")]
    (section,) = break_even_section([ledger(one, costing(), 1000) for one in arms])
    (cells,) = section.rows
    assert cells[5].startswith("too close to call: ")
    assert cells[4] == cells[6]
    assert re.fullmatch(r"(hybrid|raft) \(\d\d %\)", cells[4])
    assert "Too close to call" in {note.topic for note in section.notes}


def test_every_link_leads_to_a_heading(ledgers):
    text = (ROOT / "docs/COST.md").read_text(encoding="utf-8")
    there = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)}
    made = ledgers({"per_document": 0.1}, trials=(CLOSED,))
    sections = [cost_inputs_section([one.usage for one in made]), cost_section(made), *break_even_section(made)]
    linked = [
        link
        for section in [*sections, *training_methods_section(made)]
        for note in section.notes
        for link in note.links
    ]
    assert {link.label for link in linked} >= {name for name, _ in COLUMNS} | {"Break-even", "Recorded inputs"}
    assert {link.target.partition("#")[0] for link in linked} == {"docs/COST.md"}
    assert {link.target.partition("#")[2] for link in linked} <= there


def test_an_anchor_is_made_as_github_makes_it():
    assert anchor("per 1,000 answers, batch 1") == "per-1000-answers-batch-1"
    assert anchor("one-off") == "one-off"


def test_estimates_are_called_estimates(ledgers):
    (section,) = training_methods_section(ledgers({"device": "l4"}))
    kinds = {cells[0]: row(section, cells[0])["time"] for cells in section.rows}
    assert kinds == {"QLoRA": "measured", "LoRA": "estimated, at most", "full fine-tuning": "estimated, at most"}
    assert [row(section, name)["fits into the memory of the priced device"] for name in kinds] == ["yes (24 GB)"] * 3


def test_a_measured_peak_stands_beside_the_estimates_and_decides_what_fits(costing, qlora):
    peaks = {"host_peak_bytes": 3 * 10**9, "gpu_peak_bytes": 30 * 10**9, "loaded_bytes": 6 * 10**8}
    trained = dataclasses.replace(qlora().training, **peaks)
    (section,) = training_methods_section([ledger(qlora(training=trained), costing({"device": "l4"}), 200)])
    measured, estimated = row(section, "QLoRA"), row(section, "LoRA")
    places = ("model as loaded (measured)", "peak of the process (measured)", "peak on the GPU (measured)")
    assert [measured[name].value for name in places] == pytest.approx([0.6, 3.0, 30.0])
    assert [estimated[name] for name in places] == [None] * 3
    fits = "fits into the memory of the priced device"
    assert (measured[fits], estimated[fits]) == ("no (24 GB)", "yes (24 GB)")


def test_the_memory_that_training_took_stands_among_the_inputs(plain, qlora):
    trained = dataclasses.replace(qlora().training, host_peak_bytes=1_500_000_000)
    section = cost_inputs_section([plain("base"), qlora(training=trained)])
    adapter = row(section, "qlora")
    assert adapter["training: peak host"].value == 1500.0
    assert row(section, "base")["training: peak host"] is None
    assert "training: peak GPU" not in adapter  # nobody had one: no empty column


def test_attempts_that_failed_are_counted(plain, qlora):
    notes = {note.topic: note.text for note in cost_inputs_section([plain("base"), qlora(begun={"adapter": 3})]).notes}
    assert notes["Attempts"].startswith("qlora: adapter begun 3 times;")
    assert "Attempts" not in {note.topic for note in cost_inputs_section([plain("base"), qlora()]).notes}


def test_every_column_is_explained_by_its_name():
    text = (ROOT / "docs/COST.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    assert {name for name, _ in COLUMNS} <= explained
    assert {"Break-even", "Training methods"} <= set(re.findall(r"^## (.+)$", text, flags=re.MULTILINE))
