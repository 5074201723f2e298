"""Rows that hold lists of rows: questions in the categories of an FAQ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.tasks.files.row import FileRow
from harness.tasks.formats.turns import is_conversation


def nested_column(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the one column whose cells are lists of objects; None if none or several are, or some row lacks it."""
    found = {name for row in rows for name, value in row.items() if _is_rows(value)}
    name = found.pop() if len(found) == 1 else None
    return name if all(isinstance(row.get(name or ""), list) for row in rows) else None


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and not is_conversation(value)


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
