"""Cells of a table that hold whole objects in print, as tracing programs export them: {"question": …}, {"answer": …}.

They are opened where what is asked stands inside of one. Beside a question in a text of its own an object is an answer
in JSON, which is to be given as it is written.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import JOINT, Columns
from harness.tasks.complaints import listed
from harness.tasks.files.row import FileRow, is_filled
from harness.tasks.formats.printed import opened, printed
from harness.tasks.formats.roles import column_names, find_roles
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.looks import Look, column_look

INPUT: Final = "input"


def opened_rows(
    rows: Sequence[FileRow], columns: Columns, *, typed: bool, guess: bool
) -> tuple[list[FileRow], tuple[str, ...]]:
    """Return the rows with the lists and objects that stand in print in them, and the columns that hold objects.

    Args:
        rows: the first of a file.
        columns: as configured.
        typed: whether the file has types, so that its lists need no print.
        guess: as `opened_columns`.
    """
    made = [row if typed else opened(row) for row in rows]
    held = opened_columns([row.values for row in made], columns, guess=guess)
    return [with_objects(row, held) for row in made], held


def opened_columns(rows: Sequence[Mapping[str, Any]], columns: Columns, *, guess: bool) -> tuple[str, ...]:
    """Return the columns whose cells are to be opened: each filled one of them holds an object in print.

    Args:
        rows: the first of a file.
        columns: as configured; one that is told by its whole name stays as it is, and a dot reaches into one.
        guess: whether columns are opened that nobody told a dot for.
    """
    own = [names for role, names in vars(columns).items() if names != getattr(DEFAULTS, role)]
    told = {part for names in own for name in names for part in name.split(JOINT)}
    held = [name for name in column_names(rows) if name not in told and _holds_objects(rows, name)]
    reached = [name for name in held if any(one.startswith(f"{name}.") for one in told)]
    looked_in = _looked_in(rows, held, columns) if guess and held else []
    return tuple(name for name in held if name in reached or name in looked_in)


def _holds_objects(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether all filled cells of a column are texts that hold an object."""
    cells = [row[name] for row in rows if is_filled(row.get(name))]
    return bool(cells) and all(_held(cell) is not None for cell in cells)


def _held(cell: Any) -> dict[str, Any] | None:
    """Return the object that a text holds; None without one."""
    found = printed(cell) if isinstance(cell, str) and cell.lstrip().startswith("{") else None
    is_object = isinstance(found, dict) and all(isinstance(name, str) for name in found)
    return found if is_object else None


def _looked_in(rows: Sequence[Mapping[str, Any]], held: Sequence[str], columns: Columns) -> list[str]:
    """Return the columns in whose objects something is read, where what is asked is; all, where it can only be there.

    An object of which nothing is read by itself stays as it is written: 12.50 in an answer in JSON is not 12.5.
    """
    inside = [{**row, **_objects(row, held)} for row in rows]
    roles = find_roles(inside, columns, guess=True)
    within = [column for column, dot, _ in (name.partition(".") for name in roles.values()) if dot and column in held]
    asks = roles.get(INPUT, "")
    if asks:  # an object in which nothing asks is asked as it is
        return within if "." in asks and asks.partition(".")[0] in held else []
    others = (name for name in column_names(rows) if name not in held)
    named = INPUT in find_roles(rows, columns, guess=True)
    return [] if named or any(column_look(rows, name) == Look.TEXTS for name in others) else [*held]


def _objects(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    found = {name: _held(values.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def with_objects(row: FileRow, names: Sequence[str]) -> FileRow:
    """Return the row with the objects that stand in print in the cells of these columns."""
    found = _objects(row.values, names)
    return row._replace(values={**row.values, **found}) if found else row


def said_of(names: Sequence[str]) -> str:
    """Return the line of the plan on columns that are opened; "" without any."""
    return f"the cells of {listed(names)} hold objects, which are opened" if names else ""
