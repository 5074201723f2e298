"""The grids under a table: figures, warnings, and that a new price list needs nothing but the records."""

import dataclasses
import re
from pathlib import Path

import pytest

from harness.costs.breakeven import BreakEven
from harness.costs.ledger import ledger
from harness.grids.break_even import break_even_grid, crossing_cell
from harness.grids.cost import COLUMNS, cost_grid
from harness.grids.cost_inputs import cost_inputs_grid
from harness.grids.training_methods import training_methods_grid
from harness.result import Figure
from harness.types import Trial

ROOT = Path(__file__).resolve().parents[3]
INFINITE = float("inf")


@pytest.fixture
def ledgers(plain, rag, qlora, costing):
    def make(prices=None, horizon=None, **changes):
        arms = (plain("base", **changes), rag(**changes), qlora(**changes))
        return [ledger(one, costing(prices, horizon), 200) for one in arms]

    return make


def warnings(grid):
    return {note.topic: note.text for note in grid.notes if note.warning}


def row(grid, name):
    (found,) = [cells for cells in grid.rows if cells[0] == name]
    return {column.name: cell for column, cell in zip(grid.columns, found, strict=True)}


def test_the_figures_of_the_ledger_stand_in_the_grid(ledgers):
    cells = row(cost_grid(ledgers()), "rag")
    assert cells["index"].value == pytest.approx(0.1)
    assert cells["one-off"].value == pytest.approx(0.1)
    assert cells["per 1,000 answers, batch 1"].value == pytest.approx(2.0)
    assert cells["total"].value == pytest.approx(0.1 + 36.525 + 24 * 0.019 + 12)


def test_the_inputs_of_the_figures_stand_above_them(plain, rag, qlora):
    torn = dataclasses.replace(qlora().training, wasted_seconds=30.0, joules=7200.0)
    grid = cost_inputs_grid([plain("base", single=None), rag(), qlora(training=torn, joules_per_answer=1.5)])
    base, retrieval, adapter = (row(grid, name) for name in ("base", "rag", "qlora"))
    assert [base[name] for name in ("training", "indexing", "answer alone", "stored")] == [None] * 4
    assert (retrieval["indexing"].value, retrieval["answer alone"].value, retrieval["stored"].value) == (100, 2, 2000)
    assert (adapter["training"].value, adapter["failed attempts"].value) == (1000, 30)
    assert (adapter["labelled rows"].value, adapter["optimiser steps"].value) == (200, 75)
    (energy,) = [note.text for note in grid.notes if note.topic == "Energy"]
    assert energy == "qlora 7,200 J for one training; qlora 1.5 J for an answer alone"


def test_a_sourced_list_on_its_own_device_gives_no_warning(ledgers):
    assert warnings(cost_grid(ledgers())) == {}


def test_trials_are_counted_and_priced_in_a_note_and_change_no_figure(ledgers):
    found = (Trial("a", 1800.0), Trial("b", 1800.0, 1800.0, ended=False))
    plain, tried = cost_grid(ledgers()), cost_grid(ledgers(), found)
    assert plain.rows == tried.rows
    (text,) = [note.text for note in tried.notes if note.topic == "Trials"]
    assert "besides: 2, 3,600.0 s (not ended: 1, 1,800.0 s), 3.6 USD at this price" in text
    assert "Trials" not in {note.topic for note in plain.notes}


def test_another_device_than_the_records_is_named(ledgers):
    text = warnings(cost_grid(ledgers({"device": "l4"})))["Priced as"]
    assert "measured on cpu" in text
    assert "l4" in text


def test_a_device_without_price_is_named_with_those_there_are(ledgers):
    grid = cost_grid(ledgers(device="cuda:NVIDIA H200"))
    text = warnings(grid)["Not priced"]
    assert "H200" in text
    assert "prices.device=cpu, l4" in text
    assert row(grid, "rag")["total"] is None


def test_a_price_that_nobody_looked_up_is_a_warning(ledgers, costing):
    storage = dataclasses.replace(costing().prices.storage, source="from memory", checked=None)
    assert "from memory" in warnings(cost_grid(ledgers({"storage": storage})))["Prices not checked"]


