"""Columns that say of each row whether its answer is right: candidates, and answers that people disliked."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import look_up, plain
from harness.tasks.formats.roles import column_names
from harness.tasks.values import as_truth

SURE: Final = ("is_correct", "correct", "is_answer", "is_right", "desirable", "is_relevant", "thumbs_up", "accepted")
"""names that say so"""
LABELS: Final = ("label", "labels", "relevance", "score")
"""names that say so where one question has right answers and wrong ones, or as TRL's unpaired preferences have it"""
PREFERENCES: Final = frozenset(("prompt", "completion"))


def marks_column(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> str | None:
    """Return the column that is true where the answer of a row is right and false where it is not; None without.

    Args:
        rows: the first of a file.
        roles: role -> column.
    """
    known = {plain(name): name for name in reversed(column_names(rows)) if name not in roles.values()}
    for name in (*SURE, *LABELS) if {"input", "references"} <= roles.keys() else ():
        column = known.get(name, "")
        cells = [as_truth(row.get(column)) for row in rows]
        if {True, False} == set(cells) and (name in SURE or _tells_answers_apart(rows, cells, roles)):
            return column
    return None


def _tells_answers_apart(
    rows: Sequence[Mapping[str, Any]], cells: Sequence[bool | None], roles: Mapping[str, str]
) -> bool:
    if {plain(roles["input"]), plain(roles["references"])} == PREFERENCES:
        return True
    found: dict[str, set[bool | None]] = {}
    for row, cell in zip(rows, cells, strict=True):
        found.setdefault(str(look_up(row, (roles["input"],))[1]), set()).add(cell)
    several = [marks for marks in found.values() if len(marks) > 1]
    return len(several) * 2 >= len(found)
