"""Folders that people take for a model: each is named in one line before anything of it is loaded or executed."""

import json
import shutil
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.types import Turn
from pipelines.generators import loading
from pipelines.generators.generator import Request
from pipelines.generators.hf import LoadedHf

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 16060522496\n"
GPTQ = {"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": False}}
AWQ = {
    "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm", "zero_point": True}
}
FP8 = {"quantization_config": {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {}}}
MYSTERY = {
    "model_type": "mystery",
    "architectures": ["MysteryForCausalLM"],
    "auto_map": {"AutoConfig": "own_code.Config", "AutoModelForCausalLM": "own_code.Model"},
}
T5 = {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True}
BERT = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}


@pytest.fixture
def copy(checkpoint, tmp_path):
    return shutil.copytree(checkpoint, tmp_path / "copy")


def refusal(generator, folder, **settings):
    with pytest.raises(ArmError) as refused:
        LoadedHf(replace(generator, path=str(folder), **settings))
    said = str(refused.value)
    assert "\n" not in said
    assert not said.rstrip().endswith(("()", "of:", ":"))
    return said


def config(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def weights(folder, change):
    """Rewrite the tensors of a checkpoint."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def packed(tensors):
    """Give the linear layers the names and shapes that GPTQ and AWQ give them."""
    import torch

    for name in [name for name in tensors if "_proj.weight" in name]:
        rows, columns = tensors.pop(name).shape
        prefix = name.removesuffix("weight")
        tensors[f"{prefix}qweight"] = torch.zeros(columns // 8, rows, dtype=torch.int32)
        tensors[f"{prefix}scales"] = torch.ones(1, rows)


def in_eight_bits(tensors):
    """Make the linear layers what FP8 checkpoints hold, without a word on it in config.json."""
    import torch

    tensors.update({name: tensors[name].to(torch.float8_e4m3fn) for name in tensors if "_proj.weight" in name})


def cut(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def pointer(*names):
    return lambda folder: [(folder / name).write_bytes(POINTER) for name in names]


def pickled(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def adapter_alone(folder):
    for path in folder.iterdir():
        path.unlink()
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "some-lab/base", "r": 8}))
    (folder / "adapter_model.safetensors").write_bytes(b"x")


def adapter_beside(folder):
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "some-lab/base"}))


def without(*names):
    return lambda folder: [(folder / name).unlink() for name in names if (folder / name).exists()]


def vocabulary_alone(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("a")


def own_code(folder):
    config(folder, **MYSTERY)
    (folder / "own_code.py").write_text(f"open({str(folder / 'executed')!r}, 'w').close()\n")


def no_template(folder):
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    settings.pop("chat_template", None)
    path.write_text(json.dumps(settings))


def named(**settings):
    return lambda folder: config(folder, **settings)


def changed(change, **settings):
    def make(folder):
        config(folder, **settings)
        weights(folder, change)

    return make


def one_tensor(part, tensor):
    return lambda tensors: tensors.update({name: tensor(tensors[name]) for name in tensors if part in name})


def parts_alone(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")


def dangling(folder):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to("/nowhere/blob")


def in_utf16(folder):
    path = folder / "config.json"
    path.write_text(path.read_text(), encoding="utf-16")


def without_metadata(folder):
    (folder / "model.safetensors").rename(folder / "a.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "a.safetensors"}}))


def a_level_up(folder):
    shutil.copytree(folder, folder / "checkpoint-10")
    (folder / "config.json").unlink()


KINDS = {
    "parts without index": (parts_alone, "but not model.safetensors.index.json, which says what is in which"),
    "links to nowhere": (dangling, "links to a file that is not there (/nowhere/blob)"),
    "not in UTF-8": (in_utf16, "it is not in UTF-8; save it so"),
    "index without metadata": (without_metadata, 'has no "metadata"'),
    "a training's folder": (a_level_up, "there is one in "),
    "odd settings": (named(quantization_config=["gptq"]), "quantization_config is no JSON object"),
    "own class, known type": (named(architectures=["XForCausalLM"]), "XForCausalLM, is not transformers' own"),
    "whole numbers": (
        changed(one_tensor("0.mlp.down_proj.weight", lambda tensor: tensor.char())),
        "are whole numbers (model.layers.0.mlp.down_proj.weight)",
    ),
    "floats of 8 bits": (changed(in_eight_bits), "are floats of few bits, F8_E4M3 (model.layers.0.mlp"),
    "gptq, named": (changed(packed, **GPTQ), "quantised already (gptq, by quantization_config"),
    "awq, named": (changed(packed, **AWQ), "quantised already (awq, by quantization_config"),
    "fp8, named": (named(**FP8), "quantised already (compressed-tensors"),
    "gptq, not named": (changed(packed), "has no quantization_config that says how"),
    "layer missing": (
        changed(lambda tensors: [tensors.pop(name) for name in list(tensors) if ".layers.1." in name]),
        "has no weights for 9 of the model's parameters (model.layers.1.input_layernorm.weight, ",
    ),
    "another shape": (
        changed(one_tensor("0.mlp.down_proj.weight", lambda tensor: tensor[:, :8].contiguous())),
        "(model.layers.0.mlp.down_proj.weight is 64 × 8, it must be 64 × 128)",
    ),
    "a layer too many": (named(num_hidden_layers=1), "asks for fewer layers"),
    "a bias too many": (
        changed(
            lambda tensors: tensors.update({"model.layers.0.self_attn.q_proj.bias": tensors["model.norm.weight"] * 1})
        ),
        "leaves out biases",
    ),
    "truncated": (cut, "bytes, and its head says"),
    "pointer of the weights": (pointer("model.safetensors"), "model.safetensors is a pointer of Git LFS"),
    "pointer of the tokenizer": (pointer("tokenizer.json"), "tokenizer.json is a pointer of Git LFS"),
    "pickled": (pickled, "python -m harness.cli.convert"),
    "no weights": (without("model.safetensors"), "holds no weights"),
    "no config": (without("config.json"), "holds no config.json"),
    "adapter alone": (adapter_alone, "holds an adapter of some-lab/base and no model; set model.path"),
    "adapter beside the model": (adapter_beside, "transformers would load some-lab/base instead"),
    "no tokenizer": (without("tokenizer.json"), "holds no tokenizer"),
    "no template": (no_template, "has no chat template"),
    "encoder-decoder": (named(**T5), "an encoder-decoder (T5ForConditionalGeneration)"),
    "encoder": (named(**BERT), "an encoder (BertForMaskedLM)"),
    "own code": (own_code, "Python code of its own"),
    "unknown type": (named(model_type="mystery"), "its model_type, mystery, is none that"),
    "tokenizer of another kind": (vocabulary_alone, "its tokenizer files cannot be read"),
}


def test_code_that_is_not_run_is_said(generator, copy, caplog):
    config(copy, auto_map={"AutoModelForCausalLM": "own.Model"})
    LoadedHf(replace(generator, path=str(copy)))
    assert "Python code of its own (auto_map), which is never executed" in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_is_named_in_one_line(generator, copy, kind):
    make, said = KINDS[kind]
    make(copy)
    assert said in refusal(generator, copy, quantisation="none")
    assert not (copy / "executed").exists()


def test_a_method_without_its_kernels_is_refused_by_name(generator, copy):
    for settings in (GPTQ, AWQ, FP8):
        config(copy, **settings)
        said = refusal(generator, copy, quantisation="own")
        assert f"quantised already ({settings['quantization_config']['quant_method']}, " in said
        assert "does not run on this machine's cpu (ImportError: " in said


def test_own_quantisation_needs_one(generator, copy):
    assert "has no quantization_config" in refusal(generator, copy, quantisation="own")


def test_a_base_model_without_template_is_taken_if_that_is_said(generator, copy):
    no_template(copy)
    assert LoadedHf(replace(generator, path=str(copy), chat_template="plain")).format.plain


def test_tied_weights_are_not_missed(generator, copy):
    config(copy, tie_word_embeddings=True)
    weights(copy, lambda tensors: tensors.pop("lm_head.weight"))
    LoadedHf(replace(generator, path=str(copy)))


def test_what_is_missing_is_refused_while_loading_as_well(generator, copy, monkeypatch):
    """As for a model of the hub, whose files are not there in time for the plan."""
    monkeypatch.setattr("pipelines.generators.hf.checkpoint_on_disk", lambda _: None)
    weights(copy, lambda tensors: tensors.pop("model.layers.1.mlp.up_proj.weight"))
    loaded = LoadedHf(replace(generator, path=str(copy), quantisation="none"))
    with pytest.raises(ArmError, match="no weights for 1 of the model's parameters"):
        loaded.base.eval()


@pytest.fixture(scope="module")
def four_bit(checkpoint, tmp_path_factory):
    """The tiny model as bitsandbytes packs it."""
    import torch
    from transformers import AutoModelForCausalLM

    loading.quiet_libraries()
    folder = shutil.copytree(checkpoint, tmp_path_factory.mktemp("packed") / "nf4")
    AutoModelForCausalLM.from_pretrained(
        checkpoint, quantization_config=loading.nf4_config(torch.float16), device_map={"": "cpu"}
    ).save_pretrained(folder)
    return folder


def test_bitsandbytes_in_four_bits_answers_as_it_is(generator, four_bit):
    packed = LoadedHf(replace(generator, path=str(four_bit)))
    request = [Request("e", (Turn("user", "what colour is the door?"),))]
    assert packed.complete(request, 6)[0].ids == LoadedHf(generator).complete(request, 6)[0].ids
    assert packed.facts()["checkpoint_quantisation"]["bnb_4bit_quant_type"] == "nf4"
    assert packed.untrainable() == ""


def test_four_bits_are_not_taken_for_unquantised(generator, four_bit, tmp_path):
    assert "nf4 takes them as they are" in refusal(generator, four_bit, quantisation="none")
    broken = shutil.copytree(four_bit, tmp_path / "broken")
    weights(broken, lambda tensors: [tensors.pop(name) for name in list(tensors) if "1.mlp.up_proj" in name])
    assert "no weights for 1 of" in refusal(generator, broken)
