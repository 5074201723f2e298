"""Objects of JSON lines, of one JSON list, or of a list inside one object: by content, not by the file's ending."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.json_text import DECODER, decoded, reason
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.text import text_lines
from harness.tasks.split_names import split_called

SPACE: Final = " \t\r\n"
CUT: Final = "the rest of the file was not read"
HOLDERS: Final = {
    *("data", "rows", "examples", "items", "records", "entries", "samples", "dataset", "results", "questions", "qa"),
    *("faq", "faqs", "pairs", "documents", "docs", "articles", "pages", "train", "validation", "test"),
}
"""names of the list of rows in an object that holds other things, such as a version"""
ASKS: Final = frozenset(("question", "input", "prompt", "instruction", "messages", "conversations"))
"""an object with one of these is a row, whatever lists it holds"""
SPLIT: Final = "split"
"""column that says which of the lists of one object a row is of"""


def json_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the objects of a JSON file. Lines are streamed; a list or one large object is read at once."""
    lines = text_lines(path, shape, complaints)
    head = list(_two(lines))
    everything = itertools.chain(head, lines)
    shape.kind = "JSON lines"
    if _is_lines([line for line in head if line.strip()], lined=path.suffix.lower() != ".json"):
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
    if len(values) == 1:
        return isinstance(values[0], dict) and not _holds_rows(values[0], lined)
    return values[0] is not None or (filled[0].strip()[0] == "{" and isinstance(values[1], dict))


def _holds_rows(values: Mapping[str, Any], lined: bool) -> bool:
    """Return whether an object is no row but holds them."""
    inside = _list_inside(values) is not None or bool(_several(values)) or bool(_split_parts(values))
    return inside or (not lined and bool(_turned(values)))


def _several(values: Mapping[str, Any]) -> list[str]:
    """Return the names of several lists of rows in one object."""
    names = _lists(values)
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
            hint = "; it looks like a printed Python dict: write it by json.dumps" if line[:2] == "{'" else ""
            line = f"{path}:{number}: {reason(error)}; want one object per line{hint}"
            complaints.add((path, "json"), line)
            continue
        if isinstance(values, dict):
            yield FileRow(f"{path}:{number}", number, values)
        else:
            complaints.add((path, "object"), f"{path}:{number}: want one object per line, got {_kind(values)}")


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a text", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, f"a number ({value})")


def _whole(text: str, path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the objects of a text that is a list, an object that holds them, or objects one below the other."""
    start = _skip(text, 0, SPACE)
    if text[start] == "[":
        shape.kind = "JSON list"
        yield from _list(text, start + 1, path, complaints)
        return
    try:
        values, end = DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        complaints.add((path, "json"), f"{path}:{_place(error, 1)}: {reason(error)}; {CUT}")
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
    if parts := _split_parts(values):
        shape.notes.append(f"{listed(map(repr, parts))} of one JSON object are the splits")
        yield from _splits(text, {name: values[name] for name in parts}, path, complaints)
    elif (name := _list_inside(values)) is not None:
        shape.notes.append(f"the rows are the list {name!r} of one JSON object")
        yield from _list(text, _start_of(text, name), path, complaints)
    elif rows := _turned(values):
        shape.notes.append("one JSON object of columns, turned into rows")
        yield from (FileRow(f"{path} row {number}", number, row) for number, row in enumerate(rows, start=1))
    elif lists := _several(values):
        want = f"want one list of rows, got the lists {listed(lists)}; put each into a file of its own"
        complaints.add((path, "lists"), f"{path}: {want}")
    else:
        yield FileRow(f"{path}:1", 1, values)


def _split_parts(values: Mapping[str, Any]) -> list[str]:
    """Return the names of an object's values that are the rows of splits, two at least, if it holds no other rows."""
    names = [name for name, value in values.items() if split_called(name) and _are_rows(value)]
    other = set(_lists(values)) - set(names)
    return [] if len(names) < 2 or other or ASKS & values.keys() else names


def _are_rows(value: Any) -> bool:
    """Return whether a value is rows in any shape: a list of objects, or an object of columns or of one such list."""
    if isinstance(value, list):
        return all(isinstance(item, dict) and not item.keys() & {"role", "from"} for item in value)
    return isinstance(value, dict) and (_list_inside(value) is not None or bool(_turned(value)))


def _splits(text: str, parts: Mapping[str, Any], path: Path, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of all splits, with a column that says of which each is."""
    first = 1
    for name, value in parts.items():
        if isinstance(value, list):
            rows = _list(text, _start_of(text, name), path, complaints, first)
        else:
            inner = value[inside] if (inside := _list_inside(value)) is not None else _turned(value)
            rows = (FileRow(f"{path} row {number}", number, row) for number, row in enumerate(inner, start=first))
        for row in rows:
            yield row._replace(values={**row.values, SPLIT: name})
            first = row.number + 1


def _lists(values: Mapping[str, Any]) -> list[str]:
    """Return the names of lists of objects that are no turns of a conversation."""
    return [
        name
        for name, value in values.items()
        if isinstance(value, list) and value and isinstance(value[0], dict) and not value[0].keys() & {"role", "from"}
    ]


def _list_inside(values: Mapping[str, Any]) -> str | None:
    """Return the name of the only list of objects in an object that is no row itself."""
    names = _lists(values)
    sure = len(values) == 1 or (len(names) == 1 and names[0] in HOLDERS)
    return names[0] if names and sure and not ASKS & values.keys() else None


def _start_of(text: str, name: str) -> int:
    """Return the position after the bracket that opens the list of this name in the object that the text is."""
    position, key = text.index("{") + 1, ""
    while key != name:
        key, position = DECODER.raw_decode(text, _skip(text, position, SPACE + ","))
        position = _skip(text, position, SPACE + ":")
        if key != name:
            _, position = DECODER.raw_decode(text, position)
    return position + 1


def _turned(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an object of columns (pandas writes three kinds); none if it is no such object."""
    names, data = values.get("columns"), values.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    columns = list(values.values())
    if len(columns) < 2 or not all(isinstance(column, dict | list) and column for column in columns):
        return []
    if all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        return [{name: column[key] for name, column in values.items()} for key in columns[0]]
    if any(isinstance(cell, dict) for column in columns for cell in column):
        return []
    if all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return [dict(zip(values, row, strict=True)) for row in zip(*columns, strict=True)]
    return []


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
            complaints.add((path, "json"), f"{path}:{at}: {reason(error)}; {CUT}")
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
