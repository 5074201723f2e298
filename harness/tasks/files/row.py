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
    parents: tuple[str, ...] = ()
    """ids and titles of the documents that it is a part of"""
    only_asks: bool = False
    """whether the place of a text to work on is empty, so that no answer can rest on the input"""


def is_filled(cell: Any) -> bool:
    """Return whether a cell holds anything but white space."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


@dataclass
class FileShape:
    """How a file is written. A reader is told what is set, and sets the rest before its first row."""

    encoding: str = ""
    """of a text file, as Python names it"""
    delimiter: str = ""
    """between the cells of a table"""
    sheet: str = ""
    """of a workbook, that is read: its name or its number; "" for the one that is recognised"""
    header_row: int | None = None
    """number of the row with the names of the columns, from 1; None: recognised"""
    numbered: bool = field(default=False, kw_only=True)
    """whether columns are told by the numbers that they get where no row has their names: column_1"""
    every_row: bool = False
    """whether totals, notes and repeated headers of a table are rows like the others"""
    documents: bool = False
    """whether the rows are documents, no examples"""
    read_besides: str = ""
    """sheet of the same workbook that another reading takes its rows from"""
    inside: tuple[str, ...] = ()
    """on the way to the list of a JSON file that is to be read; () for what it is recognised to hold"""
    names: tuple[str, ...] = ()
    """of the columns of a table that has no row with them"""
    assistant: tuple[str, ...] = ()
    """names of those who answer in chats; (): recognised"""
    kind: str = ""
    """JSON lines, JSON list, table, …"""
    typed: bool = True
    """False where every cell is a text, so that a list or a number is one that was printed"""
    notes: list[str] = field(default_factory=list)
    """what was decided besides: the sheet that was read, a column that was left out"""

    @property
    def keys(self) -> str:
        """How the keys of the task begin that say how such a file is read."""
        return "task.documents_" if self.documents else "task."

    def __str__(self) -> str:
        """What a user must know to see whether it is right; empty for what nobody would read in another way."""
        table = [f"delimiter {'tab' if self.delimiter == TAB else repr(self.delimiter)}"] if self.delimiter else []
        encoding = [f"encoding {self.encoding}"] if self.encoding not in ("", "utf-8") or table else []
        return ", ".join([*table, *encoding, *self.notes])


TAB = "\t"
Reader = Callable[[Path, FileShape, Complaints], Iterator[FileRow]]
