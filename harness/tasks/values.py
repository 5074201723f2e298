"""Parses cells into the values of an example, or raises BadCellError. Nothing is guessed, nothing is cut."""

import datetime
import re
from collections.abc import Callable
from typing import Any, TypeVar, get_args

from harness.tasks.columns import Together
from harness.tasks.complaints import BadCellError
from harness.types import Turn

T = TypeVar("T")

LONGEST_TEXT = 5_000_000
"""characters of one text: about a million tokens, more than the models read; far longer ones are a broken export"""
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
ROLES: tuple[str, ...] = get_args(Turn.__annotations__["role"])


def as_text(value: Any) -> str:
    """Return a text that is not empty."""
    if value != value:  # NaN is how pandas writes an empty cell
        value = None
    if not isinstance(value, str | None):
        raise BadCellError("has the wrong type", f"want a text, got {shown(value)}")
    if value is None or not value.strip():
        raise BadCellError("is empty", "want a text")
    if len(value) > LONGEST_TEXT:
        raise BadCellError("is too long", f"{len(value):,} characters; at most {LONGEST_TEXT:,} can be read: split it")
    _check_unicode(value)
    return value


def as_joined(value: Any, joint: str = " ") -> str:
    """Return a text, or a list of texts joined."""
    return joint.join(_each(value, as_text)) if isinstance(value, list) and value else as_text(value or None)


def as_id(value: Any) -> str:
    """Return a text; a whole number is taken as its digits, also where a library made it 7.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_text(value).strip()


def as_answer(value: Any) -> str:
    """Return a text; a number and true or false are taken as they are written."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and value == value:
        return str(value)
    return as_text(value)


def as_label(value: Any) -> str:
    """Return a text that may be empty."""
    return "" if value in (None, "") else as_id(value)


def as_input(value: Any) -> str | tuple[Turn, ...]:
    """Return a text or a conversation."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        turns = _each(value, _as_turn)
        _check_order(turns)
        return turns
    return as_joined(value, "\n" if isinstance(value, Together) else " ")


def as_texts(value: Any) -> tuple[str, ...]:
    """Return any number of texts; numbers are taken as they are written."""
    if value in (None, "", []) or value != value:
        return ()
    texts = _each(value, as_answer) if isinstance(value, list) else (as_answer(value),)
    return tuple(dict.fromkeys(texts)) if isinstance(value, Together) else texts


def as_metadata(value: Any) -> tuple[str, ...]:
    """Return the values of one key of a document's metadata: text, number, date, truth value or a list of these."""
    if isinstance(value, list | tuple):
        return tuple(text for item in value for text in as_metadata(item))
    if isinstance(value, dict):
        raise BadCellError(
            "is an object", "want a text, a number, a date or a list of them; a dot reaches into objects"
        )
    if value is None or value != value:  # NaN: an empty cell of a column of numbers
        return ()
    if isinstance(value, datetime.date):
        return (value.isoformat(),)
    text = " ".join((str(value).lower() if isinstance(value, bool) else str(value)).split())
    _check_unicode(text)
    return (text,) if text else ()


def as_answerable(value: Any) -> bool:
    """Return a truth value; a missing one means answerable."""
    known = True if value is None else as_truth(value)
    if known is None:
        raise BadCellError("has an unknown value", f"want true or false, got {shown(value)}")
    return known


def as_truth(value: Any) -> bool | None:
    """Return what a cell with a truth value, or a word or number for it, says; None for any other."""
    return WORDS.get(str(value).strip().lower()) if isinstance(value, str | int) else None


def shown(value: Any) -> str:
    """Return a short form of a value for messages."""
    text = repr(value)
    if len(text) <= 60:
        return text
    kept = text[:55]
    return f"{kept}...{_closing(kept)}"


def _closing(text: str) -> str:
    """Return the quote and the brackets that close what the beginning of a printed value has opened."""
    closing, quote = list[str](), ""
    for sign in re.sub(r"\\.", "", text):
        if quote or sign in "'\"":
            quote = "" if sign == quote else quote or sign
        elif sign in "([{":
            closing.append(")]}"["([{".index(sign)])
        elif sign in ")]}" and closing:
            closing.pop()
    return quote + "".join(reversed(closing))


def printed_kinds(value: Any) -> str:
    """Return what a cell has besides texts that is taken as it is written: numbers, true or false, or ""."""
    cells = value if isinstance(value, list) else [value]
    if any(isinstance(cell, bool) for cell in cells):
        return "true or false"
    return "numbers" if any(isinstance(cell, int | float) for cell in cells) else ""


def _each(values: list[Any], parse: Callable[[Any], T]) -> tuple[T, ...]:
    return tuple(_item(number, value, parse) for number, value in enumerate(values, start=1))


def _item(number: int, value: Any, parse: Callable[[Any], T]) -> T:
    try:
        return parse(value)
    except BadCellError as error:
        raise BadCellError(error.kind, f"item {number} of the list{_after(error)}") from None


def _after(error: BadCellError) -> str:
    return str(error).removeprefix(error.kind)


def _as_turn(value: Any) -> Turn:
    if not isinstance(value, dict) or not {"role", "content"} <= value.keys():
        raise BadCellError("has a bad chat turn", f"want {{role, content}}, got {shown(value)}")
    if value["role"] not in ROLES:
        raise BadCellError("has a bad chat turn", f"role is {shown(value['role'])}, want one of {', '.join(ROLES)}")
    try:
        return Turn(role=value["role"], content=as_text(value["content"]))
    except BadCellError as error:
        raise BadCellError("has a bad chat turn", f"content {error}") from None


def _check_order(turns: tuple[Turn, ...]) -> None:
    """Chat templates refuse other orders, or render them wrongly in silence."""
    first = 1 if turns[0].role == "system" else 0
    for number, turn in enumerate(turns[first:]):
        want = "assistant" if number % 2 else "user"
        if turn.role != want:
            place = f"turn {first + number + 1} is {turn.role}'s, want {want}'s"
            raise BadCellError("has a bad order of chat turns", f"{place} (system if any, then user and assistant)")
    if turns[-1].role != "user":
        raise BadCellError("has a bad order of chat turns", f"the last turn is {turns[-1].role}'s, want user's")


def _check_unicode(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadCellError(
            "is not valid Unicode", f"lone surrogate {text[error.start]!r}; write the character itself"
        ) from None
