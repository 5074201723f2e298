"""Objects of JSON lines, of one JSON list, or of a list inside one object: by content, not by the file's ending."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.json_parts import (
    ASKS,
    HOLDERS,
    NOTHING,
    SLICE,
    JsonParts,
    Keys,
    alike_lists,
    asked,
    asked_and_answered,
    asked_by_category,
    enveloped,
    list_inside,
    lists_in,
    parts_of,
    turned,
)
from harness.tasks.files.json_text import DECODER, constants, cure, decoded, reason
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.text import text_lines
from harness.types import SPLITS

SPACE: Final = " \t\r\n"
PRINTED: Final = ("{'", "[{'")
PRINTED_HINT: Final = "; it looks like a printed Python dict: write it by json.dumps"
CUT: Final = "the rest of the file was not read"
SPLIT: Final = "split"
"""column that says which of the lists of one object a row is of"""
LIST: Final = "list"
"""the same, of lists that are no splits"""


def json_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the objects of a JSON file. Lines are streamed; a list or one large object is read at once."""
    lines = text_lines(path, shape, complaints)
    head = list(_two(lines))
    everything = itertools.chain(head, lines)
    shape.kind = "JSON lines"
    if not shape.inside and _is_lines([line for line in head if line.strip()], lined=path.suffix.lower() != ".json"):
        yield from _objects(everything, path, complaints)
    else:
        yield from _whole("".join(everything), path, shape, complaints)


