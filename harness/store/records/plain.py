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
    readers = _readers(kind)
    return kind(**{name: readers[name](value) if name in readers else value for name, value in entry.items()})


def restored_field(kind: Callable[..., object], name: str, entry: Mapping[str, Any]) -> Any:
    """Return one field of what `restored` would return; its default where the entry lacks it."""
    if name not in entry:
        return _defaults(kind)[name]
    reader = _readers(kind).get(name)
    return entry[name] if reader is None else reader(entry[name])


@cache
def _defaults(kind: Any) -> Mapping[str, Any]:
    return {field.name: field.default for field in fields(kind) if field.default is not MISSING}


@cache
def _readers(kind: Callable[..., object]) -> Mapping[str, Callable[[Any], Any]]:
    """Return what restores each field; fields whose values stay as JSON has them are left out."""
    found = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    return {name: reader for name, reader in found.items() if reader is not None}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """Return what restores a value of this type; None where it stays as it is."""
    choices = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    items = [get_args(choice)[0] for choice in choices if get_origin(choice) is tuple]
    kinds = [choice for choice in choices if is_dataclass(choice)]
    item = _reader(items[0]) if items else None

    def read(value: Any) -> Any:
        if items and isinstance(value, list):
            return tuple(value) if item is None else tuple(map(item, value))
        return restored(kinds[0], value) if kinds and isinstance(value, dict) else value  # type: ignore[arg-type]

    return read if items or kinds else None
