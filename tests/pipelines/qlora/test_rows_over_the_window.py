"""Training rows that are longer than the context window: counted, shortened as the task says, or refused."""

from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.types import Example, Passage, Turn
from pipelines.qlora import training
from pipelines.qlora.formatting import Formatter
from tests.checkpoints.recipe import RECIPE
from tests.pipelines.arms import PROMPT, DoorTask, loaded_from


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return loaded_from(checkpoint)


def rows(loaded, task, examples, passages, window=120):
    return Formatter(loaded.format, PROMPT, window, "I do not know.").rows(task, examples, passages)


def examples(long, of=6):
    """The first ones are longer than the window."""
    return [
        Example(f"e{number}", "Which door is it? " * (60 if number < long else 1), ("red",), ()) for number in range(of)
    ]


def passage(words):
    return Passage("d", "red " * words, 0, 4 * words, 1.0)


def trained(loaded, made, folder):
    recipe = replace(RECIPE, epochs=1, learning_rate=0.02)
    return training.train(loaded.generator, loaded.format, recipe, made, made, 0, folder)


def test_rows_are_left_out_or_shortened_as_the_task_says_and_counted(loaded):
    made = rows(loaded, DoorTask(cut=None), examples(3), [()] * 6)
    assert (len(made.rows), made.dropped, made.inputs_cut) == (3, 3, 0)
    made = rows(loaded, DoorTask(cut="start"), examples(3), [()] * 6)
    assert (len(made.rows), made.dropped, made.inputs_cut) == (6, 0, 3)
    assert all(len(row.input_ids) <= 120 for row in made.rows)


def test_a_long_conversation_is_a_row_of_its_newest_turns(loaded):
    chat = (*(Turn(role, "Which door is it? " * 5) for role in ("user", "assistant") * 5), Turn("user", "Which one?"))
    made = rows(loaded, DoorTask(cut="end"), [Example("e", chat, ("red",), ())], [()])
    assert (len(made.rows), made.inputs_cut) == (1, 1)
    assert "Which one?" in loaded.format.tokenizer.decode(made.rows[0].input_ids)


@pytest.mark.slow
def test_half_of_the_rows_without_room_for_their_passages_are_counted_and_the_adapter_is_finite(loaded, tmp_path):
    from safetensors.torch import load_file

    made = rows(loaded, DoorTask(), examples(0), [(passage(4 if number % 2 else 400),) for number in range(6)])
    assert made.facts() | {"rows_bare": 3, "rows_dropped": 0} == made.facts()
    trained(loaded, made, tmp_path)
    weights = load_file(tmp_path / training.ADAPTER)
    assert all(bool(value.isfinite().all()) for value in weights.values())


def test_without_room_for_any_passage_or_row_nothing_is_trained(loaded, tmp_path):
    made = rows(loaded, DoorTask(), examples(0), [(passage(400),)] * 6)
    with pytest.raises(ArmError, match="none of the 6 training rows has room for any of its passages"):
        trained(loaded, made, tmp_path)
    made = rows(loaded, DoorTask(), examples(6), [(passage(4),)] * 6)
    with pytest.raises(ArmError, match=r"6 of the examples do not fit .*task\.cut shortens them"):
        trained(loaded, made, tmp_path)
