"""Rows that hold lists of rows: questions in the categories of an FAQ."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.column_words import SAYS
from harness.tasks.columns import plain, typed
from harness.tasks.files.row import FileRow, is_filled
from harness.tasks.formats.turns import is_conversation
from harness.tasks.known_columns import DEFAULTS, SURE_INPUTS
from harness.tasks.suggestions import name_words

MANY: Final = 5
"""times the items of any other such column: it has the rows, the others examples or notes"""
OUTER: Final = "outer_"
"""before the name of a column of the outer row whose name its items have, too"""


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
    return _items((row.values for row in rows), column)


def hidden_columns(rows: Iterable[Mapping[str, Any]], column: str) -> list[str]:
    """Return the filled columns of rows that have the name of a field of the objects in a column, in order."""
    found = dict[str, None]()
    for row in rows:
        inner = {name for item in _items([row], column) for name in item}
        found |= dict.fromkeys(name for name, cell in row.items() if name in inner and is_filled(cell))
    return list(found)


def annotated_column(rows: Sequence[Mapping[str, Any]], column: str, outer: Mapping[str, str]) -> str:
    """Return the text of a row that the lists in a column are notes on; "" where the lists may be rows themselves.

    Their objects have a text of the same name, that of an entity or a sentence: read as rows, they would hide what they
    were found in. They are rows where they ask, by the name of their text or their list, or as most of them do.

    Args:
        rows: the first of a file.
        column: with lists of objects.
        outer: role -> column, of the rows around them.
    """
    text = outer.get("input", "")
    is_sure = plain(text) in (*DEFAULTS.input, *SURE_INPUTS) or bool(name_words(column) & SAYS["input"])
    texts = [str(item[text]) for item in _items(rows, column) if is_filled(item.get(text))]
    asking = sum(one.rstrip().endswith(("?", "？")) for one in texts)
    return text if text in hidden_columns(rows, column) and not is_sure and 2 * asking <= len(texts) else ""


def _items(rows: Iterable[Mapping[str, Any]], column: str) -> list[Mapping[str, Any]]:
    lists = (row.get(column) for row in rows)
    return [item for items in lists if isinstance(items, list) for item in items if isinstance(item, dict)]


def annotated(rows: Sequence[Mapping[str, Any]], column: str, outer: Mapping[str, str]) -> str:
    """Return the question what of notes on a text is the answer, with the keys that say it; "" for other lists.

    Args:
        rows: the first of a file.
        column: with lists of objects.
        outer: role -> column, of the rows around them.
    """
    text = annotated_column(rows, column, outer)
    if not text:
        return ""
    fields = ((name, cell) for item in _items(rows, column) for name, cell in item.items())
    field = next((name for name, cell in fields if name != text and _is_label(cell)), "")
    ask = f"task.columns.input=[{typed(text)}] task.columns.references="
    values = f", or {ask}[{typed(f'{column}.{field}')}] for the values of {field}, each of them right" if field else ""
    told = f"the rows have {text}, and so have the objects in their {column}, which seem to be notes on it and no rows"
    rename = f"where they ask and answer themselves, give {text} of the rows another name"
    return f"{told}: set {ask}[{typed(column)}] where all of them, as JSON, are the answer{values}; {rename}"


def _is_label(cell: Any) -> bool:
    """Return whether a cell holds a text or a number that can be an answer."""
    return isinstance(cell, str | int | float) and not isinstance(cell, bool) and is_filled(cell)


def unfolded(rows: Iterable[FileRow], column: str, *, alone: bool = False) -> Iterator[FileRow]:
    """Yield the inner rows, each with the other cells of its outer row.

    Args:
        rows: of a file.
        column: with the lists.
        alone: whether cells of an outer row are left out where its items have one of the same name; else they are
            called outer_….
    """
    count = 0
    for row in rows:
        outer = {name: value for name, value in row.values.items() if name != column}
        items = row.values.get(column)
        for number, item in enumerate(items if isinstance(items, list) else (), start=1):
            count += 1
            own = item if isinstance(item, dict) else {column: item}
            kept = {} if alone else _hidden(outer, own)
            yield FileRow(f"{row.place} item {number}", count, {**outer, **own, **kept})


def _hidden(outer: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filled cells of a row that an item has another value for, by a name that neither has."""
    hidden = [name for name, cell in outer.items() if name in item and is_filled(cell) and cell != item[name]]
    return {made: outer[name] for name in hidden if (made := f"{OUTER}{name}") not in {**outer, **item}}
