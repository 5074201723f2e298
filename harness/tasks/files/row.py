"""A row of a file, and what is known about the file that it is from. Independent of examples."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from harness.tasks.complaints import Complaints


class FileRow(NamedTuple):
    """One row of a file."""

    place: str
    """for messages: path:line"""
    number: int
    """number in its file, from 1"""
    values: Mapping[str, Any]
    """by column; an empty cell of a table is None"""


@dataclass
class FileShape:
    """How a file is written. A reader is told what is set, and sets the rest before its first row."""

    encoding: str = ""
    """of a text file, as Python names it"""
    delimiter: str = ""
    """between the cells of a table"""
    sheet: str = ""
    """of a workbook, that is read; "" for the one that is recognised"""
    header_row: int | None = None
    """number of the row with the names of the columns, from 1; None: recognised"""
    kind: str = ""
    """JSON lines, JSON list, table, …"""
    typed: bool = True
    """False where every cell is a text, so that a list or a number is one that was printed"""
    notes: list[str] = field(default_factory=list)
    """what was decided besides: the sheet that was read, a column that was left out"""

    def __str__(self) -> str:
        """What a user must know to see whether it is right; empty for what nobody would read in another way."""
        table = [f"delimiter {'tab' if self.delimiter == TAB else repr(self.delimiter)}"] if self.delimiter else []
        encoding = [f"encoding {self.encoding}"] if self.encoding not in ("", "utf-8") or table else []
        return ", ".join([*table, *encoding, *self.notes])


TAB = "\t"
Reader = Callable[[Path, FileShape, Complaints], Iterator[FileRow]]
