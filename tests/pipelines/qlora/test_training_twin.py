"""Rows that are not what will be asked are found before anything is trained."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from harness.types import Example, Passage
from pipelines.qlora.batches import RightPadded
from pipelines.qlora.formatting import Formatter, TrainingRow, TrainingRows
from pipelines.qlora.training_twin import TrainingTwin, _own_answer, check_rows, check_trainer
from tests.pipelines.arms import PROMPT, REFUSAL, DoorTask, OwnDocument, arm, loaded_from

TASK = DoorTask()


@pytest.fixture
def loaded(checkpoint):
    return loaded_from(checkpoint)


def rows_of(loaded, task=TASK):
    queries = [SimpleNamespace(example_id=example.id) for example in task.examples("train")]
    passages = [found.passages for found in OwnDocument(task).search(queries)]
    return Formatter(loaded.format, PROMPT, loaded.window, REFUSAL).rows(task, task.examples("train"), passages).rows


def checked(loaded, rows, collator=None):
    """Check the rows as a trainer with this collator would give them, five to the batch."""
    collator = collator or RightPadded(0)

    def loader(dataset):
        return [
            collator([{"input_ids": row.input_ids, "labels": row.labels} for row in dataset[at : at + 5]])
            for at in range(0, len(dataset), 5)
        ]

    twin = TrainingTwin(loaded.format, arm(loaded, None).render, REFUSAL)
    return twin.check(SimpleNamespace(get_eval_dataloader=loader), rows, list)


def test_right_rows_pass(loaded):
    assert checked(loaded, rows_of(loaded)) == 12


def collated(change):
    def fault(loaded):
        def collate(rows):
            batch = RightPadded(0)(rows)
            change(batch)
            return batch

        return rows_of(loaded), collate

    return fault


def without_prompt_mask(batch):
    batch["labels"][:] = batch["input_ids"]


def all_masked(batch):
    batch["labels"][:] = -100


def shifted(batch):
    batch["labels"][:] = batch["labels"].roll(1, dims=1)


def cut(batch):
    batch["input_ids"] = batch["input_ids"][:, :30]
    batch["labels"] = batch["labels"][:, :30]


def padding_learnt(batch):
    batch["labels"][batch["input_ids"] == 0] = 0


def without_turn_end(loaded):
    return [replace(row, input_ids=row.input_ids[:-1], labels=row.labels[:-1]) for row in rows_of(loaded)], None


def other_rows_answers(loaded):
    rows = rows_of(loaded)
    return [
        replace(row, example=other.example, passages=other.passages)
        for row, other in zip(rows, rows[1:] + rows[:1], strict=True)
    ], None


def other_instruction(loaded):
    return rows_of(loaded, DoorTask(instruction="Reply.")), None


def passages_left_out(loaded):
    return [replace(row, passages=()) for row in rows_of(loaded)], None


def never_stops(loaded):
    loaded.format.stop_ids = []
    return rows_of(loaded), None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (collated(without_prompt_mask), "is learnt as .* and nothing else"),
        (collated(all_masked), "is learnt as -100"),
        (collated(shifted), "is learnt as"),
        (collated(cut), "is missing"),
        (collated(padding_learnt), "is learnt as 0"),
        (without_turn_end, "the reference has"),
        (other_rows_answers, "the prompt of answering has"),
        (other_instruction, "the prompt of answering has"),
        (passages_left_out, "the prompt of answering has"),
        (never_stops, "generation does not stop there"),
    ],
)
def test_rows_that_are_not_what_will_be_asked_are_refused(loaded, fault, reason):
    rows, collator = fault(loaded)
    with pytest.raises(ArmError, match=f"training row of example train.*({reason}).*nothing was trained"):
        checked(loaded, rows, collator)


def trainer(**changes):
    arguments = SimpleNamespace(
        learning_rate=changes.get("rate", 1e-3),
        max_steps=changes.get("steps", 6),
        train_batch_size=changes.get("micro", 2),
        gradient_accumulation_steps=2,
    )
    return SimpleNamespace(args=arguments, train_dataset=[0] * changes.get("rows", 10))


RECIPE = SimpleNamespace(learning_rate=1e-3, batch_size=4, epochs=2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rate": 5e-2}, "learning rate: 0.05"),
        ({"rows": 4}, "training rows: 4"),
        ({"steps": 1}, "steps: 1"),
        ({"micro": 8}, "rows per step: 16"),
    ],
)
def test_a_trainer_that_does_not_follow_the_recipe_is_refused(changes, message):
    check_trainer(trainer(), RECIPE, 10)
    with pytest.raises(ArmError, match=message):
        check_trainer(trainer(**changes), RECIPE, 10)


def test_examples_that_were_left_out_without_reason_are_refused(loaded):
    examples = [Example("1", "?", ("a",), ()), Example("2", "?", (), (), answerable=False), Example("3", "?", (), ())]
    made = TrainingRows(rows=[TrainingRow([1], [1])] * 2, unlabelled=1)
    check_rows(made, examples)
    made.rows.pop()
    with pytest.raises(ArmError, match="1 rows were made of 3 examples; 1 have no reference"):
        check_rows(made, examples)


def test_a_row_that_is_shown_its_own_answer_is_refused(loaded):
    row = replace(rows_of(loaded)[0], passages=(Passage(f"pair:{rows_of(loaded)[0].example.id}", "x", 0, 1, 1.0),))
    assert "its own answer" in _own_answer(row, row.example)
