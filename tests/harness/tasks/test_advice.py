"""What is advised where a role is played by no column: never a model's output, nothing that drops half of a role."""

import json
import re
import shlex

import pytest

from harness.tasks.suggestions import suggested
from tests.harness.tasks.making import build_task

QA = [
    ("How long is the ferry to Borkum?", "About two hours by the large ship."),
    ("Where do bicycles stand on board?", "On the car deck, behind the rail."),
    ("Which pier do we leave from?", "From the outer pier of the harbour."),
    ("May dogs come along?", "Yes, on a short leash and for a ticket."),
]
KEY = re.compile(r"set task\.columns\.(\w+)=(\S+\]'?)")


def task_of(folder, text, name="train.jsonl", **settings):
    rows = text if isinstance(text, str) else "".join(json.dumps(row) + "\n" for row in text)
    (folder / name).write_text(rows)
    return build_task(
        "jsonl", dir=str(folder), splits__train=name, splits__validation=None, splits__test=None, **settings
    )


def answers(task):
    assert not task.problems()
    return {own.references[0] for split in task.data.splits.values() for own in split}


@pytest.mark.parametrize(
    ("machine", "person"),
    [
        ("generated_answer", "human_answer"),
        ("llm_response", "sme_response"),
        ("gpt4Answer", "official_answer"),
        ("ai_response", "human_response"),
        ("rag_answer", "answer_key"),
    ],
)
def test_the_answer_of_a_model_is_never_offered(machine, person):
    rows = [{"question": q, machine: f"Bot {n}", person: a} for n, (q, a) in enumerate(QA)]
    assert suggested(rows, {"references": ["references"]}, ["question"]) == {"references": person}
    alone = [{"question": q, machine: a, "notes": f"Note {n} of mine."} for n, (q, a) in enumerate(QA)]
    assert not suggested(alone, {"references": ["references"]}, ["question"])


def test_columns_that_may_answer_are_named(tmp_path):
    rows = [{"question": q, "toxic": n % 2, "rude": (n + 1) % 2} for n, (q, _) in enumerate(QA)]
    problem = "".join(task_of(tmp_path, rows).problems())
    assert "name the one that is, task.columns.references=[COLUMN], such as toxic, rude" in problem
    assert answers(task_of(tmp_path, rows, columns__references=["toxic"], columns__id=[])) == {"0", "1"}


def test_numbered_answers_are_offered_also_where_some_are_empty():
    rows = [
        {"question": q, "answer1": a, "answer2": "So.", "answer3": "Or so." * (n % 2)} for n, (q, a) in enumerate(QA)
    ]
    assert suggested(rows, {"references": ["references"]}, ["question"]) == {"references": "answer1+answer2+answer3"}


@pytest.mark.parametrize(
    ("first", "second"), [("Question Title", "Question Body"), ("question1", "question2"), ("title", "selftext")]
)
def test_both_halves_of_a_question_are_offered(first, second):
    rows = [{first: q, second: f"More on it, namely {a}", "Best Answer": a} for q, a in QA]
    found = suggested(rows, {"input": ["input"], "references": ["references"]}, [])
    assert found == {"input": f"{first}+{second}", "references": "Best Answer"}


def test_addresses_do_not_ask():
    rows = [{"body": q, "documents": [f"http://site/{n}"], "answer": a} for n, (q, a) in enumerate(QA)]
    assert suggested(rows, {"input": ["input"]}, ["answer"]) == {"input": "body"}


def test_ids_that_are_not_wanted_are_not_read_in_known_formats(tmp_path):
    rows = [{"example_id": "x", "question": q, "options": ["No", a], "answer": "B"} for q, a in QA]
    assert "already used" in "".join(task_of(tmp_path, rows).problems())
    task = task_of(tmp_path, rows, columns__id=[])
    assert not task.problems()
    assert sum(map(len, task.data.splits.values())) == len(QA)


def test_texts_of_two_speakers_are_turns(tmp_path):
    rows = [{"conversations": [q, a, "Anything else?", f"No. {a}"], "source": "s"} for q, a in QA]
    assert answers(task_of(tmp_path, rows)) == {f"No. {a}" for _, a in QA}
    rows = [{"dialogue": [q, "Let us see.", "Fine."], "summary": a} for q, a in QA]
    assert answers(task_of(tmp_path, rows)) == {a for _, a in QA}


def test_questions_as_keys_are_rows(tmp_path):
    assert answers(task_of(tmp_path, json.dumps(dict(QA)), "train.json")) == {a for _, a in QA}


def test_rows_in_nodes_are_found(tmp_path):
    edges = [{"cursor": str(n), "node": {"question": q, "answer": a}} for n, (q, a) in enumerate(QA)]
    text = json.dumps({"data": {"faqs": {"edges": edges}}})
    found = dict(KEY.findall("\n".join(task_of(tmp_path, text, "train.json").problems())))
    told = {f"columns__{role}": [shlex.split(key)[0].strip("[]")] for role, key in found.items()}
    assert answers(task_of(tmp_path, text, "train.json", columns__id=[], **told)) == {a for _, a in QA}


def test_an_empty_column_of_a_common_name_is_not_in_the_way(tmp_path):
    rows = [{"title": q, "document": "", "answers": {"text": [a]}} for q, a in QA]
    assert "set task.columns.input=[title]" in "".join(task_of(tmp_path, rows).problems())
