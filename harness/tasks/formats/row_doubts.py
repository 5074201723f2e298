"""Rows that are no examples, as they hold less than one or several: turns of conversations, lists of questions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.speakers import KEY
from harness.tasks.formats.turn_rows import CONTENT, CONVERSATION, repeats, speaker_column
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.suggestions import suggested

MOST: Final = 0.8
"""share of the rows that show it"""
VERDICTS: Final = frozenset(
    ("label", "labels", "winner", "preference", "preferred", "better", "choice", "vote", "verdict", "chosen_index")
)
"""columns that may say which of two answers is the better one"""
JUDGED: Final = frozenset(
    ("response", "answer", "completion", "output", "ref", "reply", "conversation", "summary", "model", "assistant")
)
"""words in names of columns with two answers"""
_HALF: Final = re.compile(r"(?P<stem>.{2,60}?)_?(?P<half>[ab01])")


def row_doubt(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return why no row is an example, and what would be; "" where nothing speaks against it.

    Args:
        rows: the first of a file.
    """
    return _turn_per_row(rows) or _several_per_row(rows) or _compared(rows)


def _turn_per_row(rows: Sequence[Mapping[str, Any]]) -> str:
    if column := speaker_column(rows):
        told = f"each row is one turn ({column} says who speaks), and no column says of which conversation"
        cure = '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}'
        return f"{told}: add one, conversation_id, or put a conversation into one JSON line, {cure}"
    known = {plain(name): name for name in reversed(column_names(rows))}
    conversation = next((known[name] for name in CONVERSATION if name in known and repeats(rows, known[name])), "")
    content = next((known[name] for name in CONTENT if name in known), "")
    if not conversation or not content or suggested(rows, {"references": DEFAULTS.references}, [content]):
        return ""
    told = (
        f"several rows have one {conversation}, as if each were a turn of a conversation, and no column says who speaks"
    )
    named = f"; or, where a column has names of speakers, set {KEY}=[NAME] to who answers"
    return f"{told}: add one, role, with user or assistant in each row{named}"


def _several_per_row(rows: Sequence[Mapping[str, Any]]) -> str:
    lists = {name: [row[name] for row in rows if isinstance(row.get(name), list)] for name in column_names(rows)}
    for column, cells in lists.items():
        if rows and sum(map(_asks_twice, cells)) >= MOST * len(rows):
            return _each_a_row(column)
    sizes = {name: [len(cell) for cell in cells] for name, cells in lists.items() if len(cells) == len(rows)}
    answers = [name for name in sizes if plain(name) in {*COMMON["references"], *DEFAULTS.references}]
    asked = [name for name in sizes if name not in answers and all(map(_are_texts, lists[name]))]
    several = (name for name in asked if max(sizes[name]) > 1 and any(sizes[name] == sizes[one] for one in answers))
    found = next(several, None)
    return _each_a_row(found) if found else ""


def _each_a_row(column: str) -> str:
    cure = "write a row for each, with its answer, and what was asked before in its text, or turns as messages"
    return f"{column} holds several questions in a row: {cure}"


def _asks_twice(cell: Sequence[Any]) -> bool:
    return sum(isinstance(one, str) and one.rstrip().endswith(("?", "？")) for one in cell) > 1


def _are_texts(cell: Sequence[Any]) -> bool:
    return all(isinstance(one, str) for one in cell)


def _compared(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what is wrong with rows that compare two answers."""
    names = column_names(rows)
    verdict = next((name for name in names if plain(name) in VERDICTS or plain(name).startswith("winner_")), "")
    halves: dict[str, list[str]] = {}
    for name in names:
        found = _HALF.fullmatch(plain(name))
        if (
            found
            and JUDGED & set(found["stem"].split("_"))
            and any(isinstance(row.get(name), str | list) for row in rows)
        ):
            halves.setdefault(found["stem"], []).append(name)
    pair = next((own for own in halves.values() if len(own) == 2), None)
    if pair is None or not verdict:
        return ""
    told = f"each row compares two answers, {pair[0]} and {pair[1]}, and {verdict} says which is better"
    return (
        f"{told}: write the better one of each row into a column of its own, answer, or as prompt, chosen and rejected"
    )
