"""What identifies a component, as canonical JSON: the address of everything it makes.

A component is a frozen dataclass. Its specification holds its `KEY` (a name given once and kept when the class
is renamed or moved), its `VERSION` (bumped when the code's meaning changes), every field that takes part in
comparison, and its `content_key()` if it has one (files are identified by their content, never by their path).
Fields that cannot change a result (batch size, workers, paths, names) are declared `field(compare=False)` and left
out; a field that was renamed keeps its first name with `field(metadata={FORMERLY: NAME})`. What depends on the
machine ("auto") is settled in `resolved()`, so that results of machines with different settings have different keys.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import ConfigError

FORMERLY: Final = "formerly"
"""In a field's metadata: the name it had first. Keys keep it, and yaml files may still use it."""

ADDED: Final[Mapping[str, bool]] = {"added": True}
"""Metadata of a field that came later: with its default it is no part of the key, so that older keys stay."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def specification(value: Any) -> Json:
    """Return `value` as plain JSON data that identifies it.

    Raises:
        ConfigError: for a value without a canonical form (a path, a set, an object that is not a dataclass).
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _component(value)
    if isinstance(value, Mapping):
        return {str(key): specification(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [specification(item) for item in value]
    kind = type(value).__name__
    raise ConfigError(
        f"a {kind} ({value!r}) cannot be part of a specification: use text, numbers, lists or dataclasses"
    )


def _component(value: Any) -> Json:
    if hasattr(value, "resolved"):
        value = value.resolved()
    kind = type(value)
    spec: dict[str, Json] = {"class": key_name(kind)}
    if hasattr(kind, "VERSION"):
        spec["version"] = kind.VERSION
    for field in dataclasses.fields(value):
        if field.compare and not _as_ever(field, value):
            spec[field.metadata.get(FORMERLY, field.name)] = specification(getattr(value, field.name))
    if hasattr(value, "content_key"):
        spec["content"] = value.content_key()
    return spec


def _as_ever(field: "dataclasses.Field[Any]", value: Any) -> bool:
    """Return whether the field was added later and changes nothing here."""
    return "added" in field.metadata and getattr(value, field.name) == field.default


def key_name(kind: type) -> str:
    """Return the name of a class in keys, wherever the class is today.

    Raises:
        ConfigError: the class itself has none; an inherited KEY is another class's.
    """
    name = vars(kind).get("KEY")
    if not isinstance(name, str):
        raise ConfigError(
            f"class {kind.__qualname__} ({kind.__module__}) has no KEY, so that nothing can be stored by it; "
            f'add KEY: ClassVar[str] = "{kind.__module__}.{kind.__qualname__}" and keep it when the class is moved'
        )
    return name


def canonical(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, no NaN."""
    return json.dumps(specification(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """Return the sha256 (hex) of the canonical JSON of `value`; of a list, item after item: a split may be large."""
    if not isinstance(value, list):
        return hashlib.sha256(canonical(value).encode()).hexdigest()
    hashed = hashlib.sha256(b"[")
    for number, item in enumerate(value):
        hashed.update(f"{',' if number else ''}{canonical(item)}".encode())
    hashed.update(b"]")
    return hashed.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the sha256 (hex) of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
