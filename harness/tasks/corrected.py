"""Answers that were put right in a column of their own, which is empty where the first answer was right."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.tasks.column_words import MODELS, SAYS
from harness.tasks.columns import look_up, typed
from harness.tasks.suggestions import columns_of, name_says, name_words


def corrected(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> tuple[str, ...]:
    """Return the column with what was put right and the one that has an answer in all other rows; () without.

    Args:
        rows: the first of a file.
        taken: columns that have a role.
    """
    named = [name for name in columns_of(rows) if name not in taken and name_words(name) & SAYS["references"]]
    own = [name for name in named if not name_words(name) & MODELS and name_says("references", name) > 0]
    pairs = ((one, other) for one in own for other in named if one != other and _complete(rows, one, other))
    return next(pairs, ())


def _complete(rows: Sequence[Mapping[str, Any]], one: str, other: str) -> bool:
    """Return whether a column has texts in some rows, and another one in all that it leaves empty."""
    empty = [row for row in rows if not _has(row, one)]
    return 0 < len(empty) < len(rows) and all(_has(row, other) for row in empty)


def _has(row: Mapping[str, Any], name: str) -> bool:
    cell = look_up(row, (name,))[1]
    return isinstance(cell, str) and bool(cell.strip())


def how_to_read(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> str:
    """Return what is said of such columns, with the key that reads both; "" without."""
    found = corrected(rows, taken)
    if not found:
        return ""
    count = sum(_has(row, found[0]) for row in rows)
    told = f"{found[0]} has a text in {count} of {len(rows)} rows, and {found[1]} in all others"
    return f"{told}: if the latter is right there, set task.columns.references=[{','.join(map(typed, found))}]"
