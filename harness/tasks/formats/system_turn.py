"""What the system says, in a column of its own beside what is asked: the first turn of the input."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, look_up, plain
from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.turns import CONTENTS
from harness.tasks.values import as_input

SYSTEM: Final = ("system", "system_prompt", "system_message", "system_instruction", "systeminstruction")
"""columns with what the system says before all turns"""


def system_column(values: Mapping[str, Any]) -> str:
    """Return the column of a row with what the system says; "" without one, or where it is empty."""
    known = {plain(name): name for name in values}
    return next((known[name] for name in SYSTEM if name in known and values[known[name]] not in (None, "", [])), "")


def system_turns(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the system turn of a column of its own: a text, parts with texts, or a turn."""
    cell = values.get(system_column(values))
    if isinstance(cell, dict):
        cell = next((cell[name] for name in CONTENTS if cell.get(name) is not None), None)
    if isinstance(cell, str) and cell.strip():
        return [{"role": "system", "content": cell}]
    return [{"role": "system", "content": cell}] if isinstance(cell, list) and cell else []


def system_texts(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> str | None:
    """Return the column with texts of the system beside a question; None without one.

    Args:
        rows: the first of a file.
        roles: role -> column.
    """
    known = {plain(name): name for name in reversed(column_names(rows)) if name not in roles.values()}
    for column in (known[name] for name in SYSTEM if name in known):
        cells = [row.get(column) for row in rows]
        if all(isinstance(cell, str | None) for cell in cells) and any(
            isinstance(cell, str) and " " in cell for cell in cells
        ):
            return column
    return None


def with_system(row: FileRow, column: str, columns: Columns, gathered: Gathered) -> FileRow:
    """Return the row with the text of the system before its input, as a turn of its own.

    Args:
        row: as read.
        column: with the text of the system.
        columns: by which the row will be read.
        gathered: gets what was decided.
    """
    said, (name, cell) = row.values.get(column), look_up(row.values, columns.input)
    if name is None or not isinstance(said, str) or not said.strip():
        return row
    try:
        asked = as_input(cell)
    except BadCellError:
        return row  # reported when the row is read
    own = [("user", asked)] if isinstance(asked, str) else [(turn.role, turn.content) for turn in asked]
    if own[0][0] == "system":
        return row
    gathered.decided(f"{column} is the turn of the system before the input")
    turns = [{"role": role, "content": text} for role, text in [("system", said.strip()), *own]]
    return row._replace(values={**row.values, name: turns})
