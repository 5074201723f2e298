"""Rows without their text: a few are left out and said; many mean that the file or its columns are not as thought."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import look_up
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow

FEW: Final = 0.1
"""share of a file's rows up to which rows without their text are left out; above, each is a fault"""


def without_empty(
    rows: Iterable[FileRow], names: Sequence[str], label: str, complaints: Complaints
) -> tuple[list[FileRow], list[FileRow]]:
    """Return the rows to be read, and those that are left out as their text is empty.

    Args:
        rows: of one file.
        names: columns of the text.
        label: name of the file.
        complaints: gets a remark on what was left out.
    """
    everything = list(rows)
    empty = [row for row in everything if _is_empty(row, names)]
    if not empty or len(empty) > FEW * len(everything):
        return everything, []
    left_out = {row.place for row in empty}
    lines = listed(row.place.rpartition(":")[2] for row in empty)
    text = f"{Path(label).name}: {len(empty):,} of {len(everything):,} rows have no text in {' or '.join(names)}"
    complaints.remark((label, "empty rows"), f"{text} and are left out (lines {lines})")
    return [row for row in everything if row.place not in left_out], empty


def _is_empty(row: FileRow, names: Sequence[str]) -> bool:
    name, value = look_up(row.values, names)
    return name is not None and (value is None or value != value or _is_blank(value))


def _is_blank(value: Any) -> bool:
    return value == [] or (isinstance(value, str) and not value.strip())
