"""Each model family, tiny and random, through the code and the yaml file that its real checkpoints go through."""

from dataclasses import replace
from functools import cache

import pytest

from harness.cli.config import ROOT, Builder
from harness.store.store import Artifact
from harness.types import Turn
from pipelines.generators.generator import Request
from pipelines.qlora.formatting import TrainingRow, TrainingRows
from tests.checkpoints.families import FAMILIES
from tests.checkpoints.recipe import RECIPE

SYSTEM_AND_USER = (Turn("system", "S"), Turn("user", "U"))
QUESTION = Request("e1", (Turn("system", "Answer briefly."), Turn("user", "Where does the fork go?")))


QUICK = ("llama", "gemma3")
"""what make test tries; make test-slow tries all"""
THOROUGH = (pytest.mark.slow, pytest.mark.ci_slow)


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=() if name in QUICK else THOROUGH) for name in FAMILIES]
)
def family(request):
    return FAMILIES[request.param]


@pytest.fixture(scope="module")
def generator(family, tmp_path_factory):
    """The family's yaml file, pointed at a tiny checkpoint."""
    folder = family.save(tmp_path_factory.mktemp(family.yaml))
    return replace(from_yaml(family.yaml), path=str(folder), revision=None, max_context=512, device="cpu")


@pytest.fixture(scope="module")
def loaded(generator):
    return generator.load()


@cache
def from_yaml(name):
    from omegaconf import OmegaConf

    builder = Builder()
    node = OmegaConf.to_container(OmegaConf.load(ROOT / "conf" / "model" / f"{name}.yaml"))
    generator = builder.build(node, "model")
    builder.raise_problems()
    return generator


@pytest.fixture(scope="module")
def adapter(generator, loaded, tmp_path_factory):
    """Trained for a few steps by the project's own code."""
    from pipelines.qlora.training import train

    folder = tmp_path_factory.mktemp("adapter")
    prompt, answer = loaded.format.prompt_ids(QUESTION.turns), loaded.format.answer_ids("To the left of the plate.")
    row = TrainingRow(prompt + answer, [-100] * len(prompt) + answer)
    recipe = replace(
        RECIPE,
        dropout=0.0,
        learning_rate=1e-2,
        schedule="constant",
        batch_size=2,
        epochs=2.0,
        checkpoints=1,
        validation_rows=0,
    )
    facts = train(generator, loaded.format, recipe, TrainingRows([row] * 4), TrainingRows(), seed=0, folder=folder)
    return Artifact(key=f"trained-{generator.name}", path=folder, seconds=1.0, found=False, facts=facts)


def test_prompt_is_the_familys(family, loaded):
    assert loaded.format.render(SYSTEM_AND_USER) == family.prompt


def test_special_tokens_are_single_tokens(family, loaded):
    tokenizer = loaded.format.tokenizer
    tokens = tokenizer.convert_ids_to_tokens(loaded.format.prompt_ids(SYSTEM_AND_USER))
    marks = [token for token in family.tokenizer.special if token in family.prompt]
    assert marks
    assert all(token in tokens for token in marks)


def test_turns_end_and_generation_stops_there(family, loaded):
    tokenizer = loaded.format.tokenizer
    assert tokenizer.convert_ids_to_tokens(loaded.format.turn_end_id) == family.turn_end
    assert set(tokenizer.convert_ids_to_tokens(loaded.format.stop_ids)) == family.stops


def test_long_conversations_render(loaded):
    turns = (Turn("system", "S"), Turn("user", "U"), Turn("assistant", "A"), Turn("user", "V"))
    text = loaded.format.render(turns)
    places = [text.index(letter) for letter in ("S", "U", "A", "V")]
    assert places[0] < places[1] < places[3]
    assert places[2] < places[3]


def test_nf4_loads_and_answers(loaded):
    from bitsandbytes.nn import Linear4bit

    layers = [name for name, module in loaded.base.named_modules() if isinstance(module, Linear4bit)]
    assert len(layers) >= 2 * 4
    loaded.use("base", None)
    (completion,) = loaded.complete([QUESTION], max_new_tokens=4)
    assert completion.error == ""
    assert completion.finish in ("stop", "length")


def test_adapter_sits_on_every_linear_layer_of_the_language_model(family, adapter):
    from safetensors import safe_open

    with safe_open(adapter.path / "adapter_model.safetensors", "pt") as weights:
        names = [name for name in weights.keys() if ".lora_A." in name]  # noqa: SIM118 - not a mapping
    language = {name.split(".lora_A.")[0] for name in names}
    assert {name.rpartition(".")[2] for name in language} == family.targets
    assert len(language) == 2 * len(family.targets)  # two layers, and no other part of the model


def test_training_moves_the_answer_towards_the_one_taught(adapter, loaded):
    import torch

    ids = loaded.format.prompt_ids(QUESTION.turns)
    answer = loaded.format.answer_ids("To the left of the plate.")

    def loss():
        logits = loaded._logits(loaded.model, ids + answer)[0, len(ids) - 1 : -1]
        return torch.nn.functional.cross_entropy(logits, torch.tensor(answer)).item()

    loaded.use("base", None)
    before = loss()
    loaded.use("qlora", adapter)
    assert loss() < before


def test_adapter_round_trip(adapter, generator, loaded):
    """Loaded on a fresh base by plain PEFT it gives the same logits; switched off, the base's."""
    import torch
    from peft import PeftModel

    ids = loaded.format.prompt_ids(QUESTION.turns)
    loaded.use("base", None)
    bare = loaded._logits(loaded.model, ids)
    facts = loaded.use("qlora", adapter)
    adapted = loaded._logits(loaded.model, ids)
    assert facts["adapter_logit_change"] > 0
    fresh = PeftModel.from_pretrained(replace(generator).load().base, adapter.path, autocast_adapter_dtype=False).eval()
    assert torch.equal(loaded._logits(fresh, ids), adapted)
    assert not torch.equal(adapted, bare)
    loaded.use("base", None)
    assert torch.equal(loaded._logits(loaded.model, ids), bare)
