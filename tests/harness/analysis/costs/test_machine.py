import dataclasses

import pytest

from harness.analysis.costs.machine import machine
from harness.analysis.costs.prices import Owned, Rented


def prices_of(costing, names, device="auto"):
    devices = {name: Rented(name, (match,), None, 1.0, "", None) for name, match in names.items()}
    return dataclasses.replace(costing().prices, devices=devices, device=device)


LISTED = {"l4": "L4", "a100": "A100", "a100_80gb": "A100 80GB", "a10g": "A10G", "cpu": "cpu"}


@pytest.mark.parametrize(
    ("measured_on", "name"),
    [
        ("cuda:NVIDIA L4", "l4"),
        ("cuda:NVIDIA A10G", "a10g"),
        ("cuda:NVIDIA A100-SXM4-40GB", "a100"),
        ("cuda:NVIDIA A100-SXM4-80GB", "a100_80gb"),
        ("cpu", "cpu"),
    ],
)
def test_the_device_is_found_by_its_name(costing, measured_on, name):
    found = machine(prices_of(costing, LISTED), measured_on)
    assert (found.name, found.same) == (name, True)


@pytest.mark.parametrize("measured_on", ["cuda:NVIDIA L40S", "cuda:NVIDIA H200", "server", ""])
def test_a_device_that_is_not_listed_has_no_price(costing, measured_on):
    assert machine(prices_of(costing, LISTED), measured_on) is None


def test_no_more_than_the_kind_of_device_is_a_guess(costing):
    listed = prices_of(costing, {"any": "cpu", "big": "Xeon 8488C"})
    assert machine(listed, "cpu", "AMD EPYC 9R14").guessed
    named = machine(listed, "cpu", "Intel(R) Xeon(R) Platinum 8488C")
    assert (named.name, named.guessed) == ("big", False)
    assert not machine(prices_of(costing, LISTED, device="cpu"), "cpu", "AMD EPYC 9R14").guessed
    assert not machine(prices_of(costing, LISTED), "cuda:NVIDIA L4", "AMD EPYC 9R14").guessed


def test_a_model_that_is_split_pays_for_every_gpu(costing):
    found = machine(prices_of(costing, LISTED), "cuda:2x NVIDIA L4")
    assert (found.name, found.same) == ("l4", True)
    assert found.device.hour_of_work() == 2.0
    assert found.device.hour_of_serving(0.5) == 4.0
    owned = Owned("l4", ("L4",), None, 1000.0, 1.0, 1.0, 100.0, 1.0, "", None)
    listed = dataclasses.replace(costing().prices, devices={"l4": owned}, device="auto")
    one, two = (machine(listed, f"cuda:{count}NVIDIA L4").device.hour_of_work() for count in ("", "2x "))
    assert two == pytest.approx(2 * one)


def test_a_machine_that_is_listed_with_all_its_gpus_is_paid_once(costing):
    listed = prices_of(costing, {"l4": "L4", "box": "2x L4"})
    prices = {on: machine(listed, f"cuda:{on}NVIDIA L4") for on in ("", "2x ", "4x ")}
    assert {on: (found.name, found.device.hour_of_work()) for on, found in prices.items()} == {
        "": ("l4", 1.0),
        "2x ": ("box", 1.0),
        "4x ": ("l4", 4.0),
    }
    assert machine(prices_of(costing, {"box": "2x L4"}), "cuda:NVIDIA L4") is None


def test_gpus_of_two_kinds_have_no_price_of_their_own(costing):
    assert machine(prices_of(costing, LISTED), "cuda:1x NVIDIA L4 + 1x NVIDIA A10G") is None
    assert not machine(prices_of(costing, LISTED, device="l4"), "cuda:1x NVIDIA L4 + 1x NVIDIA A10G").same


def test_a_device_can_be_priced_as_another_and_is_marked(costing):
    found = machine(prices_of(costing, LISTED, device="l4"), "cpu")
    assert (found.name, found.measured_on, found.same) == ("l4", "cpu", False)
    assert machine(prices_of(costing, LISTED, device="l4"), "cuda:NVIDIA L4").same
