"""Rows with a list of questions and a list of their answers, asked one after the other (CoQA, MT-bench).

Each question is an example. What was asked and answered before it stands before it, as "Who?" says nothing alone. Rows
without answers ask their first question alone: what an assistant said to it is not known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.files.row import FileRow
from harness.tasks.known_columns import COMMON, DEFAULTS

QUESTIONS: Final = ("questions", "turns", "prompts", "user_turns")
ANSWERS: Final = ("answers", "reference", "references", "reference_answers", "reference_answer")
"""columns with the lists, likeliest first"""
TEXTS: Final = ("input_text", "text", "question", "answer", "span_text")
"""where objects in these lists have what is said"""
IDS: Final = (*DEFAULTS.id, *COMMON["id"])
STORIES: Final = ("story", "passage", "text", "document", "article", "paragraph")
"""columns with the text that is asked about"""
CONTEXT: Final = "context"
MOST: Final = 0.8
"""share of the rows that show it"""
SAYS: Final = "each of the questions is asked behind those before it and their answers"
FIRST_ALONE: Final = "rows without answers ask their first question alone"
ENOUGH: Final = 0.2
"""share of the rows with answers where the others have none"""


class Lists(NamedTuple):
    """The columns with the lists of a file."""

    questions: str
    answers: str

    def __str__(self) -> str:
        return SAYS if self.questions == QUESTIONS[0] else f"each of the {self.questions} is a question: {SAYS}"


def lists_of(rows: Sequence[Mapping[str, Any]]) -> Lists | None:
    """Return the columns of rows that have as many questions as answers, and several; None for other rows.

    Args:
        rows: the first of a file.
    """
    known = {plain(name): name for row in reversed(rows) for name in reversed(list(row))}
    asking, answering = ([known[name] for name in names if name in known] for names in (QUESTIONS, ANSWERS))
    return next((lists for lists in map(Lists._make, product(asking, answering)) if _fits(rows, lists)), None)


def _fits(rows: Sequence[Mapping[str, Any]], lists: Lists) -> bool:
    counts = [len(_pairs(row, lists)) for row in rows]
    answered = [row for row in rows if row.get(lists.answers) not in (None, "", [])]
    if not counts or max(counts) < 2 or sum(map(bool, counts)) < ENOUGH * len(counts):
        return False
    if lists.questions == QUESTIONS[0]:
        return sum(map(bool, counts)) >= MOST * len(counts)
    all_paired = sum(map(bool, counts)) >= MOST * len(answered)
    cells = [row.get(lists.questions) for row in rows]
    return all_paired and all(isinstance(cell, list) and bool(_texts_of(cell)) for cell in cells)


def each_question(rows: Iterable[FileRow], lists: Lists) -> Iterator[FileRow]:
    """Yield a row for each question: its turns as the input, its answer, the text it is about, and its group."""
    number = 0
    for row in rows:
        names = {plain(name): name for name in row.values}
        rest = {name: cell for name, cell in row.values.items() if name not in lists}
        if CONTEXT not in names and (story := next((names[one] for one in STORIES if one in names), None)):
            rest[CONTEXT] = rest.pop(story)
        turns = list[dict[str, str]]()
        name = str(next((rest[one] for one in IDS if rest.get(one) not in (None, "")), row.number))
        first = [(question, "") for question in _said(row.values.get(lists.questions))[:1]]
        for place, (question, answer) in enumerate(_pairs(row.values, lists) or first, start=1):
            number += 1
            turns.append({"role": "user", "content": question})
            asked = {"id": f"{name}-{place}", "group": name, "input": list(turns), "references": answer or None}
            yield FileRow(f"{row.place} question {place}", number, {**rest, **asked})
            turns.append({"role": "assistant", "content": answer})


def are_some_unanswered(rows: Sequence[Mapping[str, Any]], lists: Lists) -> bool:
    """Return whether some rows have questions and no answers."""
    return not all(_pairs(row, lists) for row in rows)


def _pairs(values: Mapping[str, Any], lists: Lists) -> list[tuple[str, str]]:
    """Return questions with their answers; [] where they are no lists of texts of one length."""
    questions, answers = (_said(values.get(name)) for name in lists)
    return list(zip(questions, answers, strict=True)) if len(questions) == len(answers) else []


def _said(cell: Any) -> list[str]:
    """Return the texts of a list, of a list of objects, or of an object of lists; [] for any other cell."""
    if isinstance(cell, Mapping):
        cell = next((cell[name] for name in TEXTS if isinstance(cell.get(name), list)), None)
    items = cell if isinstance(cell, list) else []
    texts = [_text(item) for item in items]
    return texts if all(texts) else []


def _texts_of(cell: Sequence[Any]) -> list[str]:
    """Return the texts of a list; [] for a list with anything else."""
    return [one for one in cell if one.strip()] if all(isinstance(one, str) for one in cell) else []


def _text(item: Any) -> str:
    found = next((item[name] for name in TEXTS if item.get(name)), "") if isinstance(item, Mapping) else item
    return found.strip() if isinstance(found, str) else ""
