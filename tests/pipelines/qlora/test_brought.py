"""An adapter that a user brings: compared with the base before anything runs, attached as it is, never trained."""

import json
import shutil
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.spec import specification
from harness.store.trials import trials
from harness.studies.fixed_adapters import follows_training
from pipelines.arm import Composed
from pipelines.generators.hf import LoadedHf
from pipelines.qlora.brought import FACT, BroughtAdapter
from pipelines.qlora.brought_fit import doubts
from pipelines.qlora.formatting import TrainingPassages
from tests.checkpoints.recipe import RECIPE
from tests.pipelines.arms import PROMPT, DoorTask
from tests.tiny import make_checkpoint


def make_adapter(base, folder, **settings):
    """An adapter of random weights in PEFT's format."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(0)
        chosen = {"r": 4, "target_modules": ["q_proj", "v_proj"], "init_lora_weights": False} | settings
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **chosen)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapter(checkpoint, tmp_path_factory):
    return make_adapter(checkpoint, tmp_path_factory.mktemp("adapters") / "made")


@pytest.fixture
def copy(adapter, tmp_path):
    return shutil.copytree(adapter, tmp_path / "copy")


@pytest.fixture(scope="module")
def wider(tmp_path_factory):
    return make_checkpoint(tmp_path_factory.mktemp("other") / "wider", hidden=128)


@pytest.fixture
def loaded(generator):
    return LoadedHf(replace(generator, quantisation="none", dtype="float32"))


def brought(path):
    return BroughtAdapter(str(path), None, "I do not know.")


def arm(generator, path, passages=None):
    recipe = replace(RECIPE, path=str(path))
    return Composed("qlora", generator, PROMPT, retriever=None, adapter=recipe, training_passages=passages)


def settings(folder, **values):
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def refusal(call):
    with pytest.raises(ArmError) as refused:
        call()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def a_level_up(folder):
    shutil.copytree(folder, folder / "checkpoint-10")
    (folder / "adapter_config.json").unlink()


def values(folder, change):
    from safetensors.torch import load_file, save_file

    path = folder / "adapter_model.safetensors"
    save_file({name: change(name, tensor) for name, tensor in load_file(path).items()}, path)


def pickled(folder):
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: (folder / "adapter_config.json").unlink(), "it holds no adapter"),
        (lambda folder: (folder / "adapter_model.safetensors").unlink(), "it holds no adapter_model.safetensors"),
        (pickled, "its weights are pickled; convert them once: python -m harness.cli.convert"),
        (lambda folder: settings(folder, peft_type="IA3"), "peft_type IA3"),
        (lambda folder: settings(folder, use_dora=True), "use_dora"),
        (lambda folder: settings(folder, modules_to_save=["lm_head"]), "merge it into its base"),
        (lambda folder: settings(folder, init_lora_weights="pissa"), "init_lora_weights pissa"),
        (lambda folder: settings(folder, alora_invocation_tokens=[5]), "alora_invocation_tokens"),
        (lambda folder: settings(folder, lora_alpha="16"), "lora_alpha '16', which is no number"),
        (lambda folder: (folder / "adapter_config.json").write_text("[]"), "holds a list and no JSON object"),
        (a_level_up, "there is one in "),
        (lambda folder: (folder / "adapter_config.json").write_text("[1"), "cannot be read (JSONDecodeError"),
    ],
)
def test_what_is_no_adapter_is_named_by_the_key(copy, make, said):
    make(copy)
    line = refusal(brought(copy).content_key)
    assert line.startswith(f"adapter.path is {copy}: ")
    assert said in line


def test_only_an_adapter_that_is_trained_here_follows_the_rows_of_a_study(generator, adapter):
    own = Composed("qlora", generator, PROMPT, retriever=None, adapter=RECIPE, training_passages=None)
    assert follows_training(own, DoorTask(), 0)
    assert not follows_training(arm(generator, adapter), DoorTask(), 0)


def test_a_folder_that_is_not_there(tmp_path):
    assert "no such folder exists" in refusal(brought(tmp_path / "nothing").content_key)


def test_an_adapter_of_the_base_fits_whatever_its_rank(adapter, checkpoint, loaded, tmp_path):
    assert doubts(brought(adapter), loaded) == []
    larger = make_adapter(checkpoint, tmp_path / "larger", r=8)
    assert doubts(brought(larger), loaded) == []


def test_an_adapter_of_another_model_is_refused(copy, wider, loaded, tmp_path):
    def said(folder):
        return refusal(lambda: doubts(brought(folder), loaded))

    assert "8 of its matrices differ" in said(make_adapter(wider, tmp_path / "foreign"))
    settings(copy, r=8)
    assert "(4, 64) where (8, 64) is wanted" in said(copy)
    settings(copy, target_modules=["query_key_value"])
    assert "Target modules {'query_key_value'} not found in the base" in said(copy)


def test_another_base_template_or_token_is_flagged(copy, checkpoint, loaded):
    settings(copy, base_model_name_or_path="some-lab/other-base")
    (doubt,) = doubts(brought(copy), loaded)
    assert "was trained on other-base" in doubt
    settings(copy, base_model_name_or_path="/elsewhere/Tiny")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(checkpoint / name, copy)
    assert doubts(brought(copy), loaded) == [] or checkpoint.joinpath("chat_template.jinja").exists()
    (copy / "chat_template.jinja").write_text("{{ messages[0].content }}")
    (doubt,) = doubts(brought(copy), loaded)
    assert "another chat template" in doubt


def test_matrices_that_are_no_numbers_or_no_update_are_refused(adapter, copy, loaded, tmp_path):
    values(copy, lambda name, tensor: tensor * float("nan"))
    assert "hold values that are not finite numbers" in refusal(lambda: doubts(brought(copy), loaded))
    untrained = shutil.copytree(adapter, tmp_path / "untrained")
    values(untrained, lambda name, tensor: tensor * ("lora_A" in name))
    assert "its update is 0 everywhere" in refusal(lambda: doubts(brought(untrained), loaded))


def test_a_scale_that_drowns_the_base_and_settings_that_peft_ignores_are_flagged(copy, loaded):
    settings(copy, lora_alpha=1e9, brand_new=True)
    first, second = doubts(brought(copy), loaded)
    assert "multiplied by 250,000,000" in first
    assert "leaves out: brand_new" in second


def test_the_tokenizer_beside_it_is_looked_at_again_though_its_weights_are_in_the_store(
    adapter, copy, checkpoint, generator, store
):
    generator = replace(generator, quantisation="none", dtype="float32")
    arm(generator, adapter).prepare(DoorTask(), store, 0)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(checkpoint / name, copy)
    (copy / "chat_template.jinja").write_text("{{ messages[0].content }}")
    assert brought(copy).content_key() != brought(adapter).content_key()
    (doubt,) = arm(generator, copy).prepare(DoorTask(), store, 0).facts["training"][FACT]["doubts"]
    assert "another chat template" in doubt


def test_another_vocabulary_is_refused(copy, checkpoint, loaded):
    content = json.loads((checkpoint / "tokenizer.json").read_text())
    vocabulary = content["model"]["vocab"]
    first, second = list(vocabulary)[20:22]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (copy / "tokenizer.json").write_text(json.dumps(content))
    (copy / "tokenizer_config.json").write_bytes((checkpoint / "tokenizer_config.json").read_bytes())
    assert "another vocabulary than tiny's: 2 tokens differ" in refusal(lambda: doubts(brought(copy), loaded))


def test_keys_hold_its_content_and_nothing_of_training(adapter, copy, generator):
    task = DoorTask()
    own, other = arm(generator, adapter), arm(generator, copy)
    assert own.adapter_spec(task, 0) == other.adapter_spec(task, 1)
    assert specification(replace(own.adapter, epochs=9)) == specification(other.adapter)
    assert specification(RECIPE) == specification(replace(RECIPE, path=None))
    before = specification(own)
    settings(copy, lora_alpha=99)
    assert specification(other) != before
    assert str(copy) not in json.dumps(specification(other))


def test_it_answers_without_training(adapter, generator, store):
    task, generator = DoorTask(), replace(generator, quantisation="none", dtype="float32")
    own = arm(generator, adapter)
    work = own.workload(task, store, 0)
    assert work.brings_adapter
    assert "adapter.rank, .epochs and the like do not count" in work.remarks[0]
    assert work.train_rows == 0
    prepared = own.prepare(task, store, 0)
    facts = prepared.facts["training"]
    assert facts[FACT] == {"from": facts[FACT]["from"], "base": facts[FACT]["base"], "rank": 4, "doubts": []}
    assert facts["trainable_parameters"] == 2 * 2 * 4 * 64 + 2 * 4 * 64 + 2 * 4 * 32
    assert not [span for span in prepared.build_spans if span.stage == "train"]
    audits = {one.name: one for one in prepared.audit_parts()}
    assert not audits["brought adapter"].flag
    answers = [one.text for batch in prepared.answer(task.examples("test"), frozenset()) for one in batch]
    assert len(answers) == 12
    assert prepared.facts["adapter_logit_change"] > 0
    assert trials(store, [("adapter", prepared.adapter.key)]) == ()


def test_doubts_stand_under_the_table(copy, generator, store):
    settings(copy, base_model_name_or_path="some-lab/other-base")
    prepared = arm(replace(generator, quantisation="none", dtype="float32"), copy).prepare(DoorTask(), store, 0)
    audits = {one.name: one for one in prepared.audit_parts()}
    assert "other-base" in audits["brought adapter"].flag


def test_raft_has_no_brought_adapter(adapter, generator):
    raft = arm(generator, adapter, TrainingPassages(0.8))
    assert "it is hybrid: leave it out" in raft.refuses(DoorTask())
