import json
import shutil
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.store import Artifact
from harness.types import Turn
from pipelines.generators.loading import load_model
from pipelines.qlora import training
from pipelines.qlora.formatting import TrainingRow, TrainingRows
from tests.checkpoints.recipe import RECIPE


def rows(chat, count):
    made = []
    for number in range(count):
        prompt = chat.prompt_ids([Turn("user", f"What colour is door {number}?")])
        answer = chat.answer_ids("The door is red.")
        made.append(TrainingRow(prompt + answer, [-100] * len(prompt) + answer))
    return TrainingRows(rows=made)


@pytest.fixture
def chat(generator):
    return generator.load().format


def gradients(generator, chat, *, guarded):
    """Gradients of the adapter after one evaluation, with and without the guard against weight packing."""
    import bitsandbytes
    import torch
    from peft import LoraConfig, get_peft_model

    model = load_model(generator)
    if not guarded:
        for module in model.modules():
            if isinstance(module, bitsandbytes.nn.Linear4bit):
                module.support_avx512bf16_for_cpu = bitsandbytes.functional.has_avx512bf16()
    torch.manual_seed(0)
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    row = rows(chat, 1).rows[0]
    batch = {"input_ids": torch.tensor([row.input_ids]), "labels": torch.tensor([row.labels])}
    model.eval()
    with torch.no_grad():
        model(**batch)
    model.train()
    model(**batch).loss.backward()
    return torch.cat([p.grad.float().flatten() for p in model.parameters() if p.grad is not None])


def reference_gradients(generator, chat):
    """The same adapter on the same quantised base, never evaluated: nothing could have been packed."""
    import torch
    from peft import LoraConfig, get_peft_model

    model = load_model(generator)
    torch.manual_seed(0)
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    row = rows(chat, 1).rows[0]
    model.train()
    model(input_ids=torch.tensor([row.input_ids]), labels=torch.tensor([row.labels])).loss.backward()
    return torch.cat([p.grad.float().flatten() for p in model.parameters() if p.grad is not None])


def parameters_in(generator):
    """Of the checkpoint, counted in its unquantised form."""
    return sum(weight.numel() for weight in load_model(replace(generator, quantisation="none")).parameters())


def cosine(a, b):
    import torch

    return float(torch.nn.functional.cosine_similarity(a, b, dim=0))


def test_gradients_are_right_after_an_evaluation(generator, chat):
    assert cosine(gradients(generator, chat, guarded=True), reference_gradients(generator, chat)) > 0.999


def test_the_guard_is_needed_on_this_kind_of_cpu(generator, chat):
    import bitsandbytes

    if not bitsandbytes.functional.has_avx512bf16():
        pytest.skip("this CPU has no AVX512-BF16, so bitsandbytes packs nothing")
    assert cosine(gradients(generator, chat, guarded=False), reference_gradients(generator, chat)) < 0.9


def test_trains_saves_in_peft_format_and_learns(generator, chat, tmp_path):
    facts = training.train(generator, chat, RECIPE, rows(chat, 16), rows(chat, 4), 0, tmp_path)
    assert facts["steps"] == 12
    assert not [path.name for path in tmp_path.glob("*.[jm]*") if generator.path in path.read_text()]
    assert facts["validation_loss"][-1][1] < facts["train_loss"][0][1] / 2
    assert facts["parameters"] == parameters_in(generator)  # though two 4-bit weights lie in one byte
    assert facts["peak_host_bytes"] > facts["weights_bytes"] > 0
    assert facts["peak_gpu_bytes"] is None  # no GPU was used
    assert json.loads((tmp_path / "adapter_config.json").read_text())["r"] == 4
    assert (tmp_path / "adapter_model.safetensors").is_file()
    assert not (tmp_path / training.CHECKPOINTS).exists()
    loaded = generator.load()
    proof = loaded.use("qlora", Artifact("key", tmp_path, 0.0, True))
    assert proof["adapter_logit_change"] > 0


