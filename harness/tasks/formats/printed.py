"""Cells of a table that hold a printed list or object: JSON, Python's repr, or numpy's."""

import ast
import json
import re
import warnings
from typing import Any, Final

from harness.tasks.files.row import FileRow

LONGEST: Final = 1_000_000
"""characters of a cell that is looked into"""
_SIDE_BY_SIDE: Final = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s+(?=['"])""")
_OBJECTS: Final = re.compile(r"\}\s+\{")
NAMED: Final = {"nan": None, "NaN": None, "null": None, "true": True, "false": False}
"""values that numpy and JSON print by a name"""
ARRAYS: Final = frozenset({"array", "ndarray"})
BRACKETS: Final = (("[", "]"), ("{", "}"), ("(", ")"))


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
    if (text[:1], text[-1:]) not in BRACKETS:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of "(a) (b)", which is no list
            found = _value(ast.parse(_with_commas(text), mode="eval").body)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if text[0] == "(" and not (isinstance(found, list) and all(isinstance(one, str | list | dict) for one in found)):
        return None  # (3, 4) is a point or an interval
    return found if isinstance(found, list | dict) else None


def _with_commas(text: str) -> str:
    """Return what numpy prints as Python would."""
    return _OBJECTS.sub("}, {", _SIDE_BY_SIDE.sub(r"\1, ", text))


def _value(node: ast.expr) -> Any:
    """Return a printed value: lists and tuples as lists, numpy's arrays as what they hold.

    Raises:
        ValueError: it is no value, or numpy left the middle out of it (...).
    """
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {ast.literal_eval(key or node): _value(value) for key, value in zip(node.keys, node.values, strict=True)}
    if isinstance(node, ast.Name) and node.id in NAMED:
        return NAMED[node.id]
    if isinstance(node, ast.Call) and node.args and _called(node.func) in ARRAYS:
        return _value(node.args[0])
    value = ast.literal_eval(node)
    if value is ...:
        raise ValueError("cut in print")
    return value


def _called(function: ast.expr) -> str:
    """Return the last name of what is called: array of np.array."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
