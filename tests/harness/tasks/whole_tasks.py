"""Tasks of small files whose rows are all looked at, whatever split they were put into."""

import json

from harness.types import SPLITS
from tests.harness.tasks.making import build_task

HARBOUR = [
    ("How deep is the outer harbour?", "9 metres"),
    ("Which quay takes the ferries?", "the north quay"),
    ("When does the lock open?", "at six in the morning"),
    ("Who pilots large ships?", "the harbour pilots"),
    ("What does a berth cost?", "40 euros a night"),
    ("Where is drinking water?", "beside the crane"),
]


def task_of(folder, rows, name="rows.jsonl", **settings):
    """The task of one file; a text is written as it is."""
    text = rows if isinstance(rows, str) else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")
    return build_task("jsonl", dir=str(folder), **settings)


def examples(task):
    """All examples by the last thing that is asked."""
    assert task.problems() == []
    every = [own for split in SPLITS for own in task.data.splits.get(split, [])]
    return {own.input if isinstance(own.input, str) else own.input[-1].content: own for own in every}


def answers(task):
    return {asked: own.references for asked, own in examples(task).items()}


def said(task):
    return "\n".join(task.remarks())


def right():
    return {question: (answer,) for question, answer in HARBOUR}
