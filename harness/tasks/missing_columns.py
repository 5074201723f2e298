"""Columns that files of examples lack: what each file has instead, what the others have, and the key that maps it.

A key is for all files of a task, so that what is suggested for one must go on fitting the others: it lists the columns
of all, of which each row has one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.tasks.cells import Cells
from harness.tasks.columns import JOINT, Columns, near_names, typed
from harness.tasks.complaints import Complaints, listed
from harness.tasks.corrected import how_to_read
from harness.tasks.files.qrels_layout import layout_around
from harness.tasks.files.row import FileRow
from harness.tasks.headerless import is_row, without_names
from harness.tasks.split_names import split_called
from harness.tasks.suggestions import READ, columns_of, may_answer, suggested

NAMED: Final = 12
"""columns that a message names"""
ASKED: Final = ("input", "references")
"""roles for which a column is looked for by its values"""


@dataclass
class _FileColumns:
    """What one file has."""

    label: str
    columns: Columns
    used: set[str]
    """columns that were read and exist"""
    lacking: Mapping[tuple[str, ...], list[str]]
    """required columns -> places of the rows without them"""
    count: int
    """rows"""
    rows: list[Mapping[str, Any]]
    """the first, and those that lack a column which others have"""
    names: tuple[str, ...]
    """all columns"""
    has_evidence: bool
    """whether rows state any"""
    suggested: dict[str, str] = field(default_factory=dict)
    """role -> column that could play it"""

    @property
    def name(self) -> str:
        return Path(self.label).name

    def suggest(self) -> None:
        """Find columns that could play the roles that none does."""
        missing = {role: getattr(self.columns, role) for role in ASKED if self.lacks(role)}
        taken = self.used - {name for role in missing for name in self.has(role)}
        self.suggested = suggested(self.rows, missing, taken)

    def lacks(self, role: str) -> bool:
        return tuple(getattr(self.columns, role)) in self.lacking

    def has(self, role: str) -> list[str]:
        """Return the columns that play a role."""
        return [name for name in getattr(self.columns, role) if name in self.used]


class MissingColumns:
    """Collects what the files of one task lack, and reports it once all are read.

    Args:
        complaints: gets a line for each column of a file that is missing, and for rows that lack it.
    """

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self._files: list[_FileColumns] = []

    def add(self, cells: Cells, columns: Columns, rows: Sequence[FileRow], *, has_evidence: bool) -> None:
        """Add what was found in one file."""
        without = {place for places in cells.lacking.values() for place in places}
        partial = 0 < len(without) < cells.rows
        first = [row.values for row in rows if row.place in without][:READ] if partial else []
        first = first or [row.values for row in rows[:READ]]
        found = (cells.label, columns, cells.used, cells.lacking, cells.rows, first, tuple(cells.columns), has_evidence)
        self._files.append(_FileColumns(*found))

    def report(self) -> None:
        """Report what is missing, with the key that would help; files of which the same is true in one line."""
        for file in self._files:
            file.suggest()
        lines: dict[tuple[tuple[str, ...], str], list[_FileColumns]] = {}
        for file in self._files:
            for wanted, places in file.lacking.items():
                role = next((name for name, value in vars(file.columns).items() if tuple(value) == wanted), "")
                if len(places) < file.count:
                    self._of_rows(file, wanted, role, places)
                elif not (role == "references" and self._is_explained(file)):
                    lines.setdefault((wanted, self._of_file(file, wanted, role)), []).append(file)
        for (wanted, line), files in lines.items():
            others = f" (and {', '.join(file.name for file in files[1:])})" if files[1:] else ""
            self.complaints.add((files[0].label, *wanted), f"{files[0].label}{others}: {line}")

    def _is_explained(self, file: _FileColumns) -> bool:
        """Return whether there are no answers because their file cannot be used, which is reported."""
        layout = layout_around(Path(file.label))
        return layout is not None and layout.answers is not None and self.complaints.has_any_of(str(layout.answers))

    def _of_file(self, file: _FileColumns, wanted: tuple[str, ...], role: str) -> str:
        names = " or ".join(map(repr, wanted))
        others = [f"{other.name} has {listed(other.has(role))}" for other in self._files if role and other.has(role)]
        told = f" ({'; '.join(others)})" if others else ""
        line = f"no column is called {names}{told}; its columns are {listed(file.names)}"
        nested = [name for name in columns_of(file.rows) if "." in name and name not in file.names]
        inner = f"; a dot reaches into {listed(nested[:NAMED])}" if nested and role in ASKED else ""
        if role in ASKED and is_row(file.names, file.rows):
            return f"{line}{inner}; {without_names(Path(file.label), file.names, file.rows)}"
        return f"{line}{inner}{self._advice(file, role)}"

    def _of_rows(self, file: _FileColumns, wanted: tuple[str, ...], role: str, places: Sequence[str]) -> None:
        """Report rows that lack what others have; where these have another column instead, say which."""
        instead = file.suggested.get(role)
        cure = "add it, or leave the row out"
        if instead is not None:
            cure = f"it has {instead}: set {self._key(role)}, or add it"
        for place in places:
            names = " or ".join(map(repr, wanted))
            self.complaints.add((file.label, *wanted), f"{place}: this row has no {names}; {cure}")

    def _advice(self, file: _FileColumns, role: str) -> str:
        """Return the setting that would help."""
        if role == "id":
            like = [typed(name) for name in near_names(file.columns.id, file.names) if name not in file.used]
            return f"; set task.columns.id=[{', '.join(like)}]{'' if like else ', which numbers the rows'}"
        if role not in ASKED:
            return ""
        if role in file.suggested:
            return f"; set {self._key(role)}"
        if role == "input":
            return "; none surely asks, in all rows: name the one that does, task.columns.input=[COLUMN]"
        suggested_too = {part for name in file.suggested.values() for part in (name, *name.split(JOINT))}
        if both := how_to_read(file.rows, {*file.used, *suggested_too}):
            return f"; no other column is surely the answer: {both}; {self._without(file)}"
        others = may_answer(file.rows, {*file.used, *suggested_too})
        named = f"name the one that is, task.columns.references=[COLUMN]{_such_as(others)}; " if others else ""
        return f"; no other column is surely the answer: {named}{self._without(file)}"

    def _without(self, file: _FileColumns) -> str:
        """Return what helps where a file has no answers."""
        split = split_called(Path(file.label).stem)
        if split is not None and any(other.has("references") for other in self._files):
            return f"task.splits.{split}=null {'leaves the file out' if split == 'train' else 'carves it from train'}"
        if not file.has_evidence:
            return "task.columns.references=[] asks without any, and measures what needs none"
        beside = "answers.jsonl beside the queries, with the columns _id and answer, would be read"
        more = f"; {beside}" if layout_around(Path(file.label)) else ""
        return f"task.columns.references=[] measures retrieval alone, by the evidence that is there{more}"

    def _key(self, role: str) -> str:
        """Return the setting of a role that fits all files: the columns of those that have it, and what others lack."""
        names = dict.fromkeys(name for file in self._files for name in file.has(role))
        names |= dict.fromkeys(file.suggested[role] for file in self._files if role in file.suggested)
        return f"task.columns.{role}=[{','.join(map(typed, names))}]"


def _such_as(names: Sequence[str]) -> str:
    return f", such as {listed(list(names[:NAMED]))}" if names else ""
