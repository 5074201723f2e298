"""Flat dataclasses to plain data and back, by their annotations: what records, refusals and stored answers share."""

import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def fields_of(value: Any, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of a dataclass by name; the values are not copied."""
    return {field.name: getattr(value, field.name) for field in fields(value) if field.name not in leave_out}


def changed_fields(value: Any, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields that differ from their default."""
    defaults = {field.name: field.default for field in fields(value) if field.default is not MISSING}
    given = fields_of(value, leave_out)
    return {name: item for name, item in given.items() if name not in defaults or item != defaults[name]}


def of_kind(lines: Iterable[Mapping[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of this kind, without that word."""
    return ({name: line[name] for name in line if name != "kind"} for line in lines if line["kind"] == kind)


def restored(kind: Callable[..., T], entry: Mapping[str, Any]) -> T:
    """Return the dataclass whose fields `entry` holds as JSON data; lists become the tuples that it declares."""
    hints = _hints(kind)
    return kind(**{name: _restored(hints.get(name), value) for name, value in entry.items()})


@cache
def _hints(kind: Callable[..., object]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _restored(hint: Any, value: Any) -> Any:
    if not isinstance(value, list | dict):
        return value
    choices = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    for choice in choices:
        if isinstance(value, list) and get_origin(choice) is tuple:
            return tuple(_restored(get_args(choice)[0], item) for item in value)
        if isinstance(value, dict) and is_dataclass(choice):
            return restored(choice, value)  # type: ignore[arg-type]
    return value