def _two(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines up to the second that is not blank."""
    filled = 0
    for line in lines:
        yield line
        filled += bool(line.strip())
        if filled == 2:
            return


def _is_lines(filled: list[str], lined: bool) -> bool:
    """Return whether each line is a value of its own, judged by the first two, if any, and by the file's ending."""
    if not filled or filled[0].strip()[0] not in "[{":
        return True
    values = [_value(line) for line in filled]
    if all(line.lstrip().startswith(PRINTED) for line in filled):
        return True
    if len(values) == 1:
        return isinstance(values[0], dict) and not _holds_rows(values[0], lined)
    return values[0] is not None or (filled[0].strip()[0] == "{" and isinstance(values[1], dict))


def _holds_rows(values: Mapping[str, Any], lined: bool) -> bool:
    """Return whether an object is no row but holds them."""
    inside = list_inside(values) is not None or bool(_several(values)) or parts_of(values) != NOTHING
    inside = inside or bool(enveloped(values)) or bool(alike_lists(values))
    return inside or (not lined and bool(turned(values)))


def _several(values: Mapping[str, Any]) -> list[str]:
    """Return the names of several lists of rows in one object."""
    names = lists_in(values)
    return names if len(names) > 1 and HOLDERS.issuperset(names) and not ASKS & values.keys() else []


def _value(line: str) -> Any:
    try:
        return decoded(line)
    except (ValueError, RecursionError):
        return None


def _objects(lines: Iterable[str], path: Path, complaints: Complaints) -> Iterator[FileRow]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = decoded(line)
        except (ValueError, RecursionError) as error:
            hint = PRINTED_HINT if line.lstrip().startswith(PRINTED) else cure(error)
            line = f"{path}:{number}: {reason(error)}; want one object per line{hint}"
            complaints.add((path, "json"), line)
            continue
        _tell_constants(line, path, complaints)
        if isinstance(values, dict):
            yield FileRow(f"{path}:{number}", number, values)
        else:
            complaints.add((path, "object"), f"{path}:{number}: want one object per line, got {_kind(values)}")


def _tell_constants(text: str, path: Path, complaints: Complaints) -> None:
    """Say how NaN and Infinity are read, which other programs write and JSON does not have."""
    for name in dict.fromkeys(constants(text)):
        how = "an empty cell" if name == "NaN" else f"the text {name}"
        complaints.remark((path, name), f"{path.name}: {name} is read as {how}")


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a text", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, f"a number ({value})")


def _whole(text: str, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the objects of a text that is a list, an object that holds them, or objects one below the other."""
    _tell_constants(text, path, complaints)
    start = _skip(text, 0, SPACE)
    if shape.inside:
        shape.kind = "JSON list"
        yield from _list(text, _start_of(text, shape.inside), path, complaints)
        return
    if text[start] == "[":
        shape.kind = "JSON list"
        yield from _list(text, start + 1, path, complaints)
        return
    try:
        values, end = DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        hint = PRINTED_HINT if text.startswith(PRINTED, start) else cure(error)
        complaints.add((path, "json"), f"{path}:{_place(error, 1)}: {reason(error)}{hint}; {CUT}")
        return
    shape.kind = "JSON objects"
    if _skip(text, end, SPACE) == len(text):
        yield from _one_object(text, values, path, shape, complaints)
    else:
        yield from _list(text, start, path, complaints)


def _one_object(
    text: str, values: Mapping[str, Any], path: Path, shape: FileShape, complaints: Complaints
) -> Iterator[FileRow]:
    """Yield the rows that an object holds, or the object, if it is one."""
    parts = parts_of(values)
    if parts.documents:
        shape.notes.append(f"{'.'.join(parts.documents)!r} of the file is its knowledge base")
    if parts.queries:
        shape.notes.append(f"the rows are {parts.queries[0]!r} of one JSON object, with their gold documents")
        yield from (FileRow(f"{path} row {number}", number, row) for number, row in enumerate(asked(values), start=1))
    elif parts.splits:
        names = [repr(".".join(keys)) for keys in parts.splits.values()]
        shape.notes.append(f"{listed(names)} of one JSON object {'are the splits' if names[1:] else 'is a split'}")
        yield from _splits(text, values, parts, path, complaints)
    elif keys := parts.rows or _only_list(values) or (() if shape.documents else enveloped(values)):
        shape.notes.append(f"the rows are the list {'.'.join(keys)!r} of one JSON object")
        yield from _list(text, _start_of(text, keys), path, complaints)
    elif names := [] if shape.documents else alike_lists(values):
        shape.notes.append(f"the lists {listed(map(repr, names))} of one JSON object are read one after the other")
        for row in _splits(text, values, JsonParts({name: (name,) for name in names}), path, complaints):
            own = {name: value for name, value in row.values.items() if name != SPLIT}
            yield row._replace(values={**own, LIST: row.values[SPLIT]})
    elif rows := turned(values):
        shape.notes.append(f"one JSON object of {_how_turned(values)}")
        yield from (FileRow(f"{path} row {number}", number, row) for number, row in enumerate(rows, start=1))
    elif lists := _several(values):
        want = f"want one list of rows, or lists called {', '.join(SPLITS)} and documents, got {listed(lists)}"
        complaints.add((path, "lists"), f"{path}: {want}; call them so, or put each into a file of its own")
    else:
        yield FileRow(f"{path}:1", 1, values)


def _how_turned(values: Mapping[str, Any]) -> str:
    """Return what an object is of that was turned into rows."""
    if asked_and_answered(values):
        return "questions with their answers"
    names = list(dict.fromkeys(row[SLICE] for row in asked_by_category(values) if SLICE in row))
    if names:
        return f"questions with their answers by category, which is the slice: {listed(names)}"
    return "questions with their answers" if asked_by_category(values) else "columns, turned into rows"


def _only_list(values: Mapping[str, Any]) -> Keys:
    name = list_inside(values)
    return () if name is None else (name,)


def _splits(
    text: str, values: Mapping[str, Any], parts: JsonParts, path: Path, complaints: Complaints
) -> Iterator[FileRow]:
    """Yield the rows of all splits, with a column that says of which each is."""
    first = 1
    for name, keys in parts.splits.items():
        value = _at(values, keys)
        if isinstance(value, list):
            rows = _list(text, _start_of(text, keys), path, complaints, first)
        else:
            inner = value[inside] if (inside := list_inside(value)) is not None else turned(value)
            rows = (FileRow(f"{path} row {number}", number, row) for number, row in enumerate(inner, start=first))
        for row in rows:
            yield row._replace(values={**row.values, SPLIT: name})
            first = row.number + 1


def _at(values: Mapping[str, Any], keys: Keys) -> Any:
    value: Any = values
    for key in keys:
        value = value[key]
    return value


def _start_of(text: str, keys: Keys) -> int:
    """Return the position after the bracket that opens the list to which these keys lead in the object of the text."""
    position = text.index("{") + 1
    for wanted in keys:
        key = ""
        while key != wanted:
            key, position = DECODER.raw_decode(text, _skip(text, position, SPACE + ","))
            position = _skip(text, position, SPACE + ":")
            if key != wanted:
                _, position = DECODER.raw_decode(text, position)
        position += 1
    return position


def _list(text: str, position: int, path: Path, complaints: Complaints, first: int = 1) -> Iterator[FileRow]:
    """Yield the objects up to the end of a list, or of the text; those of one line are told apart by their number.

    Args:
        text: of the file.
        position: after the bracket that opens the list.
        path: of the file.
        complaints: collects what is no object.
        first: number of the first object; above 1 it is another list of the file, and its rows all have their numbers.
    """
    line, counted, last = 1, 0, 0
    for number in itertools.count(first):
        position = _skip(text, position, SPACE + ",")
        line, counted = line + text.count("\n", counted, position), position
        if text[position : position + 1] in ("]", ""):
            return
        try:
            values, position = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            at = _place(error, line)
            complaints.add((path, "json"), f"{path}:{at}: {reason(error)}{cure(error)}; {CUT}")
            return
        if isinstance(values, dict):
            alone = line > last and first == 1
            yield FileRow(f"{path}:{line}" if alone else f"{path}:{line} item {number}", number, values)
        else:
            complaints.add((path, "object"), f"{path}:{line}: want a list of objects, got {_kind(values)} in it")
        last = line


def _place(error: Exception, line: int) -> int:
    return error.lineno if isinstance(error, json.JSONDecodeError) else line


def _skip(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position
