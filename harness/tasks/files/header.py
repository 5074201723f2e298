"""Which row of a table or a sheet has the names of the columns, and what stands above it."""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileShape, is_filled
from harness.tasks.known_columns import COMMON, DEFAULTS, OTHER_INPUTS

TITLE: Final = 60
"""characters of a title that are shown"""
NAMES: Final = frozenset((*COMMON["input"], *COMMON["references"], *DEFAULTS.input, *DEFAULTS.references))
"""names of columns with questions or answers"""
UNSURE: Final = frozenset((*OTHER_INPUTS, "label", "labels", "category", "class", "user"))
"""of these, names that other columns have, too"""
LABELS: Final = "ABCDEFGH"
"""of options, in their order"""
WITH_OPTIONS: Final = "as they hold a question, its options and the label of the right one"
BELOW: Final = 20
"""rows in which such names are looked for where the first full row has none"""


def header_at(rows: Sequence[Sequence[Any]], told: int | None = None) -> int:
    """Return which row has the names of the columns.

    It is the first, but for titles, which fill half of a row at most, and for rows about the file ("Author", "Ada"),
    below which another row has names of questions and answers.

    Args:
        rows: the first of a file.
        told: the number of the row, from 1 (task.header_row).
    """
    if told is not None:
        return told - 1
    filled = [sum(map(is_filled, row)) for row in rows]
    usual = median([count for count in filled if count] or [0])
    full = [
        number
        for number, count in enumerate(filled)
        if count and (2 * count > usual or _is_indexed(rows[number : number + 2]))
    ]
    if not full or _known(rows[full[0]]):
        return full[0] if full else 0
    return next((number for number in full if number < full[0] + BELOW and _known(rows[number]) > 1), full[0])


def _known(row: Sequence[Any]) -> int:
    """Return how many cells are names of columns with questions or answers."""
    return len({plain(cell) for cell in row if isinstance(cell, str)} & NAMES)


def _is_indexed(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether a row with no name for its first column stands above a number: an index of pandas."""
    return len(rows) > 1 and rows[0][0] in (None, "") and str(rows[1][0] if rows[1] else "").isdecimal()


def is_there(rows: Sequence[Sequence[Any]], path: Path, shape: FileShape, complaints: Complaints) -> bool:
    """Return whether the row that is told to have the names of the columns exists and has any; if not, report it."""
    at = shape.header_row
    if not at or (at <= len(rows) and any(map(is_filled, rows[at - 1]))):
        return True
    what = "is empty" if at <= len(rows) else f"is not there; the file has {len(rows)} rows"
    cure = f"set {shape.keys}header_row to the right one, or to null, which recognises it"
    complaints.add((path, "header row"), f"{path}: row {at} should have the names of the columns and {what}: {cure}")
    return False


def numbered_names(rows: Sequence[Sequence[Any]], shape: FileShape) -> list[str]:
    """Return the names of the columns of a table in which no row has them, and note them."""
    if not shape.documents and not shape.numbered and (names := option_names(rows)):
        shape.notes.append(f"no row has the names of the columns: they are called {listed(names)}, {WITH_OPTIONS}")
        return names
    names = [f"column_{number}" for number in range(1, max(map(len, rows), default=0) + 1)]
    shape.notes.append(f"no row has the names of the columns: they are called {listed(names)}")
    return names


def option_names(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return names for columns that hold a question, options and the label of the right one; [] for others.

    Args:
        rows: the first of a table in which no row has the names of the columns.
    """
    filled = [[str(cell or "").strip() for cell in row] for row in rows if any(map(is_filled, row))]
    count = len(filled[0]) - 2 if filled else 0
    if not 2 <= count <= len(LABELS) or any(len(row) != count + 2 for row in filled):
        return []
    labelled = all(row[-1].upper() in (*LABELS[:count],) for row in filled)
    asks = all(" " in row[0] for row in filled)
    return ["question", *LABELS[:count], "answer"] if labelled and asks else []


def noted_titles(titles: Sequence[Sequence[Any]], shape: FileShape) -> None:
    """Note in which row the names of the columns are, if not in the first, and what stands above."""
    texts = [" ".join(str(cell).split()) for row in titles for cell in row if is_filled(cell)]
    if titles:
        shape.notes.append(f"the names of the columns are in row {len(titles) + 1}")
    if texts:
        shape.notes.append(f"above the names of the columns: {listed(text[:TITLE] for text in texts)}")


def named(
    header: Sequence[str], below: Sequence[Sequence[Any]], place: str, shape: FileShape, complaints: Complaints
) -> Sequence[str]:
    """Return the header with a number behind a name that stands again; columns without a name are noted.

    Only the names of questions and answers that stand twice are a fault: either may be meant.

    Args:
        header: names of the columns; "" for none.
        below: the first rows under it: of an empty column there is nothing to say.
        place: of the header.
        shape: gets the note.
        complaints: gets the fault.
    """
    unnamed = [at for at, name in enumerate(header) if not name and any(_has(row, at) for row in below)]
    if unnamed and any(header):
        index = " (an index?)" if unnamed[0] == 0 else ""
        shape.notes.append(f"{len(unnamed)} column{'s' * (len(unnamed) > 1)} without a name{index} left out")
    written = Counter(plain(name) for name in dict.fromkeys(header) if name)
    if alike := [name for name in dict.fromkeys(header) if written[plain(name)] > 1]:
        shape.notes.append(
            f"{listed(alike)} differ in case or spaces alone: the first is read, unless a key names another"
        )
    twice = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if asked := [name for name in twice if plain(name) in NAMES - UNSURE]:
        cure = "rename one of them"
        complaints.add(
            (place.rpartition(":")[0], "header"), f"{place}: two columns have the same name: {listed(asked)}; {cure}"
        )
    if others := [name for name in twice if name not in asked]:
        shape.notes.append(f"columns of one name are numbered: {listed(f'{name} 2' for name in others)}")
    return _numbered(header, others)


def _numbered(header: Sequence[str], twice: Sequence[str]) -> list[str]:
    """Return the names of columns, the second of one name with 2 behind it; exports of issues repeat Comment."""
    names = list[str]()
    for name in header:
        free = (f"{name} {number}" for number in itertools.count(2) if f"{name} {number}" not in (*header, *names))
        names.append(next(free) if name in twice and name in names else name)
    return names


def _has(row: Sequence[Any], at: int) -> bool:
    return at < len(row) and is_filled(row[at])
