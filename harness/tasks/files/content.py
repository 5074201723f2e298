"""What a file is by its content, where its name says something else: packed, a workbook, JSON, a table."""

import json
import zipfile
from pathlib import Path
from typing import Final

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints
from harness.tasks.files.dialect import dialect_of
from harness.tasks.files.header import NAMES
from harness.tasks.files.row import FileShape
from harness.tasks.files.text import text_lines

HEAD: Final = 20
"""lines that are looked at"""
ZIP: Final = b"PK\x03\x04"
PACKED_BY: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
"""how packed files begin -> what has packed them"""
NO_ROWS: Final = {
    b"%PDF": "a PDF: as a document it must be called .pdf; rows have to be in a table or in JSON",
    b"SQLite format 3": "a database of SQLite: export the table as CSV",
    b"\x80\x04\x95": (pickled := "a pickle of Python, which can run code when it is read: save it as Parquet"),
    b"\x80\x05\x95": pickled,
    b"\x93NUMPY": "an array of NumPy: save the texts as JSON lines",
    b"ARROW1": (arrow := "an Arrow file: save it as Parquet (Dataset.to_parquet)"),
    b"\xff\xff\xff\xff": arrow,
    b"Obj\x01": "an Avro file: save it as Parquet or JSON lines",
    b"ORC": "an ORC file: save it as Parquet",
}
"""how other files that hold no readable rows begin -> what they are, and what to do"""
PARQUET: Final = b"PAR1"
OLD_BOOK: Final = b"\xd0\xcf\x11\xe0"
JSON: Final = ".jsonl"
TABLES: Final = (".csv", ".tsv", "")
JSONS: Final = (".json", ".jsonl", ".ndjson")
BOOKS: Final = (".xlsx", ".xlsm")


def no_rows(path: Path) -> str:
    """Return what a file is that cannot be read, whatever its name says, and what to do; "" for any other file."""
    with path.open("rb") as stream:
        head = stream.read(16)
    for start, program in PACKED_BY.items():
        if head.startswith(start):
            return f"packed by {program}, whatever its ending says: unpack it"
    if head.startswith(ZIP) and not _is_book(path):
        return "a zip archive, whatever its ending says: unpack it"
    if head.startswith(OLD_BOOK) and path.suffix.lower() not in BOOKS:
        return "an old or protected file of Excel or Word, whatever its ending says: save it as .xlsx or CSV"
    return next((what for start, what in NO_ROWS.items() if head.startswith(start)), "")


def true_ending(path: Path, shape: FileShape) -> str:
    """Return the ending that fits the content of a file; its own, where that does."""
    own = path.suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == ZIP:
        return own if own in BOOKS else ".xlsx"
    if head == PARQUET:
        return ".parquet"
    if own in TABLES and not shape.names and _is_json(_first_lines(path, shape)):
        return JSON
    if own in JSONS and not shape.inside and _is_table(_first_lines(path, shape)):
        return ".csv"
    return own


def _is_book(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower() in BOOKS  # which is reported when it is opened


def _first_lines(path: Path, shape: FileShape) -> list[str]:
    """Return the first lines that are not blank."""
    lines = text_lines(path, FileShape(encoding=shape.encoding), Complaints())
    found = list[str]()
    for line in lines:
        found += [line] if line.strip() else []
        if len(found) == HEAD:
            break
    return found


def _is_json(lines: list[str]) -> bool:
    """Return whether the first line is an object, or begins a list or an object over several lines."""
    first = lines[0].strip() if lines else ""
    if first in ("[", "{", "[{"):
        return len(lines) > 1 and lines[1].strip()[:1] in ("{", '"')
    if not first.startswith(('{"', "[{", "[ {", '{ "')):
        return False
    try:
        json.JSONDecoder().raw_decode(first)
    except ValueError:
        return False
    return True


def _is_table(lines: list[str]) -> bool:
    """Return whether lines have the cells of a header, of which one at least has a name for questions or answers."""
    if len(lines) < 2 or lines[0].lstrip()[:1] in ("{", "["):
        return False
    rows = [row for row in dialect_of(lines).reader(lines) if row]
    fit = sum(len(row) == len(rows[0]) for row in rows)
    return len(rows[0]) > 1 and 2 * fit > len(rows) and any(plain(cell) in NAMES for cell in rows[0])
