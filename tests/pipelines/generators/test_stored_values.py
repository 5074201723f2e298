"""Weights that are no model's are refused by what the files hold: before loading, packed or not, and again."""

from dataclasses import replace
from shutil import copytree

import pytest

from harness.errors import ArmError
from pipelines.generators import stored_values
from pipelines.generators.hf import LoadedHf

KIND = "mlp.down_proj.weight"


@pytest.fixture
def damaged(checkpoint, tmp_path, generator, monkeypatch):
    """A generator of a copy of the tiny checkpoint whose weights of some names are changed."""
    from safetensors.torch import load_file, save_file

    monkeypatch.setenv("CUTLERY_CACHE", str(tmp_path / "cache"))

    def make(change, *, where):
        folder = copytree(checkpoint, tmp_path / "copy", dirs_exist_ok=True)
        weights = load_file(folder / "model.safetensors")
        assert any(map(where, weights))
        changed = {name: change(one.clone()) if where(name) else one for name, one in weights.items()}
        save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
        return replace(generator, path=str(folder))

    return make


def with_nan(weight):
    weight.view(-1)[-1] = float("nan")
    return weight


def zeros(weight):
    return weight * 0


@pytest.mark.parametrize("quantisation", ["nf4", "none"])
@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        (with_nan, lambda name: name.endswith(f"layers.1.{KIND}"), "no finite numbers, such as NaN"),
        (zeros, lambda name: name.endswith(KIND), "every weight of model.layers.*.mlp.down_proj.weight is zero"),
        (zeros, lambda name: "layers.1." in name and "norm" not in name, "every weight of model.layers.1 is zero"),
        (zeros, lambda name: "embed_tokens" in name, "embed_tokens.weight is zero"),
    ],
)
def test_damaged_weights_are_refused_without_loading_them(damaged, quantisation, change, where, said):
    own = replace(damaged(change, where=where), quantisation=quantisation)
    for _ in range(2):  # the second time by what was kept
        with pytest.raises(ArmError, match="cannot be loaded") as refused:
            LoadedHf(own)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)


def test_sound_weights_are_looked_at_once(damaged, monkeypatch):
    own = damaged(lambda weight: weight, where=lambda name: name.endswith(KIND))
    LoadedHf(own)
    monkeypatch.setattr(stored_values, "_fault", lambda folder: pytest.fail("looked at again"))
    LoadedHf(own)


def test_large_tensors_are_looked_at_piece_by_piece(damaged, monkeypatch):
    monkeypatch.setattr(stored_values, "AT_ONCE", 64)
    with pytest.raises(ArmError, match="no finite numbers"):
        LoadedHf(damaged(with_nan, where=lambda name: name.endswith(f"layers.1.{KIND}")))
