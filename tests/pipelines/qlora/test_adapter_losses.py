"""An adapter that is not the one that was trained, or not on this base: its losses give it away, for every arm."""

import json
import shutil
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.store import Artifact
from harness.studies.changed import ChangedTask
from tests.pipelines.arms import COLOURS, DoorTask, answered, arm, loaded_from, trained
from tests.tiny import make_checkpoint

WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def adapter(checkpoint, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapter")
    return Artifact("right" + "0" * 27, folder, 1.0, True, trained(loaded_from(checkpoint), folder))


@pytest.fixture
def loaded(checkpoint):
    return loaded_from(checkpoint)


def found(prepared):
    return {one.name: one for one in prepared.audit_parts()}


def test_the_right_adapter_passes_and_the_figures_are_kept(loaded, adapter):
    checked = found(arm(loaded, None, adapter=adapter))
    assert (checked["training rows"].checked, checked["adapter"].checked, checked["adapter"].flag) == (12, 4, "")
    figures = checked["adapter"].details
    assert figures["loss"] == pytest.approx(figures["recorded_loss"], abs=1e-4)
    kept = dict(adapter.facts["validation_loss"])[adapter.facts["kept_step"]]  # of the same four rows
    assert figures["recorded_loss"] == pytest.approx(kept, abs=0.05)


def test_a_training_that_has_made_it_worse_is_flagged(loaded, adapter):
    worse = [{**row, "base_loss": row["loss"] - 0.1} for row in adapter.facts["row_losses"]]
    checked = found(arm(loaded, None, adapter=replace(adapter, facts={**adapter.facts, "row_losses": worse})))
    assert "training has not helped: the loss of its 4 validation rows" in checked["adapter"].flag
    old = [{name: own for name, own in row.items() if name != "base_loss"} for row in worse]
    checked = found(arm(loaded, None, adapter=replace(adapter, facts={**adapter.facts, "row_losses": old})))
    assert checked["adapter"].flag == ""


def test_the_recorded_losses_of_the_base_are_the_bases(loaded, adapter):
    """Measured with the adapter switched off, before the answering model is ever asked."""
    rows = adapter.facts["row_losses"]
    assert all(row["base_loss"] > row["loss"] for row in rows)


def weights(change):
    def fault(folder, **_):
        from safetensors.torch import load_file, save_file

        save_file(change(load_file(folder / WEIGHTS)), folder / WEIGHTS)

    return fault


def swapped_layers(tensors):
    other = {"layers.0.": "layers.1.", "layers.1.": "layers.0."}
    return {name.replace(at, other[at]): tensors[name] for name in tensors for at in other if at in name}


def alpha(folder, **_):
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "lora_alpha": config["lora_alpha"] * 2}))


def of_other_data(folder, checkpoint, **_):
    trained(loaded_from(checkpoint), folder, DoorTask(references=("a fork and a knife",)))


FAULTS = {
    "scaled": weights(lambda tensors: {name: tensor * 1.2 for name, tensor in tensors.items()}),
    "layers swapped": weights(swapped_layers),
    "a layer missing": weights(lambda tensors: {name: tensors[name] for name in tensors if "layers.1." not in name}),
    "one matrix missing": weights(
        lambda tensors: {name: tensors[name] for name in tensors if "layers.1.self_attn.v" not in name}
    ),
    "alpha": alpha,
    "other data": of_other_data,
}


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=pytest.mark.slow) if name == "other data" else name for name in FAULTS]
)
def test_an_adapter_that_was_not_trained_is_refused_for_every_arm(loaded, adapter, checkpoint, tmp_path, fault):
    folder = tmp_path / "changed"
    shutil.copytree(adapter.path, folder)
    FAULTS[fault](folder, checkpoint=checkpoint)
    changed = replace(adapter, key="wrong" + "0" * 27, path=folder)
    message = f"does not do what it learnt: its loss on example validation.*remove the folder adapter/{changed.key}"
    with pytest.raises(ArmError, match=f"arm qlora: .*{message}"):
        found(arm(loaded, None, name="qlora", adapter=changed))
    for way in (
        lambda: found(arm(loaded, None, name="hybrid", adapter=changed)),
        lambda: answered(arm(loaded, None, name="hybrid", adapter=changed)),
        lambda: loaded.activate("hybrid", changed, "merged"),
    ):
        with pytest.raises(ArmError, match=f"arm hybrid: .*{message}"):
            way()
    assert found(arm(loaded, None, adapter=adapter))["adapter"].flag == ""
    answered(arm(loaded, None))


