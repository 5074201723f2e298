"""Columns that say of each row whether its answer is right: candidates, and answers that people disliked."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import look_up, plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.roles import STATES, column_names, holds_states
from harness.tasks.known_columns import DEFAULTS, GOLD, SAID_BY_MODELS
from harness.tasks.values import as_truth

SURE: Final = (
    *("is_correct", "correct", "is_answer", "is_right", "desirable", "is_relevant", "thumbs_up", "accepted", "kto_tag"),
)
"""names that say so"""
CONVERSATIONS_ARE: Final = ("is_correct", "is_right", "desirable", "thumbs_up", "accepted", "is_good", "kto_tag")
"""names that say so of a conversation, which has its answer inside"""
LABELS: Final = ("label", "labels", "relevance", "score")
"""names that say so where one question has right answers and wrong ones, or as TRL's unpaired preferences have it"""
STATUS: Final = ("answer", "annotation_status", "review_status")
"""names that say so where all cells are words of STATES: tools of annotators write what became of a row"""
PREFERENCES: Final = frozenset(("prompt", "completion"))
ANSWERED: Final = frozenset(("messages", "conversations", "conversation", "output"))
"""columns that hold the answer, so that true and false beside them can only judge it"""


def marks_column(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> str | None:
    """Return the column that is true where the answer of a row is right and false where it is not; None without.

    Args:
        rows: the first of a file.
        roles: role -> column.
    """
    known = {plain(name): name for name in reversed(column_names(rows)) if name not in roles.values()}
    judges = {"input", "references"} <= roles.keys() and not _is_gold_beside_others(rows, roles)
    for name in (*SURE, *LABELS, *STATUS) if judges else ():
        column = known.get(name, "")
        cells = [_says(name, row.get(column)) for row in rows]
        if {True, False} == set(cells) and (name not in LABELS or _tells_answers_apart(rows, cells, roles)):
            return column
    return None


def wrong_column(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str] | None) -> str | None:
    """Return the column by which rows are left out: that of marks.

    Where a format has no roles, it is that of annotators, or of those who judge conversations.
    """
    if roles is not None:
        return marks_column(rows, roles)
    known = {plain(name): name for name in reversed(column_names(rows))}
    found = [known[name] for name in STATUS if name in known and holds_states(rows, known[name])]
    judging = (*CONVERSATIONS_ARE, *(LABELS if known.keys() >= PREFERENCES else ()))
    found += [known[name] for name in judging if name in known and _judges(rows, known[name])]
    found += [known["label"]] if ANSWERED & known.keys() and _are_flags(rows, known.get("label", "")) else []
    return next((one for one in found if any(is_wrong(row.get(one)) for row in rows)), None)


def _are_flags(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether all cells are true or false themselves, and both occur; numbers and words may be classes."""
    cells = [row.get(column) for row in rows]
    return all(isinstance(cell, bool) for cell in cells) and {True, False} == {*cells}


def _judges(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column says of every row that it is right or that it is not."""
    return {True, False} == {as_truth(row.get(column)) for row in rows}


def is_wrong(cell: Any) -> bool:
    """Return whether a cell says that the answer of its row is not right, or was not accepted."""
    known = STATES.get(str(cell).strip().casefold())
    return (as_truth(cell) if known is None else known) is False


def left_out(row: FileRow, column: str | None, gathered: Gathered) -> bool:
    """Return whether a column says that the answer of a row is wrong, and count it."""
    if column is None or not is_wrong(row.values.get(column)):
        return False
    gathered.decided(f"rows whose {column} is {row.values[column]} are left out")
    return True


def _says(name: str, cell: Any) -> bool | None:
    return STATES.get(str(cell).strip().casefold()) if name in STATUS else as_truth(cell)


def _is_gold_beside_others(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> bool:
    """Return whether the reference is right by its name and another column answers: the mark is on that one."""
    if plain(roles["references"]) not in (*GOLD, *DEFAULTS.references):
        return False
    others = [name for name in column_names(rows) if name not in roles.values() and plain(name) in SAID_BY_MODELS]
    return any(not holds_states(rows, name) for name in others)


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
