"""Prices far from those of all other lists are flagged; shipped lists and other real prices are not."""

import dataclasses

import pytest

from harness.analysis.costs.ledger import ledger
from harness.analysis.costs.plausible import LISTS as CONF
from harness.analysis.costs.plausible import implausible, read
from harness.analysis.sections.cost import cost_section

LISTS = sorted(path.stem for path in CONF.glob("*.yaml"))
MODELS = ("gpt_4_1_mini", "haiku_4_5", "qwen2_5_7b")


def changed(value, keys, new):
    """The value with one field, or one entry, below it replaced."""
    key, *below = keys
    if isinstance(value, dict):
        return {**value, key: changed(value[key], below, new)}
    return dataclasses.replace(value, **{key: changed(getattr(value, key), below, new) if below else new})


def flagged(name, key="name", value=None):
    prices = read(CONF / f"{name}.yaml")
    prices = changed(prices, key.split("."), prices.name if value is None else value)
    return list(implausible(prices, set(prices.devices)))


@pytest.mark.parametrize("name", LISTS)
def test_shipped_lists_are_plausible(name):
    assert flagged(name) == []


@pytest.mark.parametrize("model", MODELS)
def test_shipped_models_are_plausible(model):
    assert flagged("hosted_2026", "model", model) == []


@pytest.mark.parametrize(
    ("name", "key", "value", "band"),
    [
        ("aws_2026", "devices.h100.per_hour", 68.8, "between 2.2 and 55.3"),
        ("gcp_2025", "devices.l4.per_hour", 0.0002, "between 0.16 and 4.02"),
        ("aws_2026", "devices.cpu.per_hour", 130.3, "between 0.0072 and"),
        ("hosted_2026", "models.gpt_4_1_mini.per_million_in", 0.0004, "between 0.015 and 20"),
        ("aws_2026", "storage.per_gb_month", 74.5, "between 0.0005 and 1.86"),
        ("own", "devices.cpu.purchase", 2000000, "prices.devices.cpu.purchase (by the hour of work) is 152"),
    ],
)
def test_a_price_out_of_its_band_is_named_with_it(name, key, value, band):
    found = flagged(name, key, value)
    (text,) = found
    assert key.rpartition(".")[0] in text
    assert band in text


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("own", "devices.gpu.purchase", 1500),  # a used one
        ("aws_2026", "devices.h100.per_hour", 2.29),  # a specialised provider
        ("aws_2026", "devices.cpu.per_hour", 3.06),  # 72 cores
        ("aws_2026", "storage.per_gb_month", 0.023),  # objects
        ("own", "currency", "JPY"),  # not comparable by its figures
    ],
)
def test_other_real_prices_are_no_false_alarm(name, key, value):
    assert flagged(name, key, value) == []


def test_zero_and_a_currency_that_is_none_are_named():
    (text,) = flagged("aws_2026", "devices.cpu.per_hour", 0)
    assert "prices.devices.cpu.per_hour is 0" in text
    (text,) = flagged("aws_2026", "currency", "dollars")
    assert "prices.currency is 'dollars'" in text


def test_only_prices_that_are_used_are_looked_at():
    prices = changed(read(CONF / "aws_2026.yaml"), ["devices", "h100", "per_hour"], 68.8)
    assert list(implausible(prices, {"cpu"})) == []


def test_the_section_says_it_first(plain, costing):
    storage = dataclasses.replace(costing().prices.storage, per_gb_month=50.0)
    first, *others = cost_section([ledger(plain(), costing({"storage": storage}), 50)]).notes
    assert (first.level, first.topic) == ("act", "Prices")
    assert "prices.storage.per_gb_month is 50 USD" in first.text
    assert "act" not in {note.level for note in others}
