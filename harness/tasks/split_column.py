"""A column of the only file that says which split each row is of: people keep their splits in one table, too."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import Columns, plain
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.mapping import Placed
from harness.tasks.rows import read_rows
from harness.tasks.split_names import split_called
from harness.tasks.values import shown
from harness.types import SPLITS, Split

INSIDE: Final = re.compile(r" (?:item|paragraph|question) \d+\Z")
"""behind the place of a row that holds others"""
NAMES: Final = frozenset({"split", "splits", "data_split", "dataset_split", "subset", "partition", "set"})
"""columns that are refused where some of their values are no splits; another must have rows of train and of test"""


@dataclass(frozen=True)
class SplitColumn:
    """Which row is of which split."""

    name: str
    """of the column"""
    of_place: Mapping[str, Split]
    """place of a row -> its split"""

    @property
    def splits(self) -> set[Split]:
        """The splits that have rows."""
        return set(self.of_place.values())

    def _split_of(self, place: str) -> Split:
        """Return the split of a row, or of the one that it was unfolded from."""
        while place not in self.of_place and (inner := INSIDE.search(place)) is not None:
            place = place[: inner.start()]
        return self.of_place.get(place, "train")

    def parts(self, rows: Sequence[Placed], file: str, complaints: Complaints) -> dict[Split, list[Placed]]:
        """Return the rows of each split, in their order."""
        parts: dict[Split, list[Placed]] = {split: [] for split in SPLITS if split in self.splits}
        for entry in rows:
            parts[self._split_of(entry.place)].append(entry)
        sizes = ", ".join(f"{split} {len(own):,}" for split, own in parts.items())
        complaints.remark(("splits",), f"{file}: the column {self.name} says which split a row is of: {sizes} rows")
        unanswered = [split for split, own in parts.items() if own and not any(map(_can_be_scored, own))]
        for split in unanswered if len(unanswered) < len(parts) else ():
            line = f"{file}: none of the {len(parts[split]):,} rows of {split} has a reference, and others have"
            complaints.add((file, "unanswered", split), f"{line}; name the column that they have in its place")
        return parts


def _can_be_scored(entry: Placed) -> bool:
    """Return whether a row has a reference, needs none, or is faulty, which is reported."""
    example = entry.example
    return example is None or bool(example.references or entry.mentions) or not example.answerable


def split_column(
    path: Path, shape: FileShape, columns: Columns, others: Mapping[Split, Path], complaints: Complaints
) -> SplitColumn | None:
    """Return the column of a file whose values are names of splits; None if no column is.

    Args:
        path: of the file whose rows are to be split.
        shape: what is known of it.
        columns: a column that has a role is no split column.
        others: files of other splits, from which no row may come twice.
        complaints: gets a line on a column of splits that cannot be used.
    """
    rows = list(read_rows(path, Complaints(), shape))
    for name in dict.fromkeys(name for row in rows for name in row.values):
        found = _of_rows(rows, name) if not any(name in role for role in vars(columns).values()) else {}
        if problem := _problem(rows, name, found, others):
            cure = f"set task.columns.slice=[{name}] to read it as something else, or mend the file"
            complaints.add((str(path), "split column"), f"{path}: {problem}; {cure}")
        elif set(found.values()) - {"train"} and len(found) == len(rows):
            return SplitColumn(name, found)
    return None


def _of_rows(rows: Sequence[FileRow], name: str) -> dict[str, Split]:
    called = ((row.place, _called(row.values.get(name))) for row in rows)
    found = {place: split for place, split in called if split is not None}
    return found if plain(name) in NAMES or {"train", "test"} <= set(found.values()) else {}


def _called(value: Any) -> Split | None:
    return split_called(value) if isinstance(value, str | list) else None


def _problem(rows: Sequence[FileRow], name: str, found: Mapping[str, Split], others: Collection[Split]) -> str:
    """Return why a column of splits cannot be used; "" for other columns, and for those that can be."""
    if len(found) < len(rows):
        strange = Counter(str(row.values.get(name)) for row in rows if row.place not in found)
        some = listed(shown(value) for value in strange)
        mixed = plain(name) in NAMES and found
        return (
            f"the column {name} names splits in {len(found):,} of {len(rows):,} rows, and has {some}" if mixed else ""
        )
    again = sorted(set(found.values()) & set(others))
    return f"the column {name} has rows of {again[0]}, which has a file of its own" if again else ""
