"""A checkpoint whose files are damaged or of different models ends in one line that names the file, before loading."""

import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from pipelines.generators.chat import ChatFormat
from pipelines.generators.checkpoint_files import check_checkpoint
from pipelines.generators.hf import LoadedHf
from pipelines.generators.loading import load_model
from pipelines.generators.template_trial import runaway
from pipelines.generators.weight_values import check_values
from tests.tiny import make_tokenizer


@pytest.fixture
def copy(checkpoint, tmp_path):
    return shutil.copytree(checkpoint, tmp_path / "copy")


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer(["what colour is the door?"])


def refusal(generator, folder):
    with pytest.raises(ArmError) as refused:
        LoadedHf(replace(generator, path=str(folder)))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def changed(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"num_hidden_layers": 10**9}, "num_hidden_layers is 1000000000, which does not fit the weights"),
        ({"hidden_size": 10**12}, "hidden_size is 1000000000000"),
        ({"vocab_size": 40}, "tokenizer and weights are of different models"),
        ({"max_position_embeddings": 0}, "max_position_embeddings is 0"),
    ],
)
def test_a_configuration_that_does_not_fit_the_weights_is_refused(generator, copy, values, said):
    assert said in refusal(generator, changed(copy, **values))


@pytest.mark.parametrize("text", ["[]", "", "5", "{", "[" * 100_000])
def test_a_config_that_is_no_object_is_refused(generator, copy, text):
    (copy / "config.json").write_text(text)
    assert "cannot be loaded" in refusal(generator, copy)


def test_cut_and_foreign_weights_are_refused_by_their_heads(generator, copy):
    weights = copy / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-7])
    assert f"has {len(whole) - 7:,} bytes, and its head says {len(whole):,}" in refusal(generator, copy)
    weights.write_bytes(b"\xff" * 100)
    assert "is no safetensors file" in refusal(generator, copy)
    weights.write_bytes(whole[:8] + b"x" + whole[9:])
    assert "is no safetensors file" in refusal(generator, copy)


def test_a_cut_tokenizer_is_named(generator, copy):
    path = copy / "tokenizer.json"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{path} cannot be read (" in refusal(generator, copy)


def test_models_of_other_libraries_and_kinds_are_named(generator, copy):
    assert "4 bits for MLX" in refusal(generator, changed(copy, quantization={"group_size": 32, "bits": 4}))
    encoder = changed(copy, quantization=None, model_type="roberta", architectures=["RobertaModel"])
    assert "it is an encoder (RobertaModel)" in refusal(generator, encoder)


def test_a_missing_part_of_the_weights_is_named(copy):
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "model-2.safetensors"}}))
    with pytest.raises(ArmError, match=r"model-2.safetensors: no such file"):
        check_checkpoint(copy, SimpleNamespace())


def test_packed_weights_of_an_unnamed_method_are_called_so(generator, copy):
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    name = next(name for name in weights if name.endswith("q_proj.weight"))
    packed = weights.pop(name)
    for part in ("qweight", "qzeros", "scales"):
        weights[name.replace("weight", part)] = packed[:1].clone()
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    said = refusal(generator, copy)
    assert "packed as GPTQ or AWQ does" in said
    assert "incomplete" not in said


def test_weights_that_are_no_numbers_are_refused_when_they_are_loaded(generator, copy):
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    weights["model.embed_tokens.weight"][-1] = float("nan")  # of a token that the first answer may never show
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ArmError, match="NaN"):
        load_model(replace(generator, path=str(copy), quantisation="none"))


@pytest.mark.parametrize(
    ("zero", "said"),
    [
        ("", "every weight of its 16 matrices is zero"),
        (".up_proj", "every weight of model.layers.*.mlp.up_proj.weight is zero"),
        ("lm_head", "every weight of lm_head.weight is zero"),
        ("layers.1.", "every weight of model.layers.1 is zero"),
        ("layers.1.mlp.up_proj", ""),
        ("norm", ""),
    ],
)
def test_weights_that_are_all_zero_are_refused(checkpoint, zero, said):
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(checkpoint)
    with torch.no_grad():
        for name, one in model.named_parameters():
            if zero in name:
                one.zero_()
    with pytest.raises(ArmError, match=re.escape(said)) if said else nullcontext():
        check_values(model)


@pytest.mark.parametrize("name", ["config.json", "generation_config.json"])
def test_an_end_beyond_the_vocabulary_is_named(generator, copy, name):
    path = copy / name
    path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token_id": [1, 90_001]}))
    assert f"{path}: eos_token_id is 90001, beyond the vocabulary of" in refusal(generator, copy)


def test_a_name_that_transformers_does_not_know_is_said_with_its_place(generator, copy):
    changed(copy, rope_scaling={"rope_type": "spiral", "factor": 2.0})
    with pytest.raises(ArmError) as refused:
        LoadedHf(replace(generator, path=str(copy), quantisation="none"))
    assert "config.json says rope_scaling.rope_type: spiral, which is none that" in str(refused.value)


def test_a_folder_of_the_hubs_cache_is_named_with_its_snapshot(generator, copy, tmp_path):
    cache = tmp_path / "models--we--door"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("0a1b\n")
    for commit in ("0a1b", "9f9f"):
        shutil.copytree(copy, cache / "snapshots" / commit)
    for folder in (cache, cache / "snapshots"):
        assert f"the files are in {cache / 'snapshots' / '0a1b'}" in refusal(generator, folder)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for", "cannot be rendered"),
        ("{{ 1 / 0 }}", "cannot be rendered (ZeroDivisionError"),
        ("{{ messages[0].content.__class__.__mro__ }}", "cannot be rendered"),
        ("an answer to nothing", "does not show the user's message"),
        ("{{ messages[0].content }}", "does not show the assistant's answer"),
        ("{{ 'x' * 10**10 }}", "takes more than"),
        ("{{ messages[0].content * 100000 }}", "takes more than"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(tokenizer, template, said):
    tokenizer.chat_template = template
    with pytest.raises(ArmError) as refused:
        ChatFormat(tokenizer, (), "auto", {})
    assert said in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    ],
)
def test_a_template_without_an_end_is_stopped(template):
    assert runaway(template, {}) != ""
