"""Cells of a table that hold a printed list or object: JSON, Python's repr, or numpy's."""

import ast
import json
import re
from typing import Any, Final

from harness.tasks.files.row import FileRow

LONGEST: Final = 1_000_000
"""characters of a cell that is looked into"""
_SIDE_BY_SIDE: Final = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s+(?=['"])""")
_OBJECTS: Final = re.compile(r"\}\s+\{")
_ARRAY: Final = re.compile(r"array\((\[.*?\]), dtype=\w+\)", re.DOTALL)


def opened(row: FileRow) -> FileRow:
    """Return the row with printed objects, and lists that hold objects or lists, as such."""
    inner = {name: value for name, cell in row.values.items() if _is_nested(value := printed(cell))}
    return row._replace(values={**row.values, **inner}) if inner else row


def _is_nested(value: Any) -> bool:
    if isinstance(value, dict):
        return value.keys() >= {"text", "answer_start"} or value.keys() >= {"title"}
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict | list)


def printed(cell: Any) -> Any:
    """Return the list or object that a cell holds in print; None if it holds none."""
    text = cell.strip() if isinstance(cell, str) and len(cell) <= LONGEST else ""
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(_as_python(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _as_python(text: str) -> str:
    """Return what numpy prints as Python would: with commas, without the names of types."""
    return _OBJECTS.sub("}, {", _SIDE_BY_SIDE.sub(r"\1, ", _ARRAY.sub(r"\1", text)))
