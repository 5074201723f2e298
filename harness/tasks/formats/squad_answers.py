"""The answers of a question as SQuAD and its relatives have them, and whether it is said to have one.

A question is unanswerable only where the data say so: by a mark, or by an empty list of answers beside others that are
filled. One without any field for answers has them withheld, as test sets do.
"""

from collections.abc import Mapping
from typing import Any, Final

from harness.tasks.formats.absent import IMPOSSIBLE, is_no_answer
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.values import as_truth

POSSIBLE: Final = (*DEFAULTS.answerable, *COMMON["answerable"])
"""fields that are true where a question has an answer"""
STATED: Final = (*IMPOSSIBLE, *POSSIBLE)
KINDS: Final = ("label", "labels", "category", "class", "a", "chosen")
"""names of answers elsewhere, but not of a question's own"""
NAMES: Final = (
    *("answers", "answer", *DEFAULTS.references),
    *(name for name in COMMON["references"] if "." not in name and name not in ("answers", "answer", *KINDS)),
)
"""fields of a question that may hold its answers, likeliest first"""
TEXTS: Final = ("text", "answer", "value", "answer_text", "input_text", "span_text")
"""where an object has the answer"""
KINDS_OF_ANSWERS: Final = ("free_form_answer", "extractive_spans", "yes_no")
"""the same where each kind of answer has a field of its own, of which one is filled"""
SPOKEN: Final[Mapping[bool, str]] = {True: "yes", False: "no"}
STARTS: Final = ("answer_start", "start", "span_start")
"""and where the offset"""

Answer = tuple[Any, int | None]
"""text and, if it is known, its offset in the context"""


def answers_of(asked: Mapping[str, Any]) -> tuple[list[Answer], bool]:
    """Return the answers of a question, and whether it has one, known or withheld."""
    name, stated = name_of_answers(asked), stated_answerable(asked)
    answers = [own for own in _read(asked[name]) if not is_no_answer(own[0])] if name else []
    if stated is not None:
        return answers, stated
    return answers, bool(answers) or name is None


def says_none(asked: Mapping[str, Any]) -> bool:
    """Return whether an answer of a question is the mark of one that has none."""
    name = name_of_answers(asked)
    return name is not None and any(is_no_answer(text) for text, _ in _read(asked[name]))


def name_of_answers(asked: Mapping[str, Any]) -> str | None:
    """Return the field with the answers of a question: the first that has some, else that is empty; None without."""
    there = [name for name in NAMES if asked.get(name) is not None]
    return next((name for name in there if _read(asked[name])), next(iter(there), None))


def stated_answerable(asked: Mapping[str, Any]) -> bool | None:
    """Return whether a question is said to have an answer; None where nothing is said."""
    for name in STATED:
        known = as_truth(asked.get(name))
        if known is not None:
            return known if name in POSSIBLE else not known
    return None


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, another value as the only one of a list; [] for None."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _read(value: Any) -> list[Answer]:
    """Return text and offset of answers: objects, texts, a list of these, or an object of lists."""
    return [answer for one in as_list(value) for answer in _answers(one) if str(answer[0]).strip()]


def _answers(one: Any) -> list[Answer]:
    if not isinstance(one, dict):
        return [] if one is None else [(one, None)]
    texts, starts = (next((as_list(one[name]) for name in names if name in one), []) for names in (TEXTS, STARTS))
    if not texts or any(isinstance(text, dict) for text in texts):
        return [own for text in texts or [_of_its_kind(one)] for own in _read(text)]
    return list(zip(texts, starts if len(starts) == len(texts) else [None] * len(texts), strict=True))


def _of_its_kind(one: Mapping[str, Any]) -> Any:
    """Return the answer of an object with a field for each kind; None where all are empty: the question has none."""
    filled = (one[name] for name in KINDS_OF_ANSWERS if one.get(name) not in (None, "", []))
    found = next(filled, None)
    return SPOKEN[found] if isinstance(found, bool) else found
