"""What a format yields besides examples: the documents that its rows carry, and what was decided on the way."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.tasks.columns import Columns, plain, typed
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow
from harness.tasks.formats.rights import RightsReading
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.mapping import content_id

ROLES: Final = ("input", "references", "evidence", "answerable", "facts", "group", "slice")
"""roles whose columns may differ from split to split"""


@dataclass
class Gathered:
    """Documents and decisions of all files of a task."""

    keep: bool = True
    """False where the task has documents of its own: rows then give the text of a passage as evidence"""
    documents: dict[str, FileRow] = field(default_factory=dict)
    """id -> row with the columns id, title and text, each text once"""
    decisions: dict[str, Counter[str]] = field(default_factory=dict)
    """what was decided -> file -> rows that it is about; 0 for what is true of the file"""
    file: str = ""
    """name of the one that is read"""
    heads: dict[Path, tuple[Sequence[FileRow], Collection[str]]] = field(default_factory=dict)
    """file -> its first rows, and which of their columns are read"""
    roles: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """file -> role -> column, of files that are read as columns"""
    options_from: int | None = None
    """number of the first option of multiple choice: told, or as a file showed; None: not known yet"""
    options_between: str | None = None
    """what is told to stand between options that share a cell; None: recognised"""
    options_right: str | None = None
    """whether all or any of several right options are told to be needed; None: not told"""
    answers_between: str | None = None
    """what is told to stand between right answers that share a cell; None: each cell is one"""
    columns: Columns = DEFAULTS
    """as configured: a format that is told looks for its columns there"""
    choices: RightsReading = field(default_factory=RightsReading)
    """how the file that is read names the right options of multiple choice"""
    shared: bool = False
    """whether several of its questions are about one text that stands above them"""
    supports: str = ""
    """its column with the texts that its answers rest on; "" without one"""

    passed_over: dict[str, list[str]] = field(default_factory=dict)
    """what is said of columns that are not read -> files that are read as they are; no decision, keys stay"""

    def document(self, title: str, text: str, place: str) -> str:
        """Add a document and return what evidence calls it."""
        if not self.keep:
            return text
        name = content_id(title, text)
        row = FileRow(place, len(self.documents) + 1, {"id": name, "title": title, "text": text})
        self.documents.setdefault(name, row)
        return name

    def decided(self, what: str, rows: int = 1) -> None:
        """Count a decision that the user should know of."""
        self.decisions.setdefault(what, Counter())[self.file] += rows

    def report(self, complaints: Complaints) -> None:
        """Make remarks of all decisions, each once for all files."""
        for what, files in self.decisions.items():
            rows = f" ({files.total():,} row{'s' * (files.total() > 1)})" if files.total() else ""
            complaints.remark(("format",), f"{', '.join(files)}: {what}{rows}")
        for what, named in self.passed_over.items():
            complaints.remark(("format",), f"{', '.join(named)}: {what}")
        for role in ROLES:
            if line := self._differing(role):
                complaints.remark(("columns", role), line)

    def _differing(self, role: str) -> str:
        """Say which file has which column for a role, if that is not the same in all of them."""
        found = {file: own.get(role, "") for file, own in self.roles.items()}
        there = {file: name for file, name in found.items() if name}
        without = [file for file, name in found.items() if not name]
        if len({plain(name) for name in found.values()}) < 2 or not there:
            return ""
        names = ",".join(map(typed, dict.fromkeys(there.values())))
        each = ", ".join(f"{name} in {file}" for file, name in there.items())
        if not without:
            return f"{role}: {each}, by their names; task.columns.{role}=[{names}] says the same"
        if role in ("input", "references"):
            return ""  # reported as missing
        key = f"task.columns.{role}=[{names},COLUMN]"
        return f"{role}: {each}; {listed(without)} has no such column, or under another name, which {key} would add"


class RowFormat(NamedTuple):
    """A known format of rows."""

    name: str
    """as in task.format"""
    says: str
    """what is made of it"""
    fits: Callable[[Mapping[str, Any]], bool]
    """whether a row looks like it"""
    convert: Callable[[FileRow, Gathered], Iterator[FileRow]]
    """yields rows with the columns id, input, references, …; raises BadCellError for a row that is none"""
    reads: frozenset[str]
    """plain names of the columns that it looks at"""
    first_of: tuple[str, ...] = ()
    """of these, it reads the first that is there"""
    look: Callable[[Sequence[Mapping[str, Any]], Gathered], str] | None = None
    """finds out from the first rows of a file what no row tells by itself, and returns what is wrong, or "" """
    columns_of: Callable[[Sequence[Mapping[str, Any]], Columns], Collection[str]] | None = None
    """which columns of these rows it reads, with those that are configured, where their names alone do not tell"""

    inner: Callable[[Sequence[Mapping[str, Any]]], Collection[str]] | None = None
    """which fields inside its columns it does not read"""

    def unread(self, names: Sequence[str], rows: Sequence[Mapping[str, Any]], columns: Columns) -> list[str]:
        """Return the columns that it does not look at.

        Args:
            names: of the columns.
            rows: the first of a file.
            columns: as configured.
        """
        if self.columns_of is not None:
            own = self.columns_of(rows, columns)
            return [name for name in names if name not in own]
        first = min((self.first_of.index(plain(name)) for name in names if plain(name) in self.first_of), default=0)
        read = self.reads | {*self.first_of[first : first + 1]}
        return [name for name in names if plain(name) not in read]
