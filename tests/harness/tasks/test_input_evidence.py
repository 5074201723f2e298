"""Where nobody says what the evidence is, and there are no documents: do the references rest on their inputs?"""

import json
import random
from dataclasses import replace

import pytest

from harness.tasks.columns import Columns
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileRow
from harness.tasks.input_evidence import ENOUGH, measured
from harness.tasks.mapping import ONLY_ASKS, UNSTATED, read_examples
from harness.tasks.missing_columns import MissingColumns
from harness.types import SPLITS, THE_INPUT, Example, Turn
from tests.harness.tasks.making import write_lines

CITIES = ("Lyon", "Porto", "Oslo", "Cairo", "Lima", "Havana", "Nairobi", "Tokyo", "Turin", "Ghent", "Bern", "Riga")


WORDS = [
    f"{first}{last}"
    for first in ("bal", "dor", "fen", "kim", "lup", "mor", "tas", "vel")
    for last in ("an", "ek", "ido", "ona", "ur", "etta", "ost", "iv")
]


def summary(number):
    draw = random.Random(number)
    first, second, third = (draw.sample(WORDS, 6) for _ in range(3))
    told = f"The {first[0]} of the {first[1]} reached the {first[2]} before the {first[3]} and the {first[4]}"
    rest = f"Every {second[0]} had a {second[1]}, a {second[2]} and one {second[3]}. No {third[0]} met a {third[1]}."
    return f"{told}. {rest}", f"{told}."


def question(number):
    city = CITIES[number % len(CITIES)]
    return (
        f"Ticket {number}: which depot ships spare part {700 + number} to {city}?",
        f"Depot {chr(65 + number)}, gate 3",
    )


def echo(number):
    """A question put as an order, and an answer that repeats it and adds the one thing that was asked for."""
    city = CITIES[number % len(CITIES)]
    order = f"Name the depot that ships spare part {700 + number} to {city} in week {number}."
    return order, f"Spare part {700 + number} is shipped to {city} in week {number} from depot {chr(65 + number)}."


PREAMBLE = (
    "You work for a logistics company with trucks, trains and ships in forty countries. Answer politely and briefly, "
    "never invent anything, mention the customer's concern and close with our slogan. "
)


def instructed(number):
    text, answer = echo(number)
    return PREAMBLE + text, answer


def choice(number):
    """One of several options of a long question."""
    names = [f"Warehouse {city} behind gate {number}" for city in CITIES[number % 4 : number % 4 + 4]]
    options = "\n".join(f"{letter}) {name}" for letter, name in zip("ABCD", names, strict=True))
    story = f"A lorry left the harbour with {number} crates of lamps, turned north and met a closed bridge."
    return f"{story} Where did it unload them in the end?\n{options}", names[2]


def label(number):
    return summary(number)[0], ("positive", "negative")[number % 2]


def rows(kind, count=12):
    return [Example(str(number), text, (answer,), ()) for number, (text, answer) in enumerate(map(kind, range(count)))]


def test_summaries_rest_on_their_inputs():
    found = measured(rows(summary))
    assert found.known
    told = "evidence: the inputs, inferred since 10 of 12 references rest on their inputs (50% are enough)"
    assert str(found) == f'{told}; task.columns.evidence=["@unknown"] turns that off'


@pytest.mark.parametrize("kind", [question, echo, instructed, choice, label])
def test_what_only_repeats_the_question_rests_on_nothing(kind):
    found = measured(rows(kind))
    assert found.resting == 0
    assert "unknown; 0 of 12 references" in str(found)
    assert '["@input"]' in str(found)


def test_few_rows_show_nothing():
    assert not measured(rows(summary, ENOUGH - 1)).known
    assert measured(rows(summary, ENOUGH)).known


def filled(folder, kind, **more):
    (folder / "documents.jsonl").unlink()
    for split in SPLITS:
        own = [
            {"id": f"{split}{row.id}", "input": f"{row.input} ({split})", "references": row.references[0]}
            for row in rows(kind)
        ]
        write_lines(folder / f"{split}.jsonl", [{**row, **more} for row in own])


def test_a_task_without_documents_has_the_evidence_that_was_measured(task, folder):
    filled(folder, summary)
    known = task()
    assert known.examples("test")[0].evidence == THE_INPUT
    assert any(line.startswith("evidence: the inputs") for line in known.remarks())
    (folder / "documents.jsonl").touch()
    filled(folder, question)
    unknown = task()
    assert unknown.examples("test")[0].evidence == ()
    assert unknown.provenance()["evidence"] in unknown.remarks()


def test_who_states_the_evidence_is_believed(task, folder):
    filled(folder, question, evidence="@input")
    stated = task()
    assert stated.examples("test")[0].evidence == THE_INPUT
    assert not any("evidence" in line for line in stated.remarks())
    assert "evidence" not in stated.provenance()
    by_key = task(columns__evidence=["@input"])
    assert by_key.examples("test")[0].evidence == THE_INPUT


