"""What a call has spent: time, the price of it, tokens of a server; and a forecast that is corrected."""

import time
from types import SimpleNamespace

import pytest

from harness.analysis.costs.prices import Hosted
from harness.cli.first_experiment import with_arms
from harness.cli.recommend_request import request
from harness.cli.recommend_spending import CallSpending, every_minute
from harness.machine.paid_tokens import METER

HOSTED = SimpleNamespace(
    name="list",
    currency="USD",
    device="auto",
    devices={},
    model="m",
    models={"m": Hosted("a model", 1.0, 4.0, "x", None, 0.5)},
)


@pytest.fixture
def spending(tmp_path):
    return CallSpending(request([f"dir={tmp_path}", "name=own", "budget=5usd"]), HOSTED)


def test_tokens_of_a_server_are_paid_from_the_moment_of_the_call(spending):
    METER.add("served", 9_000_000, 0)
    later = CallSpending(spending.asked, HOSTED)
    METER.add("served", 1_000_000, 250_000, cached=400_000)
    assert later.money == pytest.approx(0.6 + 0.4 * 0.5 + 0.25 * 4.0)
    assert spending.money == pytest.approx(9.0 + later.money)
    assert later.left == pytest.approx(5.0 - later.money)
    assert "USD) of 5usd: " in later.said()


def test_a_step_is_priced_by_its_seconds_and_its_tokens(spending):
    spending.rate = 0.01
    assert spending.price(60.0, 1_000_000, 500_000) == pytest.approx(0.6 + 1.0 + 2.0)


def test_forecasts_are_corrected_by_what_steps_took_within_bounds(spending, monkeypatch):
    clock = iter([0.0, 30.0, 30.0, 430.0, 430.0, 430.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert spending.pace == 1.0
    with spending.on_step("experiment", 60.0):
        pass
    assert spending.pace == pytest.approx(0.5)
    with spending.on_step("study", 0.0):  # nobody could say how long it takes
        pass
    assert spending.pace == pytest.approx(0.5)
    with pytest.raises(KeyboardInterrupt), spending.on_step("study", 600.0):
        raise KeyboardInterrupt
    assert spending.pace == pytest.approx(0.2)
    assert spending.done == {"experiment": 30.0, "study": 400.0}


def test_what_is_in_no_step_is_said_apart(tmp_path, monkeypatch):
    """A second call that found everything there had spent minutes before its first step, and nobody said on what."""
    monkeypatch.setattr(time, "monotonic", lambda: 720.0)
    called = CallSpending(request([f"dir={tmp_path}", "name=own", "budget=15m"]), HOSTED, begun=0.0)
    assert called.said().endswith("of 15m: 12 minutes for reading, forecasting and choosing.")
    called.done |= {"experiment": 180.0, "study=privacy": 390.0}
    assert called.between == 150.0
    assert called.said().endswith("of 15m: 10 minutes in steps, 2 minutes for reading, forecasting and choosing.")


def test_a_step_under_way_is_held_against_its_forecast_and_the_budget_every_minute(tmp_path, capsys):
    called = CallSpending(request([f"dir={tmp_path}", "name=own", "budget=15m"]), HOSTED)
    with every_minute(lambda minutes: called._minute("study=privacy", minutes, 300.0), seconds=0.01):
        time.sleep(0.2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("study=privacy: 1 min of about 5 minutes. Spent: ")
    assert lines[1].startswith("study=privacy: 2 min of about 5 minutes. ")
    assert "used up" not in lines[0]
    time.sleep(0.05)
    assert not capsys.readouterr().err
    called.begun -= 1_000.0
    assert called._minute("x", 1, 0.0).endswith("the budget is used up, and the step is finished all the same.")


def test_arms_take_the_place_of_those_that_were_chosen():
    assert with_arms(["task=qa", "arm=[base,rag,qlora]", "limit=9"], ["base", "rag"]) == (
        "task=qa",
        "limit=9",
        "arm=[base,rag]",
    )
