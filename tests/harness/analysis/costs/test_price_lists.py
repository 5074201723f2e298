"""The shipped lists, and what the command line does with prices."""

import re
from pathlib import Path

import pytest

from harness.analysis.costs.prices import Rented
from harness.cli.config import compose, costing, measured_overrides
from harness.errors import ConfigError

LISTS = sorted(path.stem for path in (Path(__file__).resolve().parents[4] / "conf/prices").glob("*.yaml"))
RENTED = [name for name in LISTS if name != "own"]


def prices_of(name, *overrides):
    return costing(compose([f"prices={name}", *overrides])).prices


def priced(prices):
    return [*prices.devices.values(), *prices.models.values(), prices.storage]


@pytest.mark.parametrize("name", LISTS)
def test_every_price_has_a_source_and_says_whether_it_was_looked_up(name):
    prices = prices_of(name)
    assert prices.name == name
    assert re.fullmatch("[A-Z]{3}", prices.currency)
    for one in priced(prices):
        assert one.source
        assert one.checked is not None or "memory" in one.source or "example" in one.source


@pytest.mark.parametrize("name", RENTED)
def test_every_price_of_a_provider_was_looked_up(name):
    assert [one.what for one in priced(prices_of(name)) if one.checked is None] == []


@pytest.mark.parametrize("name", RENTED)
def test_a_price_that_was_looked_up_names_the_page(name):
    assert all("https://" in one.source for one in priced(prices_of(name)) if one.checked is not None)


def test_two_providers_and_two_hosted_models():
    assert {"h100", "a100", "l4", "a10g", "cpu"} <= set(prices_of("aws_2026").devices)
    assert {"h100", "a100", "l4", "cpu"} <= set(prices_of("gcp_2025").devices)  # Google rents no A10G
    assert len(prices_of("hosted_2026").models) >= 2


def test_own_machines_are_bought_and_fed():
    for device in prices_of("own").devices.values():
        assert not isinstance(device, Rented)
        assert device.hour_of_work() > device.purchase / (device.lifetime_years * 8766)


def test_a_name_that_is_not_in_the_list_is_told_with_those_that_are():
    with pytest.raises(ConfigError, match=r"device is tpu; aws_2026 has auto, h200, h100"):
        prices_of("aws_2026", "prices.device=tpu")
    with pytest.raises(ConfigError, match=r"model is gpt; hosted_2026 has null, gpt_4_1_mini"):
        prices_of("hosted_2026", "prices.model=gpt")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("prices.devices.cpu.per_hour=-1", "prices.devices.cpu: per_hour is -1.0"),
        ("prices.storage.checked=yesterday", "checked is 'yesterday'; it must be a day"),
        ("horizon.utilisation=0", "utilisation is 0.0"),
        ("horizon.changed_share=5", "changed_share is 5.0"),
        ("horizon.trainings=0", "trainings is 0.0"),
        ("horizon.trials=some", "horizon.trials is 'some'; it must be one of apart, paid"),
        ("horizon.serving=fast", "horizon.serving is 'fast'; it must be one of saturated, single"),
    ],
)
def test_values_that_make_no_sense_are_named_with_their_key(override, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        prices_of("aws_2026", override)


def test_runs_that_are_paid_by_their_number_are_not_paid_again_by_their_seconds():
    with pytest.raises(ConfigError, match=r"trials is paid and trainings is 3\.0: the same runs would be paid twice"):
        costing(compose(["horizon.trials=paid", "horizon.trainings=3"]))


class Context:
    """As much of Hydra's as names a folder."""

    def __init__(self, *overrides):
        self.overrides = type("Overrides", (), {"task": list(overrides)})


def test_money_names_no_folder():
    given = (
        "task=qa",
        "prices=own",
        "prices.devices.cpu.watts=9",
        "horizon.months=3",
        "launcher=local",
        "decision=own",
        "launcher.workers=2",
        "+limit=5",
        "retriever.k=[1,2]",
    )
    assert measured_overrides(Context(*given)) == "+limit=5,retriever.k=[1,2]"


@pytest.mark.parametrize("value", ["nan", "inf"])
@pytest.mark.parametrize(
    "key",
    [
        *(f"horizon.{name}" for name in ("months", "queries_per_day", "updates_per_month", "changed_share")),
        *(f"horizon.{name}" for name in ("trainings", "utilisation")),
        *(f"prices.{name}" for name in ("per_training_row", "per_document", "storage.per_gb_month")),
        "prices.devices.cpu.per_hour",
    ],
)
def test_what_is_no_number_to_count_with_is_refused_by_its_name(key, value):
    with pytest.raises(ConfigError, match=key.rpartition(".")[2]):
        costing(compose([f"{key}=.{value}"]))


@pytest.mark.parametrize("name", ["purchase", "lifetime_years", "utilisation", "watts", "per_kwh"])
def test_an_owned_machine_has_finite_figures(name):
    with pytest.raises(ConfigError, match=name):
        prices_of("own", f"prices.devices.cpu.{name}=.inf")
