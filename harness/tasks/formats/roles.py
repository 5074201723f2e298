"""Which column is the question and which the answer: as configured, in another case, or by a common name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, look_up, plain, typed
from harness.tasks.complaints import listed
from harness.tasks.formats.inner_roles import inner_roles
from harness.tasks.formats.issues import LABELS, is_issue
from harness.tasks.known_columns import COMMON, DEFAULTS, OTHER_GOLD, OTHER_INPUTS, SURE_CONTEXTS, SURE_INPUTS
from harness.tasks.looks import Look, column_look, holds_places
from harness.tasks.suggestions import suggested

ROLES: Final = tuple(vars(DEFAULTS))
ANSWERS_INSIDE: Final = ("answer", "text", "value", "content", "label", "answer_text", "answerText", "body")
"""where the objects of a list of answers have them"""
FEWEST_GROUPS: Final = 3
"""conversations in a file, at least, of which the rows of each are a group"""
STATES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("accept", "accepted", "approve", "approved", "submitted"), True),
    **dict.fromkeys(("reject", "rejected", "ignore", "ignored", "skip", "skipped", "discarded"), False),
}
"""what tools of annotators say of a row -> whether it was taken"""


def column_names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the columns that any row has, in order."""
    return list(dict.fromkeys(name for row in rows for name in row))


def find_roles(rows: Sequence[Mapping[str, Any]], columns: Columns, guess: bool) -> dict[str, str]:
    """Return role -> column of the rows, for the roles that are found.

    Args:
        rows: the first of a file.
        columns: as configured.
        guess: whether a role that keeps its default may be played by a column of a common name.
    """
    names = {plain(name): name for name in reversed(column_names(rows))}
    found: dict[str, str] = {}
    for role in ROLES:
        wanted = getattr(columns, role)
        open_to_all = guess and wanted == getattr(DEFAULTS, role)
        column = _configured(rows, wanted) or _first(rows, wanted, names)
        if open_to_all and (column is None or (role == "references" and _is_no_answer(rows, column))):
            column = _guessed(rows, role, names, found.values()) or column
        if column is not None:
            found[role] = column
    return found | (inner_roles(rows, columns, found) if guess else {})


def _configured(rows: Iterable[Mapping[str, Any]], wanted: Sequence[str]) -> str | None:
    """Return the first of the wanted columns that any row has a value in; else the first that exists."""
    read = list(rows)
    filled = (name for name in wanted if any(look_up(row, (name,))[1] is not None for row in read))
    there = (name for row in read if (name := look_up(row, wanted)[0]) is not None)
    return next(filled, None) or next(there, None)


def _guessed(
    rows: Sequence[Mapping[str, Any]], role: str, names: Mapping[str, str], without: Iterable[str]
) -> str | None:
    """Return the column that has a role by its name, and whose values do not speak against it."""
    if role == "input":
        return input_column(rows, names)
    if role == "group":
        return next((name for name in _named(rows, COMMON[role], names, without) if _are_groups(rows, name)), None)
    columns = _named(rows, COMMON.get(role, ()), names, without)
    if role != "references":
        return next(columns, None)
    every = [*columns, *_named(rows, COMMON[role], names, without, objects=True)]
    every = [name for name in every if not (plain(name) in LABELS and all(map(is_issue, rows)))]
    empty = next((names[name] for name in COMMON[role] if name in names and _is_empty(rows, names[name])), None)
    found = next((one for one in every if not _is_no_answer(rows, one)), next(iter(every), empty))
    return found and _inside(rows, found)


