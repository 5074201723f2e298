"""Every model file composes under its own name and builds."""

from dataclasses import fields
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from harness.cli.config import ROOT, Builder, register_resolvers
from pipelines.generators.server.openai import OpenAIGenerator

FILES = sorted((ROOT / "conf" / "model").glob("*.yaml"))
SERVED = ("model.model=Qwen/Qwen2.5-7B-Instruct", "+store=no/store", "+task.name=some", "+seed=0")
NEEDS = {"local": ["model.path=some/checkpoint"], "server": SERVED}
GATED = {"llama3.1_8b", "llama3.2_1b", "llama3.2_3b", "mistral_7b_v0.3", "gemma3_1b", "gemma3_4b"}


def built(name, *overrides):
    register_resolvers()
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        config = compose(overrides=[f"+model={name}", *NEEDS.get(name, ()), *overrides])
    node = OmegaConf.to_container(config.model, resolve=True)
    builder = Builder()
    generator = builder.build(node, "model")
    assert builder.problems == []
    return generator, node


def test_the_models_promised_are_there():
    assert {file.stem for file in FILES} >= GATED | {
        *("pocket", "local", "server", "phi4_mini"),
        *("smollm2_135m", "smollm2_360m", "smollm2_1.7b"),
        *("qwen2.5_0.5b", "qwen2.5_1.5b", "qwen2.5_7b", "qwen3_0.6b", "qwen3_1.7b", "qwen3_4b"),
    }


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_builds(name):
    generator, node = built(name)
    assert {field.name for field in fields(generator)} == set(node) - {"_target_"}  # nothing is left to defaults
    assert generator.problems() == []


@pytest.mark.parametrize("name", sorted({file.stem for file in FILES} - {"server", "local", "pocket", "pocket_small"}))
def test_hub_models(name):
    generator, _ = built(name)
    assert generator.name == name
    assert generator.quantisation == "nf4"
    assert generator.max_context is not None
    assert generator.stop_tokens
    gated = f"https://huggingface.co/{generator.path}" if name in GATED else ""
    assert generator.gated_page == gated


def test_local_is_named_after_its_folder():
    generator, _ = built("local", "model.path=runs/my-checkpoint/")
    assert generator.name == "my-checkpoint"


def test_server_is_named_after_its_model():
    generator, _ = built("server")
    assert isinstance(generator, OpenAIGenerator)
    assert generator.name == "Qwen2.5-7B-Instruct"


@pytest.mark.parametrize("name", sorted(file.stem for file in FILES if file.stem.startswith("pocket")))
def test_pocket_lies_in_the_repository(name):
    generator, _ = built(name)
    assert generator.name == name
    assert Path(generator.path) == ROOT / "models" / name


@pytest.mark.parametrize("name", ["qwen3_0.6b", "qwen3_1.7b", "qwen3_4b"])
def test_qwen3_does_not_think(name):
    assert built(name)[0].template_options == {"enable_thinking": False}


@pytest.mark.parametrize("name", ["llama3.1_8b", "llama3.2_1b", "llama3.2_3b"])
def test_llama_prompts_hold_no_date_of_today(name):
    """Its template asks the clock unless it is given a date: the same prompt would differ from day to day."""
    assert built(name)[0].template_options == {"date_string": "26 Jul 2024"}
