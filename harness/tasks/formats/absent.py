"""Cells that say that there is nothing: what programs write for an empty cell, and columns on answers that lack."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.values import as_truth

PANDAS: Final = frozenset(("nan", "NaN", "<NA>", "NaT"))
"""what Python and pandas print for an empty cell"""
TABLES: Final = PANDAS | {"NULL", "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "\\N"}
"""and what databases and spreadsheets do"""
IMPOSSIBLE: Final = ("is_impossible", "impossible", "unanswerable", "is_unanswerable", "no_answer")
"""columns that are true where a question has no answer"""
NO_ANSWERS: Final = frozenset(("CANNOTANSWER", "No Answer Present."))
"""what data sets write as the answer of a question that has none (QuAC, MS MARCO); no model should say it"""


def without_marks(row: FileRow, names: Iterable[str], typed: bool, gathered: Gathered) -> FileRow:
    """Return the row of a table with such cells empty; where cells have types, they stay and are counted."""
    marks = PANDAS if typed else TABLES
    held = {name: cell for name in names if isinstance(cell := row.values.get(name), str) and cell.strip() in marks}
    for name, cell in held.items():
        made = "taken as texts; was that an empty cell?" if typed else "read as empty (as texts: use JSON lines)"
        gathered.decided(f"cells of {name} with {cell.strip()} are {made}")
    return row if typed or not held else row._replace(values={**row.values, **dict.fromkeys(held)})


def impossible_column(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the column that says by true and false, or yes and no, which questions have no answer."""
    names = {plain(name): name for row in rows for name in row}
    column = next((names[name] for name in IMPOSSIBLE if name in names), None)
    cells = [row.get(column or "") for row in rows]
    known = all(as_truth(cell) is not None for cell in cells if cell not in (None, ""))
    return column if known and any(cell not in (None, "") for cell in cells) else None


def with_answerable(row: FileRow, column: str, role: str) -> FileRow:
    """Return the row with the opposite of such a cell in the column `role`."""
    return row._replace(values={**row.values, role: not as_truth(row.values.get(column))})


def is_no_answer(text: Any) -> bool:
    """Return whether a reference is the mark of a question without an answer."""
    return isinstance(text, str) and text.strip() in NO_ANSWERS


def says_none(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column of references holds such marks."""
    cells = [row.get(column) for row in rows]
    return any(is_no_answer(one) for cell in cells for one in (cell if isinstance(cell, list) else [cell]))


def without_no_answers(row: FileRow, column: str, role: str, gathered: Gathered) -> FileRow:
    """Return the row without such marks in its references; where nothing else is left, it is unanswerable.

    Args:
        row: as read.
        column: with the references.
        role: column that says whether a row is answerable.
        gathered: gets what was decided.
    """
    cell = row.values.get(column)
    cells = cell if isinstance(cell, list) else [cell]
    left = [one for one in cells if not is_no_answer(one)]
    if len(left) == len(cells):
        return row
    gathered.decided(f"{NO_MORE} (task.format=columns reads the words as they are)")
    return row._replace(values={**row.values, column: left, **({} if left else {role: False})})


NO_MORE: Final = f"answers that are {' or '.join(sorted(NO_ANSWERS))} say that a question has none: it is unanswerable"
