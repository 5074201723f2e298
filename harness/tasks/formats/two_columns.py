"""Two columns of text, one of which surely answers: the other is what is asked, whatever their headers are.

Ids, numbers, dates, addresses, constants and empty columns are no text. The plan says which column was read as what.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import look_up
from harness.tasks.looks import Look, column_look
from harness.tasks.suggestions import name_says, name_words

FEWEST: Final = 8
"""rows from which on values that repeat are labels"""
PER_LABEL: Final = 4
"""rows of each label, on average, at least"""
ABOUT: Final = frozenset(
    {"rejected", "bad", "wrong", "incorrect", "worse", "worst", "negative", "notes", "note", "explanation", "rationale",
     "quality", "score", "rating", "source"}
)  # fmt: skip
"""words of a header that is about an answer, or of one that is not wanted: a near name is no sign then"""
LABELS: Final = frozenset({"department", "abteilung", "queue", "team", "tag", "intent", "route"})
"""further words of a header that calls its values the answer, where they repeat as labels do"""
DISTINCT: Final = 0.5
"""least share of different texts among what is asked about: what repeats as labels do is asked by nobody"""


def two_columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, str]:
    """Return what is asked and what answers, by role, where exactly two columns hold text and one surely answers.

    Args:
        rows: the first of a file.
        names: its columns.
    """
    texts = [name for name in names if column_look(rows, name) != Look.NAMES and not _are_stamps(_cells(rows, name))]
    if len(texts) != 2 or any(isinstance(cell, list | dict) for row in rows for cell in row.values()):
        return {}
    first, second = texts
    found = [pair for pair in ((first, second), (second, first)) if _asks_and_answers(rows, *pair)]
    return {"input": found[0][0], "references": found[0][1]} if len(found) == 1 else {}


def _asks_and_answers(rows: Sequence[Mapping[str, Any]], asks: str, answers: str) -> bool:
    """Return whether one column can be what is asked, and the other surely is the answer: by its name, or as labels."""
    if ABOUT & name_words(answers):
        return False
    against = name_says("input", asks) < 0 or name_says("references", answers) < 0 or name_says("references", asks) >= 1
    if against or column_look(rows, asks) != Look.TEXTS:
        return False
    cells, values = _cells(rows, asks), _cells(rows, answers)
    if len(set(cells)) < DISTINCT * len(cells):
        return False
    are_labels = len(values) >= FEWEST and len(set(values)) * PER_LABEL <= len(values)
    named = name_says("references", answers) >= 1 and name_says("input", asks) > 0
    called = name_says("references", answers) > 0 or bool(LABELS & name_words(answers))
    says = called and name_says("input", answers) <= 0
    return named or (are_labels and says and column_look(rows, answers) == Look.WORDS)


def _are_stamps(cells: Sequence[str]) -> bool:
    """Return whether most cells have more digits than letters: a date with its time, a number with its unit."""
    odd = [sum(map(str.isdigit, cell)) > sum(map(str.isalpha, cell)) for cell in cells]
    return sum(odd) > len(odd) / 2


def _cells(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    cells = (look_up(row, (name,))[1] for row in rows)
    return [" ".join(cell.split()) for cell in cells if isinstance(cell, str) and cell.strip()]