def test_answers_of_a_server_need_a_price_by_the_token(ledgers):
    priced_by_time = cost_grid(ledgers({"device": "cpu"}, device="server"))
    assert "Server" in warnings(priced_by_time)
    by_token = cost_grid(ledgers({"device": "cpu", "model": "small"}, device="server"))
    assert row(by_token, "base")["per 1,000 answers, saturated"].value == pytest.approx(3.0)


def test_a_hosted_price_says_what_it_is_not(ledgers):
    found = warnings(cost_grid(ledgers({"model": "small"})))
    assert "paid as a model's" in found["Priced as"]
    assert found["Adapters"].startswith("qlora paid as the bare model")
    served = warnings(cost_grid(ledgers({"device": "cpu", "model": "small"}, device="server")[:2]))
    assert "Adapters" not in served
    assert "a model's" not in served.get("Priced as", "")


def test_every_pair_of_arms_has_a_row_and_controls_have_none(ledgers, rag, costing):
    oracle = ledger(dataclasses.replace(rag(), arm="oracle"), costing(), 200)
    (grid,) = break_even_grid([*ledgers(), oracle])
    assert [cells[0] for cells in grid.rows] == ["base – rag", "base – qlora", "rag – qlora"]


def test_updates_decide_between_retrieval_and_retraining(ledgers):
    (grid,) = break_even_grid(ledgers({"per_document": 0.05}, horizon={"months": 1.0}))
    cells = grid.rows[2]
    # rag: 2.5 for documents, 0.1 for the index, 1 for storage, 0.019 per update; qlora: 1, 0.5 and 1 per update
    assert (cells[4], cells[6]) == ("qlora", "rag")
    assert cells[5].value == pytest.approx(2.1 / 0.981)
    assert cells[1:4] == ("qlora", "never", "qlora")  # 3.638 against 3.5 at the start, and as much for each answer


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


def test_estimates_are_called_estimates(ledgers):
    (grid,) = training_methods_grid(ledgers({"device": "l4"}))
    kinds = {cells[0]: row(grid, cells[0])["time"] for cells in grid.rows}
    assert kinds == {"QLoRA": "measured", "LoRA": "estimated, at most", "full fine-tuning": "estimated, at most"}
    assert [row(grid, name)["fits into the memory of the priced device"] for name in kinds] == ["yes (24 GB)"] * 3


def test_a_measured_peak_stands_beside_the_estimates_and_decides_what_fits(costing, qlora):
    peaks = {"host_peak_bytes": 3 * 10**9, "gpu_peak_bytes": 30 * 10**9, "loaded_bytes": 6 * 10**8}
    trained = dataclasses.replace(qlora().training, **peaks)
    (grid,) = training_methods_grid([ledger(qlora(training=trained), costing({"device": "l4"}), 200)])
    measured, estimated = row(grid, "QLoRA"), row(grid, "LoRA")
    places = ("model as loaded (measured)", "peak of the process (measured)", "peak on the GPU (measured)")
    assert [measured[name].value for name in places] == pytest.approx([0.6, 3.0, 30.0])
    assert [estimated[name] for name in places] == [None] * 3
    fits = "fits into the memory of the priced device"
    assert (measured[fits], estimated[fits]) == ("no (24 GB)", "yes (24 GB)")


def test_the_memory_that_training_took_stands_among_the_inputs(plain, qlora):
    trained = dataclasses.replace(qlora().training, host_peak_bytes=1_500_000_000)
    grid = cost_inputs_grid([plain("base"), qlora(training=trained)])
    adapter = row(grid, "qlora")
    assert adapter["training: peak host"].value == 1500.0
    assert row(grid, "base")["training: peak host"] is None
    assert "training: peak GPU" not in adapter  # nobody had one: no empty column


def test_attempts_that_failed_are_counted(plain, qlora):
    notes = {note.topic: note.text for note in cost_inputs_grid([plain("base"), qlora(begun={"adapter": 3})]).notes}
    assert notes["Attempts"].startswith("qlora: adapter begun 3 times;")
    assert "Attempts" not in {note.topic for note in cost_inputs_grid([plain("base"), qlora()]).notes}


def test_every_column_is_explained_by_its_name():
    text = (ROOT / "docs/COST.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    assert {name for name, _ in COLUMNS} <= explained
    assert {"Break-even", "Ways of training"} <= set(re.findall(r"^## (.+)$", text, flags=re.MULTILINE))