def test_data_whose_evidence_became_unknown_have_a_new_key(task, folder):
    """Records of before, which called the input the evidence, are not taken for records of today."""
    filled(folder, question)
    unknown = task().content_key()
    object.__setattr__(built := task(), "_data", built._data.__class__(built._data.splits, [], "", ()))
    assert unknown != built.content_key()


def test_what_is_inferred_is_turned_off_by_a_key(task, folder):
    filled(folder, summary)
    off = task(columns__evidence=["@unknown"])
    assert off.examples("test")[0].evidence == ()
    assert not any("evidence" in line for line in off.remarks())


def alpaca(number):
    text, answer = summary(number)
    if number % 3:
        return {"instruction": "Say it in a sentence.", "input": text, "output": answer}
    return {
        "instruction": f"Tell one thing about the {WORDS[number]} of {WORDS[-number]}.",
        "input": "",
        "output": "A.",
    }


def test_alpaca_rows_without_an_input_have_unknown_evidence_and_do_not_count(task, folder):
    (folder / "documents.jsonl").unlink()
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", [alpaca(number) for number in range(1, 31)])
    known = task(splits={"train": "train", "validation": None, "test": None})
    examples = [row for split in SPLITS for row in known.examples(split)]
    assert {row.evidence for row in examples if "Say it" in row.text} == {THE_INPUT}
    assert {row.evidence for row in examples if "Say it" not in row.text} == {()}
    (told,) = [line for line in known.remarks() if line.startswith("evidence")]
    asked = sum("Say it" in row.text for row in known.examples("train"))
    assert f" of {asked} references rest on their inputs" in told
    assert "unknown for the 10 without an input" in told


def test_columns_that_are_read_together_have_a_text_or_only_ask(task, folder):
    (folder / "documents.jsonl").unlink()
    for split in SPLITS:
        rows = [
            (f"{split} {text}" if number % 2 else "", answer)
            for number in range(24)
            for text, answer in [summary(number)]
        ]
        lines = [
            {"ask": f"Shorten {split} {n}.", "text": text, "references": out} for n, (text, out) in enumerate(rows)
        ]
        write_lines(folder / f"{split}.jsonl", lines)
    known = task(columns__input=["ask+text"], columns__id=[])
    assert {len(row.text) > 40: row.evidence for row in known.examples("test")} == {True: THE_INPUT, False: ()}


def looked_up(number):
    place, size = WORDS[number], f"{100 + number}"
    result = json.dumps({"opened": 1800 + number, "size": size})
    turns = [("user", f"How large is the {place}?"), ("assistant", f"Tool call: lookup({place})")]
    turns.append(("user", f"Tool result: {result}"))
    return Example(place, tuple(Turn(role, text) for role, text in turns), (f"By our handbook: {size}.",), ())


def test_a_short_answer_rests_on_what_a_tool_returned():
    found = measured([looked_up(number) for number in range(12)])
    assert (found.resting, found.rows) == (12, 12)


def test_an_answer_that_the_tool_did_not_return_rests_on_nothing():
    rows = [replace(looked_up(number), references=(f"It is {number + 500}.",)) for number in range(12)]
    assert measured(rows).resting == 0


def test_chats_without_a_tool_are_counted_for_themselves(task, folder):
    (folder / "documents.jsonl").unlink()
    for split in SPLITS:
        chats = []
        for number in range(48):
            row, (asked, answer) = looked_up(number), question(number)
            turns = [{"role": turn.role, "content": turn.content} for turn in row.input]
            turns[2] = {"role": "tool", "content": turns[2]["content"].removeprefix("Tool result: ")}
            plain = [{"role": "user", "content": f"{split} {asked}"}]
            said = [*(turns if number % 2 else plain)]
            chats.append([*said, {"role": "assistant", "content": row.references[0] if number % 2 else answer}])
        write_lines(folder / f"{split}.jsonl", [{"messages": chat} for chat in chats])
    known = task(splits={"train": "train", "validation": None, "test": None})
    examples = [row for split in SPLITS for row in known.examples(split)]
    assert {"Tool result" in row.text: row.evidence for row in examples} == {True: THE_INPUT, False: ()}
    (told,) = [line for line in known.remarks() if line.startswith("evidence")]
    assert "rest on their tool results" in told
    assert "of the other rows: unknown, as 0 of " in told


@pytest.mark.parametrize(("default", "expected"), [((), [(), ()]), (UNSTATED, [ONLY_ASKS, UNSTATED])])
def test_only_a_task_that_looks_for_evidence_is_told_which_rows_only_ask(default, expected):
    """A hub set that names no evidence has none, and never the mark itself."""
    columns = Columns((), ("instruction+context",), ("answer",), (), (), (), (), ())
    rows = [
        FileRow("rows:1", 1, {"instruction": "Name a river.", "context": None, "answer": "Nile"}),
        FileRow("rows:2", 2, {"instruction": "Name it.", "context": "A river is the Nile.", "answer": "Nile"}),
    ]
    complaints = Complaints()
    read = read_examples(rows, columns, "rows", default, MissingColumns(complaints))
    assert [entry.evidence for entry in read] == expected
