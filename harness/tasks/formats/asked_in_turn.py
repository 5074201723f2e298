"""Rows with a list of questions and a list of their answers, asked one after the other about one text (CoQA).

Each question is an example. What was asked and answered before it stands before it, as "Who?" says nothing alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.files.row import FileRow

QUESTIONS: Final = "questions"
ANSWERS: Final = "answers"
TEXTS: Final = ("input_text", "text", "question", "answer", "span_text")
"""where objects in these lists have what is said"""
STORIES: Final = ("story", "passage", "text", "document", "article", "paragraph")
"""columns with the text that is asked about"""
CONTEXT: Final = "context"
MOST: Final = 0.8
"""share of the rows that show it"""
SAYS: Final = "each of the questions is asked behind those before it and their answers"


def are_asked_in_turn(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows have as many questions as answers, and several.

    Args:
        rows: the first of a file.
    """
    counts = [len(_pairs(row)) for row in rows]
    return bool(counts) and max(counts) > 1 and sum(map(bool, counts)) >= MOST * len(counts)


def each_question(rows: Iterable[FileRow]) -> Iterator[FileRow]:
    """Yield a row for each question: its turns as the input, its answer, the text it is about, and its group."""
    number = 0
    for row in rows:
        names = {plain(name): name for name in row.values}
        taken = {names.get(QUESTIONS), names.get(ANSWERS)}
        rest = {name: cell for name, cell in row.values.items() if name not in taken}
        if CONTEXT not in names and (story := next((names[one] for one in STORIES if one in names), None)):
            rest[CONTEXT] = rest.pop(story)
        turns = list[dict[str, str]]()
        for place, (question, answer) in enumerate(_pairs(row.values), start=1):
            number += 1
            turns.append({"role": "user", "content": question})
            name = str(rest.get("id", row.number))
            asked = {"id": f"{name}-{place}", "group": name, "input": list(turns), "references": answer}
            yield FileRow(f"{row.place} question {place}", number, {**rest, **asked})
            turns.append({"role": "assistant", "content": answer})


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return questions with their answers; [] where they are no lists of texts of one length."""
    names = {plain(name): name for name in values}
    questions, answers = (_said(values.get(names.get(one, ""))) for one in (QUESTIONS, ANSWERS))
    return list(zip(questions, answers, strict=True)) if len(questions) == len(answers) else []


def _said(cell: Any) -> list[str]:
    """Return the texts of a list, of a list of objects, or of an object of lists; [] for any other cell."""
    if isinstance(cell, Mapping):
        cell = next((cell[name] for name in TEXTS if isinstance(cell.get(name), list)), None)
    items = cell if isinstance(cell, list) else []
    texts = [_text(item) for item in items]
    return texts if all(texts) else []


def _text(item: Any) -> str:
    found = next((item[name] for name in TEXTS if item.get(name)), "") if isinstance(item, Mapping) else item
    return found.strip() if isinstance(found, str) else ""