@pytest.mark.slow
@pytest.mark.ci_slow
def test_resumed_training_gives_the_same_adapter(generator, chat, tmp_path, monkeypatch):
    from safetensors.torch import load_file
    from transformers import TrainerCallback

    whole, torn = tmp_path / "whole", tmp_path / "torn"
    training.train(generator, chat, RECIPE, rows(chat, 16), rows(chat, 4), 0, whole)

    class Kill(TrainerCallback):
        def on_step_end(self, args, state, control, **kwargs):
            if state.global_step == 6:
                raise KeyboardInterrupt

    plain = training.trainer_of

    def killed(*arguments):
        trainer = plain(*arguments)
        trainer.add_callback(Kill())
        return trainer

    monkeypatch.setattr(training, "trainer_of", killed)
    with pytest.raises(KeyboardInterrupt):
        training.train(generator, chat, RECIPE, rows(chat, 16), rows(chat, 4), 0, torn)
    assert (torn / training.CHECKPOINTS / "checkpoint-4").is_dir()
    monkeypatch.setattr(training, "trainer_of", plain)
    training.train(generator, chat, RECIPE, rows(chat, 16), rows(chat, 4), 0, torn)
    one, other = (load_file(folder / "adapter_model.safetensors") for folder in (whole, torn))
    assert one.keys() == other.keys()
    assert all((one[name] == other[name]).all() for name in one)


def test_a_torn_checkpoint_is_passed_over(tmp_path):
    for step in (4, 8):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "trainer_state.json").write_text("{}")
    (tmp_path / "checkpoint-8" / "trainer_state.json").write_text('{"global')
    assert training.newest_checkpoint(tmp_path).name == "checkpoint-4"
    assert not (tmp_path / "checkpoint-8").exists()
    shutil.rmtree(tmp_path / "checkpoint-4")
    assert training.newest_checkpoint(tmp_path) is None


def test_nothing_to_train_on_is_an_arm_error(generator, chat, tmp_path):
    with pytest.raises(ArmError, match="7 of the examples do not fit"):
        training.train(generator, chat, RECIPE, TrainingRows(dropped=7), TrainingRows(), 0, tmp_path)


@pytest.mark.slow
@pytest.mark.ci_slow
def test_plain_lora_on_an_unquantised_base(generator, chat, tmp_path):
    from safetensors.torch import load_file

    plain = replace(generator, quantisation="none", dtype="float32")
    training.train(plain, chat, replace(RECIPE, epochs=1), rows(chat, 4), TrainingRows(), 0, tmp_path)
    weights = load_file(tmp_path / "adapter_model.safetensors")
    assert all("lora" in name for name in weights)


def test_recipe_names_what_is_wrong():
    assert RECIPE.problems() == []
    assert "micro_batch_size is 3; it must divide batch_size (4)" in replace(RECIPE, micro_batch_size=3).problems()
    assert not replace(RECIPE, micro_batch_size=8).problems()  # cut to the batch of 4
    wrong = replace(RECIPE, rank=0, dropout=1.0, learning_rate=-1.0).problems()
    assert len(wrong) == 3


def test_epochs_are_whole_when_the_last_batch_is_short(generator, chat, tmp_path):
    facts = training.train(generator, chat, replace(RECIPE, epochs=2), rows(chat, 5), TrainingRows(), 0, tmp_path)
    assert (facts["steps"], facts["epochs"]) == (4, 2.0)


def test_a_training_that_diverges_ends_with_advice(generator, chat, tmp_path):
    with pytest.raises(ArmError, match="lower adapter"):
        training.train(generator, chat, replace(RECIPE, learning_rate=1e30), rows(chat, 8), TrainingRows(), 0, tmp_path)


def test_unknown_layers_are_named_with_those_there_are(generator, chat, tmp_path):
    with pytest.raises(ArmError, match=r"no_such_layer.*q_proj"):
        training.train(
            generator,
            chat,
            replace(RECIPE, target_modules=("no_such_layer",)),
            rows(chat, 4),
            TrainingRows(),
            0,
            tmp_path,
        )


def test_training_takes_the_gpu_that_was_asked_for_and_no_replicas(monkeypatch, tmp_path):
    """transformers counts all visible GPUs, and TRL then refuses DataParallel after the model was loaded."""
    import torch
    from trl import SFTConfig

    from pipelines.qlora.training import _on_one_gpu

    chosen = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    settings = SFTConfig(output_dir=str(tmp_path), use_cpu=True, report_to="none", per_device_train_batch_size=3)
    settings._n_gpu = 2
    _on_one_gpu(settings, "cuda:1")
    assert (settings.device, settings.n_gpu, settings.train_batch_size) == (torch.device("cuda:1"), 1, 3)
    assert chosen == [torch.device("cuda:1")]
