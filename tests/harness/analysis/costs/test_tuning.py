import dataclasses

import pytest

from harness.analysis.costs.tuning import methods


@pytest.fixture
def training(qlora):
    return qlora().training


def test_memory_by_hand(training):
    qlora, lora, full = methods(training, "nf4")
    # a billion parameters in the base, ten million in the adapter at 16 bytes: weight, gradient, two moments in float32
    assert qlora.weight_bytes == pytest.approx(1e9 * 0.515875 + 1e7 * 16)
    assert lora.weight_bytes == pytest.approx(2e9 + 1e7 * 16)
    assert full.weight_bytes == pytest.approx(16e9)


def test_eight_bit_moments_take_a_quarter(training):
    paged = dataclasses.replace(training, optimiser="paged_adamw_8bit")
    assert methods(paged, "nf4")[1].weight_bytes == pytest.approx(2e9 + 1e7 * 10)


@pytest.mark.parametrize(("quantisation", "measured"), [("nf4", "QLoRA"), ("none", "LoRA")])
def test_one_method_was_measured_and_the_others_say_that_they_were_not(training, quantisation, measured):
    found = methods(training, quantisation)
    assert [one.name for one in found if one.time == "measured"] == [measured]
    assert found[2].time == "at most"
    assert [one.seconds for one in found] == [1000.0, 1000.0, 1500.0]


def test_a_model_of_unknown_size_is_not_guessed(training):
    assert methods(dataclasses.replace(training, parameters=None), "nf4") == ()
