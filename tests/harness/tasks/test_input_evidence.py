"""Where nobody says what the evidence is, and there are no documents: do the references rest on their inputs?"""

import random

import pytest

from harness.tasks.input_evidence import ENOUGH, measured
from harness.types import SPLITS, THE_INPUT, Example
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
    assert str(found) == "evidence: the inputs, since 10 of 12 references rest on their inputs (50% are enough)"


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
