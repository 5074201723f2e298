"""Rows that hold lists of rows: questions in the categories of an FAQ."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.files.row import FileRow
from harness.tasks.formats.turns import is_conversation

MANY: Final = 5
"""times the items of any other such column: it has the rows, the others examples or notes"""


def nested_column(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the one column whose cells are lists of objects, or the one with by far most of them; None without.

    None, too, if some row lacks it.
    """
    found = Counter[str]()
    for row in rows:
        found.update({name: len(value) for name, value in row.items() if _is_rows(value)})
    (name, count), (_, second) = (*found.most_common(2), ("", 0), ("", 0))[:2]
    return name if name and count >= MANY * second and all(isinstance(row.get(name), list) for row in rows) else None


def are_single(rows: Iterable[Mapping[str, Any]], column: str) -> bool:
    """Return whether no list in a column has two items, so that they are no rows."""
    return all(len(row[column]) < 2 for row in rows)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and not is_conversation(value)


def inner_objects(rows: Iterable[FileRow], column: str) -> list[Mapping[str, Any]]:
    """Return the objects of the lists in a column, without the other cells of their rows."""
    return [item for row in rows for item in row.values.get(column) or () if isinstance(item, dict)]


def unfolded(rows: Iterable[FileRow], column: str) -> Iterator[FileRow]:
    """Yield the inner rows, each with the other cells of its outer row."""
    count = 0
    for row in rows:
        outer = {name: value for name, value in row.values.items() if name != column}
        items = row.values.get(column)
        for number, item in enumerate(items if isinstance(items, list) else (), start=1):
            count += 1
            values = {**outer, **item} if isinstance(item, dict) else {**outer, column: item}
            yield FileRow(f"{row.place} item {number}", count, values)
