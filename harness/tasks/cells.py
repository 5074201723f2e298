"""Cells of one file: finds the column, parses the value, and reports what is wrong in which row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from harness.tasks.columns import Columns, DocumentColumns, look_up, near_names, typed
from harness.tasks.complaints import BadCellError, Complaints, counted, listed
from harness.tasks.files.row import FileRow
from harness.tasks.known_columns import DOCUMENT_COLUMNS
from harness.tasks.split_names import split_called
from harness.tasks.values import printed_kinds

T = TypeVar("T")

LONGEST_NAME: Final = 60
"""characters of a column's name; a longer one is a value"""
SEEN: Final = 20
"""rows whose nested columns are looked at"""
NAMED: Final = 6
"""nested columns that a message names"""


@dataclass
class Cells:
    """Reads cells. A column that no row has is reported once, one that some rows lack once for each of these rows."""

    label: str
    """name of the file"""
    complaints: Complaints
    """collects what is wrong"""
    settings: Columns | DocumentColumns | None = None
    """where the names of columns are configured, for messages"""
    rows: int = 0
    """number of rows so far"""
    columns: dict[str, None] = field(default_factory=dict)
    """columns that any row has, in order"""
    nested: dict[str, None] = field(default_factory=dict)
    """dotted names of the texts in objects of the first rows"""
    used: set[str] = field(default_factory=set)
    """columns that were read and exist"""
    lacking: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    """required columns -> places of the rows without them"""
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    """column and what it has besides texts -> rows"""
    tells: bool = True
    """whether that is said at the end of the file"""

    def begin(self, row: FileRow) -> None:
        """Count a row and its columns."""
        self.rows += 1
        self.columns.update(dict.fromkeys(row.values))
        if self.rows <= SEEN:
            self.nested.update(dict.fromkeys(_nested(row.values)))

    def get(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell, or `parse(None)` if there is none; None if it is unusable."""
        name, value = look_up(row.values, candidates)
        return self._parsed(row, name, value, parse)

    def require(self, row: FileRow, candidates: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """Return the parsed cell; a row without the column is a fault."""
        name, value = look_up(row.values, candidates)
        if name is not None:
            return self._parsed(row, name, value, parse)
        self.lacking.setdefault(tuple(candidates), []).append(row.place)
        return None

    def _parsed(self, row: FileRow, name: str | None, value: Any, parse: Callable[[Any], T]) -> T | None:
        if name is not None:
            self.used.add(name)
        try:
            parsed = parse(value)
        except BadCellError as error:
            self.complaints.add((self.label, name, error.kind), f"{row.place}: {name} {error}")
            return None
        if name is not None and isinstance(parsed, tuple) and (kind := printed_kinds(value)):
            self.written[name, kind] += 1
        return parsed

    def end(self) -> None:
        """Report a file without rows, and columns that are missing."""
        if not self.rows and not self.complaints.has_any_of(self.label):
            self.complaints.add((self.label, "empty"), f"{self.label}: the file is empty; want at least one row")
        self._report_lacking()
        if self.tells:
            self.tell(self.label)

    def tell(self, label: str) -> None:
        """Say what was taken as it is written; files of one knowledge base say it together."""
        for (name, kind), rows in self.written.items():
            line = f"{Path(label).name}: {name} has {kind}, taken as they are written ({counted(rows, 'row')})"
            self.complaints.remark((label, name, kind), line)

    def _report_lacking(self) -> None:
        for wanted, places in self.lacking.items():
            names = " or ".join(map(repr, wanted))
            if len(places) == self.rows:
                got = f"its columns are {listed(self.columns)}"
                line = f"{self.label}: no column is called {names}; {got}{self._advice(wanted)}"
                self.complaints.add((self.label, *wanted), line)
                continue
            for place in places:
                self.complaints.add(
                    (self.label, *wanted), f"{place}: this row has no {names}; add it, or leave the row out"
                )

    def _advice(self, wanted: tuple[str, ...]) -> str:
        """Return the setting that would help."""
        role = next((name for name, value in vars(self.settings or object).items() if value == wanted), None)
        if role is None:
            return ""
        of_documents = isinstance(self.settings, DocumentColumns)
        key = f"task.{'document_columns' if of_documents else 'columns'}.{role}"
        near = near_names((*wanted, *(DOCUMENT_COLUMNS.get(role, ()) if of_documents else ())), list(self.columns))
        like = [typed(name) for name in near if name not in self.used]
        header = "; is the first line a row, not the names of the columns?" if _is_row(self.columns) else ""
        if role == "id":
            made = "makes ids of title and text" if of_documents else "numbers the rows"
            return f"; set {key}=[{', '.join(like[:1])}]{'' if like else f', which {made}'}{header}"
        more = "" if like else self._dotted() + (self._unlabelled() if role == "references" else "")
        return f"; set {key}=[{', '.join(like[:1] if of_documents else like) or 'COLUMN'}]{more}{header}"

    def _dotted(self) -> str:
        """Name what a dot reaches."""
        inner = list(self.nested)[:NAMED]
        return f", say [{inner[0]}]: a dot reaches into {', '.join(inner)}" if inner else ""

    def _unlabelled(self) -> str:
        """Return what helps where a test file has questions and no answers."""
        asked = isinstance(self.settings, Columns) and not self.used.isdisjoint(self.settings.input)
        is_test = asked and split_called(Path(self.label).stem) == "test"
        return ", or task.splits.test=null where the test file has no answers" if is_test else ""


def _nested(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield the names of what stands in objects, at any depth, as a dot reaches it."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _nested(value, f"{above}{name}.")
        elif above:
            yield f"{above}{name}"


def _is_row(names: Iterable[str]) -> bool:
    """Return whether the names of columns look like values."""
    return any(len(name) > LONGEST_NAME or name.endswith("?") or name.isdecimal() for name in names)
