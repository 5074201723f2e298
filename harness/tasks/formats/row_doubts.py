"""Rows that are no examples, as they hold less than one or several: turns of conversations, lists of questions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.turns import SPEAKERS

SPEAKER: Final = ("role", "from", "speaker", "sender", "author", "author_role")
"""columns that say who speaks"""
MOST: Final = 0.8
"""share of the rows that show it"""


def row_doubt(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return why no row is an example, and what would be; "" where nothing speaks against it.

    Args:
        rows: the first of a file.
    """
    return _turn_per_row(rows) or _several_per_row(rows)


def _turn_per_row(rows: Sequence[Mapping[str, Any]]) -> str:
    known = {plain(name): name for name in reversed(column_names(rows))}
    for column in (known[name] for name in SPEAKER if name in known):
        sides = [SPEAKERS.get(str(row.get(column)).strip().lower(), "") for row in rows]
        if {"user", "assistant"} <= set(sides) and sum(map(bool, sides)) >= MOST * len(sides):
            cure = '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}'
            return f"each row is one turn ({column} says who speaks): put a conversation into one JSON line, {cure}"
    return ""


def _several_per_row(rows: Sequence[Mapping[str, Any]]) -> str:
    for column in column_names(rows):
        cells = [row[column] for row in rows if isinstance(row.get(column), list)]
        if rows and sum(map(_asks_twice, cells)) >= MOST * len(rows):
            cure = "write a row for each, with its answer, and what was asked before in its text, or turns as messages"
            return f"{column} holds several questions in a row: {cure}"
    return ""


def _asks_twice(cell: Sequence[Any]) -> bool:
    return sum(isinstance(one, str) and one.rstrip().endswith(("?", "？")) for one in cell) > 1
