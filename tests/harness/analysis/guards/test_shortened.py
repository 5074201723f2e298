"""What did not fit the context window is said with its share."""

from dataclasses import asdict, replace

import pytest

from harness.analysis.roles import Role
from harness.types import Turn
from tests.harness.analysis.guards.making import N, answering, flags, sound, with_facts


def cut(record, count, **changes):
    return answering(record, lambda number, _: changes if number < count else {})


def found(*records, topic):
    return [line.removeprefix(f"{topic}: ") for line in flags(*records) if line.startswith(f"{topic}: ")]


def cut_as(record, setting):
    answers = {**record.spec["cell"]["answers"], "cut_long_input": setting}
    return replace(record, spec={**record.spec, "cell": {**record.spec["cell"], "answers": answers}})


def test_the_share_of_cut_inputs_is_said_with_the_part_that_they_lost():
    records = [cut_as(cut(sound(arm), N // 4, input_cut=True), "start") for arm in ("base", "rag")]
    (text,) = found(*records, topic="Cut inputs")
    assert text.startswith("base and rag: 10 of 40 (25 %) inputs did not fit the context window and lost their start;")
    assert not found(sound("base"), sound("rag"), topic="Cut inputs")


def test_a_conversation_lost_its_oldest_turns():
    record = cut(sound("base"), N, input_cut=True)
    chats = tuple(replace(one, input=(Turn("user", "Hi"), Turn("user", one.text))) for one in record.examples)
    (text,) = found(replace(record, examples=chats), topic="Cut inputs")
    assert "40 of 40 (100 %)" in text
    assert "lost their oldest turns;" in text
    single = tuple(replace(one, input=(Turn("user", one.text),)) for one in record.examples)
    (text,) = found(cut_as(replace(record, examples=single), "end"), topic="Cut inputs")
    assert "lost their end;" in text


def test_inputs_that_were_not_asked_are_named():
    gone = {"finish": "error", "text": "", "error": "the prompt needs 9,000 tokens without any passage"}
    (text,) = found(cut(sound("base"), 4, **gone), topic="Long inputs")
    assert text.startswith("base: 4 of 40 (10 %) inputs")
    assert "task.cut=start" in text


def test_prompts_without_room_for_passages_are_named():
    (text,) = found(sound("base"), cut(sound("rag"), 8, passages=(), passages_dropped=4), topic="Passages left out")
    assert text.startswith("rag: 8 of 40 (20 %) prompts")


@pytest.mark.parametrize(
    ("role", "advice"),
    [
        (Role(retrieves=True), "passages found; lower retriever.chunking.max_tokens"),
        (Role(few_shot=True), "pairs, which are shown whole; take a model"),
        (Role(retrieves=True, whole_base=True), "documents, which are shown whole beside the longest questions; leave"),
    ],
)
def test_what_would_help_depends_on_the_arm(role, advice):
    record = with_facts(cut(sound("rag"), 8, passages=(), passages_dropped=4), role=asdict(role))
    (text,) = found(record, topic="Passages left out")
    assert advice in text


def test_training_rows_that_were_cut_or_left_out_are_counted():
    counts = {"rows": 10, "rows_dropped": 10, "rows_without_reference": 0, "inputs_cut": 5, "rows_bare": 5}
    training = {**sound("qlora").facts["training"], **counts, "validation_loss": [], "kept_step": 1, "steps": 1}
    texts = found(with_facts(sound("qlora"), training=training), topic="Training rows")
    assert [text.split(" training rows")[0] for text in texts] == [
        "qlora: 10 of 20 (50 %)", "qlora: 5 of 10 (50 %)", "qlora: 5 of 10 (50 %)",
    ]  # fmt: skip
