from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
import trl.trainer.utils as inside
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from harness.types import Turn
from pipelines.generators.loading import load_model
from pipelines.qlora import training
from pipelines.qlora.batches import RightPadded, scores_answers_only
from pipelines.qlora.formatting import TrainingRow
from tests.checkpoints.recipe import RECIPE

QUESTIONS = ("What colour is door 1?", "What colour is the third door on the left behind the old mill?")


@pytest.fixture
def unquantised(generator):
    return replace(generator, quantisation="none", dtype="float32")


@pytest.fixture
def rows(unquantised):
    chat = unquantised.load().format
    made = []
    for question in QUESTIONS:
        prompt, answer = chat.prompt_ids([Turn("user", question)]), chat.answer_ids("It is red.")
        made.append(TrainingRow(prompt + answer, [-100] * len(prompt) + answer))
    return made


def examples(rows):
    return [{"input_ids": row.input_ids, "labels": row.labels} for row in rows]


def test_short_rows_are_padded_on_the_right():
    batch = RightPadded(9)([{"input_ids": [1, 2, 3], "labels": [-100, 2, 3]}, {"input_ids": [4], "labels": [4]}])
    assert batch["input_ids"].tolist() == [[1, 2, 3], [4, 9, 9]]
    assert batch["labels"].tolist() == [[-100, 2, 3], [4, -100, -100]]
    assert batch["position_ids"].tolist() == [[0, 1, 2], [0, 1, 2]]
    assert "attention_mask" not in batch


def loss_and_gradients(generator, batch):
    model = load_model(generator).train()
    loss = model(**batch).loss
    loss.backward()
    return loss.item(), torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def test_rows_learn_the_same_as_under_a_mask(unquantised, rows):
    assert len(rows[0].input_ids) != len(rows[1].input_ids)
    masked = loss_and_gradients(unquantised, DataCollatorForLanguageModeling(pad_token_id=0)(examples(rows)))
    plain = loss_and_gradients(unquantised, RightPadded(0)(examples(rows)))
    assert plain[0] == pytest.approx(masked[0], rel=1e-6)
    torch.testing.assert_close(plain[1], masked[1], rtol=1e-4, atol=1e-6)


def trained(generator, rows, folder):
    """Loss of two steps on these rows."""
    chat = SimpleNamespace(tokenizer=generator.load().format.tokenizer)
    recipe = replace(RECIPE, batch_size=2, micro_batch_size=2, epochs=2.0)
    trainer = training.trainer_of(generator, chat, recipe, rows, [], 0, folder)
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def test_only_answers_are_scored_and_the_loss_stays(unquantised, rows, tmp_path, monkeypatch):
    scored = []

    class Watched(inside._ChunkedLogProbFunction):
        @classmethod
        def apply(cls, hidden, *rest):
            scored.append(len(hidden))
            return inside_before.apply(hidden, *rest)

    inside_before = inside._ChunkedLogProbFunction
    monkeypatch.setattr(inside, "_ChunkedLogProbFunction", Watched)
    everywhere = trained(unquantised, rows, tmp_path / "all")
    positions, scored[:] = scored[0], []
    with scores_answers_only():
        answers = trained(unquantised, rows, tmp_path / "answers")
    assert scored[0] == sum(label != -100 for row in rows for label in row.labels) < positions
    assert answers == pytest.approx(everywhere, rel=1e-5)


def test_the_switch_is_put_back():
    before = inside._use_triton
    with scores_answers_only():
        assert inside._use_triton(torch.device("cpu"))
    assert inside._use_triton is before


def test_a_trainer_without_the_switch_is_left_alone(monkeypatch):
    monkeypatch.delattr(inside, "_use_triton")
    with scores_answers_only():
        assert not hasattr(inside, "_use_triton")
