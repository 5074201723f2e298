"""Files as rows: place and values by column. Independent of examples.

Text formats are parsed here and not by the `datasets` library, which silently guesses types: it turns the id
"2021-01-01" into a date, "007" into 7 and the answer "NA" into nothing, and has no line numbers for its errors.
Parquet carries its types, so `datasets` reads it, streamed, which writes no cache.
"""

import csv
import glob
import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.tasks.complaints import Complaints


class FileRow(NamedTuple):
    """One row of a file."""

    place: str
    """for messages: path:line"""
    number: int
    """number in its file, from 1"""
    values: Mapping[str, Any]
    """by column; an empty cell of a CSV file is None"""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; json itself would keep the last of two values without a word."""
    values = dict(pairs)
    if len(values) < len(pairs):
        repeated = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"key {repeated[:60]!r} stands twice in one object: keep one")
    return values


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object)

Reader = Callable[[Path, Complaints], Iterator[FileRow]]


def find_file(folder: Path, name: str, complaints: Complaints) -> Path | None:
    """Return the file called `name`, or `name` with one of the known endings; None if there is none.

    Args:
        folder: where to look.
        name: a file name, or its stem.
        complaints: gets a line if several files fit.
    """
    if Path(name).suffix in READERS:
        return folder / name if _is_there(folder / name) else None
    candidates = [path for suffix in READERS if _is_there(path := folder / f"{name}{suffix}")]
    if len(candidates) > 1:
        files = ", ".join(path.name for path in candidates)
        complaints.add((folder, name), f"{folder}: {files} all fit {name!r}; name one of them with its ending")
    return candidates[0] if candidates else None


def _is_there(path: Path) -> bool:
    """Return whether there is a file; a link that leads nowhere is one, too: it is named when it is read."""
    return path.is_file() or path.is_symlink()


def read_rows(path: Path, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a file one after another; what cannot be read is reported in `complaints` and skipped."""
    try:
        yield from READERS[path.suffix](path, complaints)
    except OSError as error:
        complaints.add((path, "unreadable"), f"{path}: cannot be read ({error.strerror or error})")


def _text_lines(path: Path, complaints: Complaints) -> Iterator[str]:
    """Yield lines with their ends. Only a line feed ends a line: U+2028 may occur in a JSON text."""
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                complaints.add((path, "encoding"), f"{path}:1: the file is UTF-16; save it as UTF-8")
                return
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            yield _decoded(line, path, number, complaints)


def _decoded(line: bytes, path: Path, number: int, complaints: Complaints) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = f"byte 0x{line[error.start]:02x} at position {error.start + 1}"
        complaints.add((path, "encoding"), f"{path}:{number}: not UTF-8 ({bad}); save the file as UTF-8")
        return line.decode("utf-8", errors="replace")


def _json_lines(path: Path, complaints: Complaints) -> Iterator[FileRow]:
    yield from _objects(_text_lines(path, complaints), path, complaints)


def _objects(lines: Iterable[str], path: Path, complaints: Complaints) -> Iterator[FileRow]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = _DECODER.decode(line.strip())
        except (ValueError, RecursionError) as error:
            reason = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
            complaints.add((path, "json"), f"{path}:{number}: malformed JSON ({reason}); want one object per line")
            continue
        if isinstance(values, dict):
            yield FileRow(f"{path}:{number}", number, values)
        else:
            got = f"want one object per line, got {_kind(values)}{_hint(values)}"
            complaints.add((path, "object"), f"{path}:{number}: {got}")


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a text", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, f"a number ({value})")


def _hint(values: object) -> str:
    return "; if the file is one JSON list, end its name in .json" if isinstance(values, list) else ""


def _json(path: Path, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the objects of one JSON list; a file of JSON lines that is called .json is read too."""
    text = "".join(_text_lines(path, complaints))
    start = _skip(text, 0, " \t\r\n")
    if text[start : start + 1] == "[":
        yield from _json_list(text, start + 1, path, complaints)
    else:
        yield from _objects(text.split("\n"), path, complaints)


def _json_list(text: str, position: int, path: Path, complaints: Complaints) -> Iterator[FileRow]:
    line, counted = 1, 0
    for number in itertools.count(1):
        position = _skip(text, position, " \t\r\n,")
        line, counted = line + text.count("\n", counted, position), position
        if text[position : position + 1] == "]":
            return
        try:
            values, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            at, reason = (error.lineno, error.msg) if isinstance(error, json.JSONDecodeError) else (line, str(error))
            complaints.add((path, "json"), f"{path}:{at}: malformed JSON ({reason}); the rest of the file was not read")
            return
        if isinstance(values, dict):
            yield FileRow(f"{path}:{line}", number, values)
        else:
            complaints.add((path, "object"), f"{path}:{line}: want a list of objects, got {_kind(values)} in it")


def _skip(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


def _csv(path: Path, complaints: Complaints) -> Iterator[FileRow]:
    csv.field_size_limit(sys.maxsize)  # the library's limit of 131,072 characters is below many documents
    table = csv.reader(_text_lines(path, complaints), strict=True)
    try:
        header = next(table, [])
        if len(set(header)) < len(header):
            complaints.add((path, "header"), f"{path}:1: two columns have the same name: {', '.join(header)}")
        line = table.line_num + 1
        for number, cells in enumerate(table, start=1):
            place, line = f"{path}:{line}", table.line_num + 1
            if cells and len(cells) != len(header):
                got = f"{len(cells)} cells, the header has {len(header)}"
                complaints.add((path, "cells"), f"{place}: {got}; put cells that hold commas or line ends in quotes")
            elif cells:
                yield FileRow(place, number, {name: cell or None for name, cell in zip(header, cells, strict=True)})
    except csv.Error as error:
        place = f"{path}:{table.line_num}"
        complaints.add((path, "csv"), f"{place}: malformed CSV ({error}); the rest of the file was not read")


def _parquet(path: Path, complaints: Complaints) -> Iterator[FileRow]:
    from datasets import load_dataset  # heavy

    try:
        table = load_dataset("parquet", data_files=glob.escape(str(path)), split="train", streaming=True)
        for number, values in enumerate(table, start=1):
            yield FileRow(f"{path} row {number}", number, values)
    except ValueError as error:  # pyarrow's own errors are ValueErrors
        complaints.add((path, "parquet"), f"{path}: not a readable Parquet file ({error})")


READERS: Final[Mapping[str, Reader]] = {".jsonl": _json_lines, ".json": _json, ".csv": _csv, ".parquet": _parquet}
"""file ending -> reader; a name without an ending is tried with each in this order"""
