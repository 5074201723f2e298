"""Memory that runs out while answering and training; the allocator's own errors are real, the limits are made."""

import logging
from dataclasses import replace

import pytest

from harness.analysis.notes.halved import HALVED
from harness.errors import ArmError
from pipelines.generators.halving import Halving, out_of_memory
from pipelines.qlora import training
from tests.checkpoints.recipe import RECIPE
from tests.harness.analysis.test_table import HALF, note, record
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from
from tests.pipelines.generators.test_choice_scores import TURNS
from tests.pipelines.qlora.test_training import rows

TOO_MUCH = 2**50


def allocate_too_much():
    import torch

    return torch.empty(TOO_MUCH, dtype=torch.uint8)


def no_memory_on_a_gpu():
    import torch

    raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def loaded(checkpoint):
    return loaded_from(checkpoint)


def holding(loaded, monkeypatch, most, exhaust):
    """Have generate run out of memory beyond `most` rows; returns the sizes that were tried."""
    whole, tried = loaded.base.generate, []

    def generate(input_ids, **more):
        tried.append(len(input_ids))
        if len(input_ids) > most:
            exhaust()
        return whole(input_ids=input_ids, **more)

    monkeypatch.setattr(loaded.base, "generate", generate)
    return tried


@pytest.mark.parametrize("exhaust", [allocate_too_much, no_memory_on_a_gpu])
def test_what_says_that_memory_ran_out_is_recognised(exhaust):
    with pytest.raises(RuntimeError) as caught:
        exhaust()
    assert out_of_memory(caught.value)


def test_other_errors_are_not_taken_for_it():
    assert out_of_memory(MemoryError())
    assert not out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not out_of_memory(ValueError("out of memory"))


@pytest.mark.parametrize("exhaust", [allocate_too_much, no_memory_on_a_gpu])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_batch_that_does_not_fit_is_answered_in_halves(loaded, store, monkeypatch, caplog, exhaust, most):
    prepared = arm(loaded, store)
    _, right = answered(prepared)
    tried = holding(loaded, monkeypatch, most, exhaust)
    with caplog.at_level(logging.WARNING):
        _, found = answered(prepared)
    assert [one.text for one in found] == [one.text for one in right]
    assert {one.finish for one in found} <= {"stop", "length", "loop"}
    failed = [size for size in tried if size > most]
    assert prepared.facts[HALVED] == {"times": len(failed), "smallest": max(1, most - most % 2)}
    assert {span.batch_size for one in found for span in one.spans} <= set(range(1, most + 1))
    assert caplog.text.count("do not fit the memory") == 1


def test_what_did_not_fit_is_not_tried_again(loaded, store, monkeypatch):
    tried = holding(loaded, monkeypatch, 2, no_memory_on_a_gpu)
    answered(arm(loaded, store))
    assert tried == [4, 2, 2, 2, 2, 2, 2]  # twelve prompts, of nearly one length


def test_a_prompt_that_does_not_fit_alone_fails_and_the_others_are_answered(loaded, store, monkeypatch):
    whole = loaded.base.generate
    longest = max(loaded.count(arm(loaded, store).render(one, (), False)) for one in DoorTask().examples("test"))

    def generate(input_ids, **more):
        if input_ids.shape[1] >= longest:
            no_memory_on_a_gpu()
        return whole(input_ids=input_ids, **more)

    monkeypatch.setattr(loaded.base, "generate", generate)
    prepared = arm(loaded, store)
    _, found = answered(prepared)
    errors = [one.error for one in found if one.finish == "error"]
    assert 0 < len(errors) < len(found)
    assert all("out of memory with this prompt alone" in error for error in errors)


def test_another_arm_begins_with_whole_batches(loaded, store, monkeypatch):
    with monkeypatch.context() as full:
        holding(loaded, full, 2, no_memory_on_a_gpu)
        answered(arm(loaded, store))
    tried = holding(loaded, monkeypatch, 4, no_memory_on_a_gpu)
    second = arm(loaded, store)
    answered(second)
    assert set(tried) == {4}
    assert HALVED not in second.facts


