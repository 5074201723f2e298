"""JSON values that tell what Python would lose: a key that stands twice, a number as it is written."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

CURES: Final[Mapping[str, str]] = {
    "Extra data": "put what follows on a line of its own",
    "Invalid control": "write tabs and line ends in a text as \\t and \\n",
    "Invalid \\": "write a backslash as \\\\",
    "Unterminated": "close the text with a quote",
    "Illegal trailing": "take the comma away",
    "Expecting property name": "write each key in double quotes",
    "Expecting ',' delimiter": 'a comma is missing there, or a quote in a text, which is written \\"',
}
"""how a message of json begins -> what would be right"""
CONSTANTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')
"""a text of JSON, which is passed over, or a constant"""
SIGNS: Final[Mapping[str, str]] = {
    "“”„«‘’": 'write plain quotes, "',
    "'": 'write double quotes, "',
    "/#": "JSON has no comments: take them out",
    "TFNu": "write true, false or null",
}
"""signs that stand where json stops -> what would be right"""


class WrittenNumber(float):
    """A number that the file writes in another way than Python does: 12.50."""

    def __new__(cls, text: str) -> "WrittenNumber":
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __str__(self) -> str:
        return self.text


def _number(text: str) -> float:
    return float(text) if str(float(text)) == text else WrittenNumber(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; json itself would keep the last of two values without a word."""
    values = dict(pairs)
    if len(values) < len(pairs):
        repeated = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"key {repeated[:60]!r} stands twice in one object: keep one")
    return values


def _constant(name: str) -> float | None:
    """Return no value for NaN, which is how pandas writes an empty cell."""
    return None if name == "NaN" else WrittenNumber(name)


def constants(text: str) -> list[str]:
    """Return the constants of a JSON text that JSON has none of: NaN, Infinity, -Infinity."""
    if "NaN" not in text and "Infinity" not in text:
        return []
    return [name for name in CONSTANTS.findall(text) if name]


DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_constant)


def decoded(text: str) -> Any:
    """Return the value of a text that is one JSON value.

    Raises:
        ValueError: it is none; RecursionError: it is nested too deeply.
    """
    return DECODER.decode(text.strip())


def reason(error: Exception) -> str:
    """Return what is wrong, without the line: that is counted in the file."""
    if isinstance(error, json.JSONDecodeError):
        return f"malformed JSON ({error.msg} at column {error.colno})"
    return "nested too deeply to be read" if isinstance(error, RecursionError) else str(error)


def cure(error: Exception) -> str:
    """Return what would make a malformed text JSON, as far as the place shows it; begins with "; ", "" for nothing."""
    if not isinstance(error, json.JSONDecodeError):
        return ""
    before, sign = error.doc[max(0, error.pos - 99) : error.pos].rstrip()[-1:], error.doc[error.pos : error.pos + 1]
    said = [text for begins, text in CURES.items() if error.msg.startswith(begins)]
    if sign.isalpha() and error.msg.startswith("Expecting property name"):
        key = re.match(r"\w+", error.doc[error.pos :])
        said = [f'write the keys in quotes: "{key[0] if key else sign}"']
    said += [text for signs, text in SIGNS.items() if sign and sign in signs]
    if sign in ("}", "]"):
        said += {",": ["take the comma away"], ":": ["write a value there, null for none"]}.get(before, [])
    if not error.doc[error.pos :].strip():
        said = ["it ends too early: write the rest of it"]
    return f"; {said[0]}" if said else ""
