"""Conversations in known formats become examples: whose turns are asked, whose answer is the reference."""

import json

import pytest

from harness.types import Turn
from tests.harness.tasks.making import said, says


def test_sharegpt(made):
    task = made(
        [
            {"id": "a", "conversations": says(("human", "q"), ("gpt", "r"))},
            {
                "conversations": says(
                    *[("system", "S"), ("human", "q"), ("function_call", "f(1)"), ("observation", "42")],
                    *[("human", "?"), ("gpt", "r"), ("human", "thanks")],
                )
            },
            {
                "conversations": says(
                    *[("gpt", "hello"), ("human", "a"), ("human", "b"), ("gpt", "c"), ("human", "d"), ("gpt", "e")]
                )
            },
        ]
    )  # fmt: skip
    first, second, third = task.examples("train")
    assert (first.id, first.input, first.references) == ("a", "q", ("r",))
    assert second.input == (
        *(Turn("system", "S"), Turn("user", "q"), Turn("assistant", "Tool call: f(1)")),
        Turn("user", "Tool result: 42\n\n?"),
    )
    assert second.references == ("r",)
    assert third.input == (Turn("user", "a\n\nb"), Turn("assistant", "c"), Turn("user", "d"))
    for part in ("ShareGPT", "Tool result", "Tool call", "turns after the last", "before the first of the user"):
        assert part in said(task)


def test_openai(made):
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}
    task = made(
        [
            {
                "messages": [
                    {"role": "developer", "content": "S"},
                    {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "text", "text": "y"}]},
                    {"role": "assistant", "content": None, "tool_calls": [call]},
                    {"role": "tool", "name": "weather", "content": "sunny"},
                    {"role": "assistant", "content": "Sunny."},
                ],
                "tools": [{"name": "weather"}],
            },
            {
                "messages": [
                    {"role": "user", "content": "q"},
                    {"role": "assistant", "tool_calls": [call], "content": ""},
                ]
            },
        ]
    )
    first, second = task.examples("train")
    called = 'Tool call: weather({"city": "Bern"})'
    assert first.input == (
        *(Turn("system", "S"), Turn("user", "x\ny"), Turn("assistant", called)),
        Turn("user", "Tool result of weather: sunny"),
    )
    assert (first.references, second.input, second.references) == (("Sunny.",), "q", (called,))
    assert "the descriptions of tools (column tools) are not shown to the model (1 row)" in said(task)


def test_prompt_and_completion_as_turns_and_openai_evals(made):
    turn = {"role": "user", "content": "q"}
    task = made([{"prompt": [turn], "completion": [{"role": "assistant", "content": "r"}]}])
    assert (task.examples("train")[0].input, task.examples("train")[0].references) == ("q", ("r",))
    task = made([{"input": [{"role": "system", "content": "S"}, turn], "ideal": "r"}])
    assert task.examples("train")[0].input == (Turn("system", "S"), Turn("user", "q"))


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        (says(("human", "q")), "has no turn of the assistant"),
        (says(("gpt", "q")), "has no turn of the user before the assistant's"),
        (says(("alien", "q"), ("gpt", "x")), "turn 1 is by 'alien', want one of system, user or human"),
        (says(("human", 5), ("gpt", "x")), "the content of turn 1 is 5, want a text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "turn 1 holds 'image_url': models here read text"),
    ],
    ids=str,
)
def test_bad_conversations(made, turns, message):
    good = {"conversations": says(("human", "q"), ("gpt", "r"))}
    (problem,) = made([good, good, {"conversations": turns}]).problems()
    assert "train.jsonl:3: " in problem
    assert message in problem


def test_messages_in_a_table(made):
    cell = "[{'role': 'user', 'content': 'hi'}\n {'role': 'assistant', 'content': 'yo'}]"
    task = made(f'messages\n"{cell}"\n', "train.csv")
    assert (task.examples("train")[0].input, task.examples("train")[0].references) == ("hi", ("yo",))


TURNS = [{"role": "user", "content": "Whence?"}, {"role": "model", "content": "Kiel"}]


def test_last_speaker_of_any_name_answers(made):
    task = made([{"messages": TURNS, "answer": "Other"}] * 2)
    assert {own.references for own in task.examples("train")} == {("Kiel",)}
    assert "not read: answer" in said(task)


@pytest.mark.parametrize(
    "system", ["Be short.", [{"text": "Be short."}], {"role": "system", "parts": [{"text": "Be short."}]}]
)
@pytest.mark.parametrize("name", ["system", "system_prompt", "systemInstruction"])
def test_system_column_of_any_form_is_the_first_turn(made, name, system):
    task = made([{name: system, "messages": TURNS}])
    assert task.examples("train")[0].input[0].content == "Be short."
    assert "not read" not in said(task)


def test_turns_in_parts_and_turns_in_a_text_of_json(made):
    parts = [{"role": one["role"], "parts": [{"text": one["content"]}]} for one in TURNS]
    task = made([{"contents": parts}, {"messages": json.dumps(TURNS).replace("Whence", "Where")}])
    assert [(own.text, own.references) for own in task.examples("train")] == [
        ("Whence?", ("Kiel",)),
        ("Where?", ("Kiel",)),
    ]


@pytest.mark.parametrize(
    "field",
    [{"expected_output": "Kiel"}, {"chosen": {"role": "assistant", "content": "Kiel"}}, {"ground_truth": "Kiel"}],
)
def test_answer_to_turns_stands_in_a_column(made, field):
    task = made([{"messages": TURNS[:1], **field, "rejected": "Oslo"}])
    assert task.examples("train")[0].references == ("Kiel",)
    assert "not read: rejected" in said(task)


def test_turns_of_weight_0_are_no_references(made):
    bad = {"role": "assistant", "content": "Who cares?", "weight": 0}
    again = {"role": "user", "content": "And when?"}
    task = made([{"messages": [*TURNS, again, bad]}, {"messages": [TURNS[0], bad]}])
    assert [own.references for own in task.examples("train")] == [("Kiel",)]
    assert "have the weight 0" in said(task)