def test_an_error_of_another_kind_is_passed_on(loaded, store, monkeypatch):
    def broken():
        raise RuntimeError("device-side assert triggered")

    holding(loaded, monkeypatch, 2, broken)
    with pytest.raises(RuntimeError, match="device-side assert"):
        answered(arm(loaded, store))


def test_choices_are_read_in_halves_too(loaded, monkeypatch):
    from pipelines.generators import hf

    choices = ("red", "blue and white", "green", "blue")
    right, whole = loaded.choice_logliks(TURNS, choices), hf.choice_logliks

    def read(model, prompt, part, batch_tokens):
        return no_memory_on_a_gpu() if len(part) > most else whole(model, prompt, part, batch_tokens)

    monkeypatch.setattr(hf, "choice_logliks", read)
    most = 1
    assert loaded.choice_logliks(TURNS, choices) == pytest.approx(right, abs=1e-4)
    most = 0
    with pytest.raises(ArmError, match="does not fit the memory beside its prompt"):
        loaded.choice_logliks(TURNS, choices)


def test_order_and_number_of_results_are_kept():
    halving = Halving(lambda what: None)

    def work(part):
        if len(part) > 3:
            raise MemoryError
        return [item * 2 for item in part]

    assert halving.done(range(11), lambda item: 1, work, lambda item, why: -1) == [2 * item for item in range(11)]


def test_halvings_are_said_under_the_table():
    from harness.analysis.table import build

    halved = {"split": "test", "limit": 20, HALVED: {"times": 3, "smallest": 4}}
    table = build([record("base", HALF), record("rag", HALF, facts=halved)], resamples=100)
    assert "rag 3 times, down to 4; lower model.batch_tokens" in note(table, "Memory")
    assert not note(build([record("base", HALF)], resamples=100), "Memory")


def exhausted_at(monkeypatch, step, exhaust):
    """Have the forward pass of one training step run out of memory."""
    from trl import SFTTrainer

    whole = SFTTrainer.compute_loss

    def loss(self, model, inputs, *arguments, **more):
        if model.training and self.state.global_step >= step and len(inputs["input_ids"]) > 1:
            exhaust()
        return whole(self, model, inputs, *arguments, **more)

    monkeypatch.setattr(SFTTrainer, "compute_loss", loss)


@pytest.mark.parametrize("exhaust", [allocate_too_much, no_memory_on_a_gpu])
def test_training_names_the_key_and_goes_on_from_its_checkpoint(generator, tmp_path, monkeypatch, caplog, exhaust):
    chat = generator.load().format
    given = (generator, chat, RECIPE, rows(chat, 16), rows(chat, 4), 0)
    whole = training.train(*given, tmp_path / "whole")
    exhausted_at(monkeypatch, 6, exhaust)
    with pytest.raises(ArmError, match=r"out of memory at step 7 of 12 .* set adapter\.micro_batch_size=1"):
        training.train(*given, tmp_path / "torn")
    assert (tmp_path / "torn" / training.CHECKPOINTS / "checkpoint-4").is_dir()
    smaller = (generator, chat, replace(RECIPE, micro_batch_size=1), *given[3:])
    with caplog.at_level(logging.INFO):
        facts = training.train(*smaller, tmp_path / "torn")
    assert "training continues from step 4" in caplog.text
    assert facts["steps"] == whole["steps"]
    assert facts["train_loss"][-1][1] == pytest.approx(whole["train_loss"][-1][1], rel=0.2)


def test_advice_divides_the_batch_and_ends_at_single_rows():
    from pipelines.qlora.training import smaller_passes

    assert "adapter.micro_batch_size=3" in smaller_passes(replace(RECIPE, batch_size=12, micro_batch_size=6))
    assert "adapter.micro_batch_size=2" in smaller_passes(replace(RECIPE, batch_size=4, micro_batch_size=99))
    single = replace(RECIPE, micro_batch_size=1)
    assert "adapter.activation_checkpointing=true" in smaller_passes(single)
    assert "shorter inputs" in smaller_passes(replace(single, activation_checkpointing=True))


def test_weights_that_do_not_fit_are_not_called_damaged(generator, monkeypatch):
    from transformers import AutoModelForCausalLM

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", lambda *_, **__: allocate_too_much())
    with pytest.raises(ArmError, match="do not fit the memory of"):
        _ = generator.load().base
