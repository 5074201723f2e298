"""Roles that are played by a field of an object: {"inputs": {"question": …}, "outputs": {"answer": …}}.

Programs that trace or evaluate models write what they asked and what was answered so, at times with the request and the
response of a server inside.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, look_up, plain
from harness.tasks.known_columns import DEFAULTS

ASKED: Final = ("inputs", "input", "request", "request_body", "body", "example", "query", "prompt")
"""columns whose objects hold what is asked"""
ANSWERED: Final = (
    *("expected_output", "expected_outputs", "reference_outputs", "reference_output", "expected", "reference"),
    *("outputs", "output", "response", "response_body", "answer", "answers"),
)
"""columns whose objects hold the answer, right ones before those of a model"""
SURE: Final = ("answer", "answers", "expected_answer", "response", "completion", "output", "reply")
"""fields that are the answer, whatever stands beside them"""
ALONE: Final = ("text", "content", "value")
"""fields that are the answer where nothing stands beside them"""
SERVERS: Final = ("choices.message.content", "body.choices.message.content", "content.text")
"""where servers of models put what was answered"""
TURNS: Final = ("messages", "body.messages")
"""and what was asked, as turns"""
QUESTIONS: Final = ("question", "query", "prompt", "input", "user_input", "instruction", "text")


def inner_roles(rows: Sequence[Mapping[str, Any]], columns: Columns, found: Mapping[str, str]) -> dict[str, str]:
    """Return input and references where a field of an object plays them, as a dot reaches it; {} where none does.

    Args:
        rows: the first of a file.
        columns: as configured; a role that is told is left alone.
        found: role -> column, as the names of columns say.
    """
    known = {plain(name): name for row in rows[:1] for name in row}
    inner: dict[str, str] = {}
    for role, names in (("input", ASKED), ("references", ANSWERED)):
        if getattr(columns, role) != getattr(DEFAULTS, role) or not (_is_open(rows, role, found)):
            continue
        objects = (known[name] for name in names if name in known and _are_objects(rows, known[name]))
        fields = (field for name in objects if (field := _field(rows, name, role)))
        if field := next(fields, ""):
            inner[role] = field
    return inner


def _is_open(rows: Sequence[Mapping[str, Any]], role: str, found: Mapping[str, str]) -> bool:
    """Return whether no column of texts plays a role."""
    return role not in found or _are_objects(rows, found[role])


def _are_objects(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return bool(rows) and all(isinstance(row.get(name), Mapping) for row in rows)


def _field(rows: Sequence[Mapping[str, Any]], column: str, role: str) -> str:
    """Return the field of the objects in a column that plays a role; "" without one."""
    fields = {plain(name): name for row in rows for name in row[column]}
    if role == "input":
        tried = [*TURNS, *(fields[name] for name in QUESTIONS if name in fields)]
        return next((f"{column}.{name}" for name in tried if _is_filled(rows, f"{column}.{name}", role)), "")
    tried = [*SERVERS, *(fields[name] for name in SURE if name in fields)]
    tried += [fields[name] for name in ALONE if name in fields and len(fields) == 1]
    return next((f"{column}.{name}" for name in tried if _is_filled(rows, f"{column}.{name}", role)), "")


def _is_filled(rows: Sequence[Mapping[str, Any]], name: str, role: str) -> bool:
    cells = [look_up(row, (name,))[1] for row in rows]
    return all(_is_text(cell) or (role == "input" and _are_turns(cell)) for cell in cells)


def _is_text(cell: Any) -> bool:
    texts = cell if isinstance(cell, list) else [cell]
    return bool(texts) and all(isinstance(one, str) and one.strip() for one in texts)


def _are_turns(cell: Any) -> bool:
    return isinstance(cell, list) and bool(cell) and all(isinstance(one, Mapping) and "role" in one for one in cell)
