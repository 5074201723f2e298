"""Several answers of one row of which people or models said how good they are: the best of them are the right ones."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.values import as_truth

ACCEPTED: Final = ("is_accepted", "accepted", "is_best", "is_best_answer", "selected", "is_selected", "is_chosen")
"""fields that are true of the answers that were taken"""
SCORES: Final = ("overall_score", "score", "rating", "votes", "upvotes", "up_votes", "pm_score", "likes")
"""fields with numbers, of which the highest is best"""


def rating_of(rows: Sequence[Mapping[str, Any]], references: str) -> str | None:
    """Return the field that says how good each of several answers is; None where nothing says it of all.

    Args:
        rows: the first of a file.
        references: column with the answers, as a dot reaches it: answers.text.
    """
    column = references.partition(".")[0]
    several = [items for row in rows if len(items := _items(row.get(column))) > 1]
    fields = {plain(name): name for items in several for name in items[0]}
    found = (fields[name] for name in (*ACCEPTED, *SCORES) if name in fields)
    return next((name for name in found if all(None not in _ratings(items, name) for items in several)), None)


def with_best(row: FileRow, references: str, rating: str, gathered: Gathered) -> FileRow:
    """Return the row with the answers alone that are rated highest.

    Args:
        row: as read.
        references: column with the answers, as a dot reaches it.
        rating: field that says how good they are.
        gathered: gets what was decided.
    """
    column = references.partition(".")[0]
    items = _items(row.values.get(column))
    ratings = _ratings(items, rating)
    highest = max((own for own in ratings if own is not None), default=None)
    best = [item for item, own in zip(items, ratings, strict=True) if own == highest]
    if len(best) == len(items):
        return row
    gathered.decided(f"of several answers in {column} those with the highest {rating} are the references")
    return row._replace(values={**row.values, column: best})


def _items(cell: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a cell: of a list, or of an object of lists that stand side by side; [] for any other."""
    if isinstance(cell, list) and all(isinstance(item, Mapping) for item in cell):
        return cell
    lists = list(cell.values()) if isinstance(cell, Mapping) else []
    if not lists or not all(isinstance(one, list) and len(one) == len(lists[0]) for one in lists):
        return []
    return [dict(zip(cell, values, strict=True)) for values in zip(*lists, strict=True)]


def _ratings(items: Sequence[Mapping[str, Any]], name: str) -> list[float | None]:
    return [_rating(item.get(name)) for item in items]


def _rating(cell: Any) -> float | None:
    """Return a number, or 1 and 0 for true and false; None for what says nothing."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        truth = as_truth(cell)
        return None if truth is None else float(truth)
