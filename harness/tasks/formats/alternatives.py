"""What belongs to an input or an answer and stands beside it: other right wordings, the unit of a number, more text."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import JOINT, Columns, look_up, plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.pairs import paired_input, with_history
from harness.tasks.formats.printed import printed
from harness.tasks.formats.roles import column_names
from harness.tasks.known_columns import DEFAULTS

ALIASES: Final = (
    *("aliases", "answer_aliases", "alternatives", "alternative_answers", "alternate_answers", "other_answers"),
    *("acceptable_answers", "accepted_answers", "correct_answers"),
)
"""lists of answers that are as right as the one beside them"""
UNITS: Final = ("unit", "units", "currency")
"""in the object of an answer, without which its number says something else"""
VALUE: Final = "value"
SEVERAL: Final = frozenset(
    ("answers", "references", "correct_answers", "gold_answers", "reference_answers", "ground_truths", *ALIASES)
)
"""columns that may hold several right answers in a cell"""
SIGNS: Final = ("|", ";", "\n")
"""that may part them; lines only in columns that are called so"""
SIGN_NAMES: Final[Mapping[str, str]] = {"\n": "newline", "\t": "tab", "|": "pipe", ";": "semicolon", ",": "comma"}
"""sign -> its name as a key takes it"""
SHORT: Final = 6
"""words of an answer that others may stand beside"""


def with_what_belongs(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str], columns: Columns) -> dict[str, str]:
    """Return the roles with columns that are read together: pairs of texts, earlier turns, other right answers."""
    found = dict(roles)
    if "input" in roles and columns.input == DEFAULTS.input:
        paired = paired_input(rows, roles)
        found["input"] = paired if paired != roles["input"] else with_history(rows, roles)
    if "references" in roles and columns.references == DEFAULTS.references:
        found["references"] = with_aliases(rows, roles["references"])
    return found


def with_aliases(rows: Sequence[Mapping[str, Any]], column: str) -> str:
    """Return the references with the lists of alternatives beside them, a+b; the column itself where there are none."""
    above, dot, _ = column.rpartition(".")
    known = {plain(name): name for name in reversed(_names(rows, above))}
    for name in ALIASES:
        beside = f"{above}{dot}{known[name]}" if name in known else column
        if beside != column and not column.startswith(f"{beside}.") and _are_lists(rows, beside):
            return f"{column}{JOINT}{beside}"
    return column


def _names(rows: Sequence[Mapping[str, Any]], above: str) -> list[str]:
    """Return the columns of rows, or of the objects in one of their columns."""
    if not above:
        return column_names(rows)
    return column_names([inner for row in rows if isinstance(inner := look_up(row, (above,))[1], Mapping)])


def _are_lists(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether every row has a column, with lists of texts or nothing in it."""
    found = [look_up(row, (column,)) for row in rows]
    cells = [_opened(cell) for _, cell in found if cell not in (None, "", [])]
    lists = [cell for cell in cells if isinstance(cell, list) and all(isinstance(one, str) for one in cell)]
    return bool(cells) and len(lists) == len(cells) and all(name is not None for name, _ in found)


def _opened(cell: Any) -> Any:
    return printed(cell) if isinstance(cell, str) else cell


def unit_column(rows: Sequence[Mapping[str, Any]], references: str) -> str | None:
    """Return the column with the unit of what is the reference, if its object has one; None without."""
    above, _, last = references.rpartition(".")
    if last != VALUE:
        return None
    units = (f"{above}.{name}" for name in UNITS)
    return next((unit for unit in units if any(isinstance(look_up(row, (unit,))[1], str) for row in rows)), None)


def with_unit(row: FileRow, unit: str) -> FileRow:
    """Return the row with the unit behind the value that it belongs to."""
    above, _, name = unit.rpartition(".")
    inner = row.values.get(above)
    told = inner.get(name) if isinstance(inner, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(told, str) or inner.get(VALUE) in (None, "", []):
        return row
    made = f"{inner[VALUE]} {told}".strip()
    return row._replace(values={**row.values, above: {**inner, VALUE: made}})


def parted_by(rows: Sequence[Mapping[str, Any]], references: str) -> str:
    """Return the sign that may part several right answers in most cells of a column; "" without.

    In a column that is not called as if it had several they must be short: a sentence may have a semicolon.
    """
    cells = [cell for row in rows if isinstance(cell := row.get(references), str) and cell.strip()]
    several = plain(references) in SEVERAL
    for sign in SIGNS if several else SIGNS[:2]:
        parted = [parts for cell in cells if len(parts := _parts(cell, sign)) > 1]
        short = several or all(len(part.split()) <= SHORT for parts in parted for part in parts)
        if parted and 2 * len(parted) >= len(cells) and short:
            return sign
    return ""


def _parts(cell: str, sign: str) -> list[str]:
    return [part.strip() for part in cell.split(sign) if part.strip()]


def in_parts(row: FileRow, columns: Sequence[str], sign: str, gathered: Gathered) -> FileRow:
    """Return the row with several answers that share a cell as a list.

    Args:
        row: as read.
        columns: of the references.
        sign: that stands between answers, as a name of SIGN_NAMES or as it is.
        gathered: gets what was decided.
    """
    between = next((one for one, name in SIGN_NAMES.items() if name == sign), sign)
    apart = {
        name: parts
        for name in columns
        if isinstance(cell := row.values.get(name), str) and len(parts := _parts(cell, between)) > 1
    }
    for name in apart:
        gathered.decided(f"answers that share a cell of {name} are read apart (task.answers_between)")
    return row._replace(values={**row.values, **apart}) if apart else row


def unread_inside(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """Return what stands beside columns in their objects and is not read, as a dot reaches it."""
    read = [part for name in columns for part in name.split(JOINT)]
    heads = dict.fromkeys(name.rpartition(".")[0] for name in read if "." in name)
    return [name for head in heads for inner in _names(rows, head) if (name := f"{head}.{inner}") not in read]
