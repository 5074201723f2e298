"""Files as rows: place and values by column. Independent of examples.

Text formats are parsed here and not by the `datasets` library, which silently guesses types: it turns the id
"2021-01-01" into a date, "007" into 7 and the answer "NA" into nothing, and has no line numbers for its errors.
Parquet carries its types, so `datasets` reads it, streamed, which writes no cache.
"""

import glob
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.content import no_rows, true_ending
from harness.tasks.files.folder_rows import folder_rows
from harness.tasks.files.json_rows import json_rows
from harness.tasks.files.qrels import joined_rows
from harness.tasks.files.qrels_layout import layout_around, names_of_columns
from harness.tasks.files.row import FileRow, FileShape, Reader
from harness.tasks.files.sheets import sheet_rows
from harness.tasks.files.table import table_rows
from harness.tasks.files.text import no_data

__all__ = ["PACKED", "READERS", "FileRow", "FileShape", "find_file", "read_rows"]


def parquet_rows(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of a Parquet file."""
    from datasets import load_dataset  # heavy

    shape.kind = "Parquet"
    try:
        table = load_dataset("parquet", data_files=glob.escape(str(path)), split="train", streaming=True)
        for number, values in enumerate(table, start=1):
            yield FileRow(f"{path} row {number}", number, {name: _as_read(value) for name, value in values.items()})
    except ValueError as error:  # pyarrow's own errors are ValueErrors
        complaints.add((path, "parquet"), f"{path}: not a readable Parquet file ({error})")


def _as_read(value: Any) -> Any:
    """Return a value of Parquet; dates, times and decimals as texts, as files of texts have them."""
    if isinstance(value, dict):
        return {name: _as_read(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_read(inner) for inner in value]
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | timedelta) else value


READERS: Final[Mapping[str, Reader]] = {
    ".jsonl": json_rows,
    ".json": json_rows,
    ".csv": table_rows,
    ".parquet": parquet_rows,
    ".tsv": table_rows,
    ".xlsx": sheet_rows,
    ".xlsm": sheet_rows,
    ".ndjson": json_rows,
}
"""file ending -> reader; a name without an ending is tried with each in this order"""
CONTENTS: Final = {".jsonl": "JSON", ".csv": "a table", ".xlsx": "a workbook", ".parquet": "Parquet"}
"""ending that fits the content of a file -> what is said of it"""
PACKED: Final = (".gz", ".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".rar")
"""endings of files that are to be unpacked first"""


def find_file(folder: Path, name: str, complaints: Complaints) -> Path | None:
    """Return the file called `name`, or that stem with a known ending; None if there is none. Several are a fault."""
    wanted = folder / name
    if wanted.suffix.lower() in READERS or (wanted.is_file() and layout_around(wanted) is not None):
        return wanted if _is_there(wanted) else None
    there = wanted.parent.iterdir() if wanted.parent.is_dir() else ()
    known = [path for path in there if path.stem == wanted.name and path.suffix.lower() in READERS and _is_there(path)]
    candidates = sorted(known, key=lambda path: (list(READERS).index(path.suffix.lower()), path.name))
    if len(candidates) > 1:
        files = ", ".join(path.name for path in candidates)
        complaints.add((folder, name), f"{folder}: {files} all fit {name!r}; name one of them with its ending")
    return candidates[0] if candidates else None


def _is_there(path: Path) -> bool:
    """Return whether there is a file; a link that leads nowhere is one, too: it is named when it is read."""
    return path.is_file() or path.is_symlink()


def read_rows(path: Path, complaints: Complaints, shape: FileShape | None = None) -> Iterator[FileRow]:
    """Yield the rows of a file one after another.

    Args:
        path: of the file, or a folder that is examples as a whole (`folder_rows.held_in`).
        complaints: collects what cannot be read, which is skipped.
        shape: what is known of the file beforehand; complete when the first row has come. None: it is made a remark.
    """
    found = shape or FileShape()
    if path.is_dir():
        yield from folder_rows(path, found, complaints)
        return
    layout = layout_around(path)
    if layout is None:
        found.names = found.names or names_of_columns(path)
    read = _as_it_is(path, found, complaints)
    rows = joined_rows(path, layout, _as_it_is, found, complaints) if layout is not None else read
    first = list(itertools.islice(rows, 1))
    if shape is None and str(found):
        complaints.remark((path, "shape"), f"{path.name}: {found}")
    yield from itertools.chain(first, rows)


def _as_it_is(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    try:
        if what := no_data(path) or no_rows(path):
            complaints.add((path, "no data"), f"{path}: it is {what}")
            return
        ending = true_ending(path, shape)
        if ending != path.suffix.lower():
            shape.notes.append(f"it holds {CONTENTS[ending]}, whatever its ending says")
        yield from READERS.get(ending, table_rows)(path, shape, complaints)
    except OSError as error:
        complaints.add((path, "unreadable"), f"{path}: cannot be read ({error.strerror or error})")