def _are_groups(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column says which rows are of one conversation: several of some, and not a few of all."""
    cells = [str(row.get(column)) for row in rows if row.get(column) not in (None, "")]
    return len(cells) == len(rows) and FEWEST_GROUPS <= len(set(cells)) < len(cells)


def _inside(rows: Sequence[Mapping[str, Any]], column: str) -> str:
    """Return where the answers stand in a column whose cells are lists of objects; the column, if they are not."""
    cells = [cell for row in rows if (cell := look_up(row, (column,))[1]) not in (None, "", [])]
    if not cells or not all(isinstance(cell, list) and all(isinstance(one, dict) for one in cell) for cell in cells):
        return column
    every = [one for cell in cells for one in cell]
    held = (name for name in ANSWERS_INSIDE if any(isinstance(one.get(name), str) for one in every))
    return next((f"{column}.{name}" for name in held), column)


def _is_empty(rows: Iterable[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column has no value at all: a file without the answers that others have."""
    return all(row.get(column) in (None, "", []) for row in rows)


def _is_no_answer(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column names where the answer is: addresses, files, or as gold the ids of documents."""
    if holds_places(rows, column) or _is_status(rows, column):
        return True
    return plain(column) in OTHER_GOLD and column_look(rows, column) == Look.NAMES


def _is_status(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column that is called answer says what became of a row; labels may be called so themselves."""
    return plain(column) == "answer" and holds_states(rows, column)


def holds_states(rows: Iterable[Mapping[str, Any]], column: str) -> bool:
    """Return whether all cells of a column say whether an annotator took the row."""
    cells = [str(cell).strip().casefold() for row in rows if (cell := row.get(column)) not in (None, "")]
    return bool(cells) and STATES.keys() >= set(cells)


def input_column(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str | None:
    """Return the column that asks; None where it is doubtful.

    Args:
        rows: the first of a file.
        names: plain name -> column.
    """
    sure, other = (_looks(rows, wanted, names) for wanted in (SURE_INPUTS, OTHER_INPUTS))
    for looks in (sure, other):
        texts = [name for name, look in looks.items() if look == Look.TEXTS]
        if texts:
            return texts[0] if looks is sure or len(texts) == 1 else None
    free = free_texts(rows, names)
    least = {True: Look.WORDS, False: Look.NAMES}[bool(free)]
    fitting = [name for name, look in sure.items() if look >= least]
    fitting += [] if free else [name for name, look in other.items() if look == Look.WORDS]
    return next(iter(fitting), None)


def _looks(rows: Sequence[Mapping[str, Any]], wanted: Iterable[str], names: Mapping[str, str]) -> dict[str, Look]:
    there = (name for name in _named(rows, wanted, names) if not _is_empty(rows, name))
    return {name: column_look(rows, name) for name in there}


def free_texts(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """Return the columns with texts that are neither an answer nor a context by their names."""
    answers = {name.partition(".")[0] for name in (*COMMON["references"], *DEFAULTS.references)}
    others = answers | {*SURE_CONTEXTS, "title", *(name for role in vars(DEFAULTS).values() for name in role)}
    left = [column for name, column in names.items() if name not in others]
    return [column for column in left if column_look(rows, column) == Look.TEXTS]


def input_doubt(rows: Sequence[Mapping[str, Any]], columns: Columns) -> str:
    """Return why no column was taken as the input although one has a name for it; "" where none has."""
    names = {plain(name): name for name in reversed(column_names(rows))}
    looks = _looks(rows, COMMON["input"], names)
    if not looks or columns.input != DEFAULTS.input:
        return ""
    texts = [name for name, look in looks.items() if look == Look.TEXTS]
    if len(texts) > 1:
        return f"{listed(texts)} can each be the input: say which is, task.columns.input=[{texts[0]}]"
    missing = {role: getattr(DEFAULTS, role) for role in ("input", "references") if getattr(columns, role)}
    alike = [name for name in names.values() if any(plain(name).startswith(f"{plain(one)}_") for one in looks)]
    better = suggested(rows, missing, {*looks, *alike})
    cure = " ".join(f"task.columns.{role}=[{typed(name)}]" for role, name in better.items() if role in missing)
    cure = cure if "input" in better else "task.columns.input=[COLUMN]"
    return f"{listed(looks)} would be the input by name, but has ids, numbers, addresses or kinds of rows: set {cure}"


def _named(
    rows: Sequence[Mapping[str, Any]],
    wanted: Iterable[str],
    names: Mapping[str, str],
    without: Iterable[str] = (),
    *,
    objects: bool = False,
) -> Iterator[str]:
    """Yield the columns of these names, in whatever case, that have a value which is no object (or also one)."""
    for name in wanted:
        head, dot, rest = plain(name).partition(".")
        column = f"{names.get(head, '')}{dot}{_as_written(rows, names.get(head, ''), rest)}"
        if head in names and column not in without and any(_is_usable(row, column, objects) for row in rows):
            yield column


def _as_written(rows: Sequence[Mapping[str, Any]], column: str, field: str) -> str:
    """Return a field of the objects in a column as these spell it: Value for value."""
    objects = (row[column] for row in rows if isinstance(row.get(column), dict)) if field else ()
    return next((name for one in objects for name in one if plain(name) == field), field)


def _first(rows: Sequence[Mapping[str, Any]], wanted: Iterable[str], names: Mapping[str, str]) -> str | None:
    return next(_named(rows, wanted, names), None)


def _is_usable(row: Mapping[str, Any], column: str, objects: bool) -> bool:
    _, value = look_up(row, (column,))
    return value is not None and value != [] and (objects or not isinstance(value, dict))
