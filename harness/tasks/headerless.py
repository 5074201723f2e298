"""Tables in which no row has the names of the columns: how that is seen, and what helps."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.column_words import SAYS
from harness.tasks.files.header import WITH_OPTIONS, option_names
from harness.tasks.files.workbook import WORKBOOKS
from harness.tasks.suggestions import WEAK, suggested

LONGEST_NAME: Final = 60
"""characters of a column's name; a longer one is a value"""
WITH_ROWS: Final = (".csv", ".tsv", *WORKBOOKS)
"""files in which a row has the names of the columns"""
NUMBERED: Final = re.compile(r"[\d\W_]{0,40}\d(?:[\d\W_]|[A-Za-z]{1,4}\b){0,40}")
"""numbers and dates, with AM or GMT"""
KINDS: Final = 10
"""values of a column of labels, at most"""

Rows = Sequence[Mapping[str, Any]]


def is_row(names: Sequence[str], rows: Rows) -> bool:
    """Return whether the names of columns look like values, and nothing below them says that they are names."""
    like = any(len(name) > LONGEST_NAME or name.endswith("?") or name.isdecimal() for name in names)
    return like and not any(_heads_numbers(name, rows) for name in names) and not _say_both(names)


def _heads_numbers(name: str, rows: Rows) -> bool:
    """Return whether a word without figures stands above numbers or dates: Timestamp."""
    cells = [str(row[name]).strip() for row in rows if row.get(name) not in (None, "")]
    is_word = not re.search(r"\d", name) and len(name) <= LONGEST_NAME and not name.endswith("?")
    return is_word and len(cells) > 1 and all(NUMBERED.fullmatch(cell) for cell in cells)


def _say_both(names: Sequence[str]) -> bool:
    """Return whether one name says that its column asks and another that its answers: What is your question?"""
    said = [set(re.findall(r"[^\W\d_]+", name.casefold())) for name in names if len(name) <= LONGEST_NAME]
    asks, answers = ({at for at, words in enumerate(said) if words & (SAYS[role] - WEAK)} for role in SAYS)
    return bool(asks - answers and answers - asks)


def without_names(path: Path, names: Sequence[str], rows: Rows) -> str:
    """Return what helps a file whose first line is a row.

    Args:
        path: of the file.
        names: values of its first line.
        rows: those below it, by these names.
    """
    columns = {f"column_{number}": name for number, name in enumerate(names, 1)}
    values: list[dict[str, Any]] = [
        dict(zip(columns, names, strict=True)),
        *({new: row.get(old) for new, old in columns.items()} for row in rows),
    ]
    line = "the first line looks like a row: write the names of the columns above it"
    is_table = path.suffix.lower() in WITH_ROWS
    if options := option_names([list(row.values()) for row in values]):
        key = "; or set task.header_row=0, which calls them so" if is_table else ""
        return f"{line}, {_parted(path, options)}, {WITH_OPTIONS}{key}"
    if not is_table:
        return f"{line}, say question,answer"
    found = suggested(values, {"input": (), "references": ()}, ())
    found |= {} if "references" in found else _label(values, found.get("input", ""))
    keys = [f"task.columns.{role}=[{found.get(role, 'column_NUMBER')}]" for role in ("input", "references")]
    return f"{line}, say question,answer; or set task.header_row=0 {' '.join(keys)}"


def _parted(path: Path, names: Sequence[str]) -> str:
    """Return the line with these names, by what parts the cells of a file."""
    with path.open("rb") as stream:
        first = stream.readline()
    return max(",;\t|", key=lambda sign: first.count(sign.encode())).join(names)


def _label(rows: Rows, asks: str) -> dict[str, str]:
    """Return the only column whose values are few kinds, as the references; {} without one."""
    kinds = {name: {str(row[name]) for row in rows} for name in rows[0] if name != asks}
    few = [name for name, own in kinds.items() if 2 <= len(own) <= min(KINDS, len(rows) // 2)]
    return {"references": few[0]} if len(few) == 1 else {}
