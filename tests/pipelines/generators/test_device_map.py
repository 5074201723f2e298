"""A model over several GPUs: where its parts lie, and where it is refused. Not run on a GPU."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from harness.errors import ArmError, ModelError
from pipelines.device import device_name
from pipelines.generators import device_map as placing
from pipelines.generators.device_map import (
    check_split,
    decoder_layers,
    device_map,
    gpus_of,
    layer_gpus,
    on_meta,
    places_of,
    wait_for,
)
from pipelines.generators.loading import load_config, load_model

NAMES = [
    "", "model", "model.embed_tokens", "model.embed_tokens.weight", "model.layers", "model.layers.0",
    "model.layers.0.mlp", "model.layers.0.mlp.weight", "model.layers.1", "model.layers.1.mlp", "model.norm",
    "model.norm.weight", "model.rotary_emb", "model.rotary_emb.inv_freq", "model.scale", "lm_head", "lm_head.weight",
]  # fmt: skip


@pytest.fixture
def gpus(monkeypatch):
    """Two GPUs, by what torch says of them."""
    found = SimpleNamespace(names=["NVIDIA L4", "NVIDIA L4"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(found.names))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device=0: found.names[device if device != "cuda" else 0])
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    return found


@pytest.fixture
def split(generator):
    return replace(generator, device="cuda", device_map="auto", dtype="float32", quantisation="none")


@pytest.mark.parametrize(
    ("layers", "gpus", "parts"),
    [(4, 2, [2, 2]), (5, 2, [2, 3]), (32, 4, [8] * 4), (3, 3, [1] * 3), (28, 3, [9, 9, 10]), (7, 1, [7])],
)
def test_parts_are_contiguous_and_equal_and_the_first_gpu_has_no_more_than_others(layers, gpus, parts):
    places = layer_gpus(layers, gpus)
    assert places == sorted(places)
    assert [places.count(gpu) for gpu in range(gpus)] == parts


@pytest.mark.parametrize("gpus", range(1, 9))
@pytest.mark.parametrize("layers", range(8, 50))
def test_no_part_is_larger_than_another_by_more_than_a_layer(layers, gpus):
    places = layer_gpus(layers, gpus)
    sizes = [places.count(gpu) for gpu in range(gpus)]
    assert sum(sizes) == layers
    assert max(sizes) - min(sizes) <= 1
    assert sizes[0] == min(sizes)


def test_all_but_the_layers_lies_on_the_first_gpu():
    assert device_map(NAMES, "model.layers", 2) == {
        "model.embed_tokens": 0, "model.norm": 0, "model.rotary_emb": 0, "model.scale": 0, "lm_head": 0,
        "model.layers.0": 0, "model.layers.1": 1,
    }  # fmt: skip


def test_no_entry_holds_another_one_and_nothing_is_on_processor_or_disk():
    names = [*NAMES, *(f"model.layers.{number}.mlp" for number in range(2, 12))]
    made = device_map(names, "model.layers", 3)
    assert not [one for one in made for other in made if other.startswith(f"{one}.")]
    assert set(made.values()) == {0, 1, 2}
    assert [made[f"model.layers.{number}"] for number in range(12)] == [0] * 4 + [1] * 4 + [2] * 4


def test_the_layers_are_those_of_the_text_model():
    assert decoder_layers({"model.layers": 26, "model.layers.0.experts": 8}, 26) == "model.layers"
    towers = {"model.vision_tower.encoder.layers": 26, "model.language_model.layers": 26}
    assert decoder_layers(towers, 26) == "model.language_model.layers"
    assert decoder_layers({"model.layers": 26, "model.other": 26}, 26) == ""
    assert decoder_layers({"model.blocks": 12}, 26) == ""


def test_the_map_of_a_real_model_covers_every_parameter(split, gpus):
    from accelerate.utils import check_device_map

    config = load_config(split)
    made = places_of(split, config)
    check_device_map(on_meta(config), dict(made))
    assert (made["model.layers.0"], made["model.layers.1"]) == (0, 1)
    assert {made[name] for name in made if "layers" not in name} == {0}
    assert "lm_head" in made


def test_loading_is_given_the_map(split, gpus, monkeypatch):
    import transformers

    given = {}

    def refuse(*_, **settings):
        given.update(settings)
        raise ValueError("no GPU here")

    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", refuse)
    with pytest.raises(ModelError, match="no GPU here"):
        load_model(split)
    assert given["device_map"] == places_of(split, load_config(split))
    with pytest.raises(ModelError, match="no GPU here"):
        load_model(replace(split, device_map=None))
    assert given["device_map"] == {"": "cuda"}


def test_a_machine_without_gpus_is_refused_before_anything_is_read(generator):
    with pytest.raises(ModelError, match=r"splits a model over GPUs, and model\.device is cpu here"):
        replace(generator, device_map="auto", path="/no/such/checkpoint-of-the-hub").load()


def test_one_gpu_is_refused_with_what_gives_more(split, gpus):
    gpus.names.pop()
    with pytest.raises(ModelError, match=r"this process sees one: .*launcher=local gives each job one GPU"):
        check_split(split)


def test_more_gpus_than_layers_are_refused(split, gpus):
    gpus.names.append("NVIDIA L4")
    with pytest.raises(ModelError, match=r"it has 2 layers, and this process sees 3 GPUs: let it see 2 or fewer"):
        places_of(split, load_config(split))


def test_a_model_whose_layers_are_not_found_is_refused(split, gpus, monkeypatch):
    monkeypatch.setattr(placing, "decoder_layers", lambda *_: "")
    with pytest.raises(ModelError, match="its decoder layers are not found, so that it cannot be split"):
        places_of(split, load_config(split))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"engine": "vllm"}, "engine is vllm, which splits a model by model.engine_options={tensor_parallel_size: N}"),
        ({"device": "cpu"}, "device_map is auto, and device is cpu: set device=cuda, or leave it out"),
        ({"device": "cuda:1"}, "device_map is auto, and device is cuda:1"),
    ],
)
def test_settings_that_contradict_it_are_problems(split, changes, problem):
    assert split.problems() == []
    assert any(problem in one for one in replace(split, **changes).problems())


def test_transformers_trainer_leaves_a_split_model_as_it_lies(split, tmp_path):
    """Its own words for it: model parallel. Else it would move everything to one GPU, or make replicas."""
    from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

    model = AutoModelForCausalLM.from_pretrained(split.path)
    model.hf_device_map = device_map(NAMES, "model.layers", 2)
    trainer = Trainer(model=model, args=TrainingArguments(str(tmp_path), use_cpu=True, report_to="none"))
    assert trainer.is_model_parallel
    assert not trainer.place_model_on_device


def test_requests_at_once_are_refused(generator):
    loaded = generator.load()
    loaded.generator = replace(generator, device_map="auto")
    with pytest.raises(ArmError, match="continuous batching keeps its cache on one GPU"):
        loaded.together([], 4, 2)


def test_the_device_of_timings_and_prices_names_every_gpu(split, gpus):
    assert split.device_name() == "cuda:2x NVIDIA L4"
    assert replace(split, device_map=None).device_name() == "cuda:NVIDIA L4"
    gpus.names[1] = "NVIDIA A10G"
    assert device_name("cuda", gpus=None) == "cuda:1x NVIDIA L4 + 1x NVIDIA A10G"


def test_vllm_over_several_gpus_is_named_by_them_and_its_adapters_by_the_one_they_are_trained_on(generator, gpus):
    gpus.names = ["NVIDIA L4"] * 4
    vllm = replace(generator, device="cuda", engine="vllm", engine_options={"tensor_parallel_size": 2})
    assert vllm.device_name() == "cuda:2x NVIDIA L4"
    assert vllm.for_training().device_name() == "cuda:NVIDIA L4"
    both = {"tensor_parallel_size": 2, "pipeline_parallel_size": 2}
    assert replace(vllm, engine_options=both).device_name() == "cuda:4x NVIDIA L4"
    assert replace(vllm, engine_options={"max_num_seqs": 8}).device_name() == "cuda:NVIDIA L4"
    assert replace(vllm, engine_options={"tensor_parallel_size": 8}).device_name() == "cuda:4x NVIDIA L4"


def test_every_gpu_of_the_model_is_waited_for(monkeypatch):
    waited = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    one, other = torch.device("cpu"), torch.device("cuda", 0)
    wait_for(SimpleNamespace(device=other, hf_device_map={"a": 0, "b": 1, "c": 1}))
    wait_for(SimpleNamespace(device=other, hf_device_map={"": "cuda"}))
    wait_for(SimpleNamespace(device=one))
    assert waited == [0, 1, other]
    assert gpus_of(SimpleNamespace(hf_device_map={"a": torch.device("cuda", 0), "b": torch.device("cuda", 1)})) == [
        0,
        1,
    ]