def test_an_adapter_that_cannot_be_switched_off_is_refused_for_the_next_arm_too(loaded, adapter):
    """The layers that arms share change after the first of them: hybrid answered with what qlora was refused for."""
    import torch

    answered(arm(loaded, None))
    with torch.no_grad():
        loaded.base.model.layers[0].mlp.up_proj.weight[0, 0] += 1
    for name in ("qlora", "hybrid"):
        with pytest.raises(ArmError, match=f"arm {name}: .* cannot be switched off"):
            answered(arm(loaded, None, name=name, adapter=adapter))
    with pytest.raises(ArmError, match="arm base: the bare base does not reproduce"):
        answered(arm(loaded, None, name="base"))


def other_weights(checkpoint, tmp_path):
    return loaded_from(make_checkpoint(tmp_path / "other", seed=1))


def other_quantisation(checkpoint, tmp_path):
    return loaded_from(checkpoint, "nf4")


@pytest.mark.parametrize("base", [other_weights, other_quantisation])
def test_an_adapter_on_another_base_is_refused(adapter, checkpoint, tmp_path, base):
    with pytest.raises(ArmError, match="does not do what it learnt"):
        found(arm(base(checkpoint, tmp_path), None, adapter=adapter))


def test_another_template_than_in_training_is_refused(loaded, adapter):
    loaded.format.tokenizer.chat_template = loaded.format.tokenizer.chat_template.replace("<|assistant|>", "<|user|>")
    with pytest.raises(ArmError, match="was trained with another prompt of example validation0 than answering writes"):
        found(arm(loaded, None, adapter=adapter))


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (DoorTask(instruction="Answer in Latin."), "another prompt of example validation0"),
        (DoorTask(references=(COLOURS[1],)), "does not do what it learnt"),
    ],
)
def test_an_adapter_of_another_task_is_refused(loaded, adapter, task, reason):
    with pytest.raises(ArmError, match=reason):
        found(arm(loaded, None, adapter=adapter, task=task))


def test_questions_with_an_instruction_of_their_own_are_answered_by_the_tasks_adapter(loaded, adapter):
    """Seen in the study of forgetting: its probes have their own instruction, and every adapter was refused."""
    probed = ChangedTask(DoorTask(), trained_on=DoorTask(), asked_to="Answer in Latin.")
    checked = found(arm(loaded, None, adapter=adapter, task=probed))
    assert (checked["adapter"].checked, checked["adapter"].flag) == (4, "")


@pytest.mark.parametrize("missing", [{"example_id": "elsewhere"}, {"passages": [["no such document", 0, 3]]}])
def test_an_adapter_trained_on_what_the_task_has_not_is_refused(loaded, adapter, missing):
    rows = [{**row, **missing} for row in adapter.facts["row_losses"]]
    with pytest.raises(ArmError, match="this task has not"):
        found(arm(loaded, None, adapter=replace(adapter, facts={**adapter.facts, "row_losses": rows})))


def test_passages_of_training_are_shown_again(loaded, adapter):
    rows = [{**row, "passages": [["d1", 0, 4]]} for row in adapter.facts["row_losses"]]
    prepared = arm(loaded, None, adapter=replace(adapter, facts={**adapter.facts, "row_losses": rows}))
    with pytest.raises(ArmError, match="another prompt of example validation0"):  # it was trained without passages
        found(prepared)


def test_an_adapter_of_an_earlier_version_is_said_to_be_unchecked(loaded, adapter):
    facts = {name: fact for name, fact in adapter.facts.items() if name not in ("row_losses", "twins")}
    checked = found(arm(loaded, None, adapter=replace(adapter, facts=facts)))["adapter"]
    assert (checked.checked, "was not checked" in checked.flag) == (0, True)
