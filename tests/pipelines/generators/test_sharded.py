"""Launchers that start several processes for one training: refused with the reason, before anything is loaded."""

import pytest

from pipelines.generators.quantised import sharded


@pytest.mark.parametrize("quantisation", ["nf4", "own"])
def test_fsdp_is_refused_for_weights_in_four_bits(quantisation):
    why = sharded(quantisation, {"ACCELERATE_USE_FSDP": "true", "WORLD_SIZE": "2"})
    assert "FSDP2" in why
    assert "accelerate issue 3983" in why


def test_several_processes_are_refused_for_any_weights():
    assert "has started 4" in sharded("none", {"WORLD_SIZE": "4"})
    assert "has started 2" in sharded("none", {"WORLD_SIZE": "2", "ACCELERATE_USE_FSDP": "true"})


@pytest.mark.parametrize("environment", [{}, {"WORLD_SIZE": "1"}, {"WORLD_SIZE": ""}, {"ACCELERATE_USE_FSDP": "false"}])
def test_one_process_trains(environment):
    assert sharded("nf4", environment) == ""


def test_a_model_says_so_before_it_is_loaded(generator, monkeypatch):
    loaded = generator.load()
    assert loaded.untrainable() == ""
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert "has started 8" in loaded.untrainable()
