"""The lines right under the scoreboard of the first page. detail_notes.py has the notes of the details."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.answer_prices import basis, currency
from harness.analysis.notes.evaluation import NEITHER_END
from harness.analysis.numbers import listed
from harness.analysis.result import Note, Table

CEILING: Final = "References"
"""topic of the notes on what the references get (`harness.analysis.ceilings`)"""
ON_VALUES: Final = ("Judge", "Unsupported", CEILING, NEITHER_END)
"""topics of the notes on how far to believe a judge, and on answers that a style scale does not describe"""


def footnotes(table: Table, places: Sequence[int], headings: Sequence[str]) -> Iterator[str]:
    """Yield one line each on how to read the scoreboard.

    Args:
        table: the comparison.
        places: of the metrics that the page shows.
        headings: of the columns on time and price.
    """
    yield _reading(table, places)
    for place in places:
        column, entries = table.columns[place], {row.arm: row.entries[place] for row in table.rows}
        silent = {arm: entry.why for arm, entry in entries.items() if entry.mean is None}
        without = f"; no value for {listed([*silent])}: {', '.join(dict.fromkeys(silent.values()))}" if silent else ""
        yield f"{column.metric}: {column.unit}{without}."
    if any(heading.startswith("p95") for heading in headings):
        yield "p95: 95 of 100 requests are answered faster than this, one at a time."
    if any(heading.endswith("/1,000") for heading in headings):
        yield f"{currency(table)}/1,000: price of 1,000 answers, {basis(table)}, without training and indexing."
    yield from (f"{note.topic}: {note.text}." for note in table.notes if _concerns(note, table, places))


def _concerns(note: Note, table: Table, places: Sequence[int]) -> bool:
    """Return whether a note says how far to believe what the page shows, and not other metrics of the details."""
    if note.topic not in ON_VALUES or note.warning or note.text == "none":
        return False
    named = {column.metric for column in table.columns} & set(re.findall(r"[\w@]+", note.text))
    columns = [table.columns[place] for place in places]
    if named:
        return any(column.metric in named for column in columns)
    return note.topic != CEILING or any(column.references is not None for column in columns)


def _reading(table: Table, places: Sequence[int]) -> str:
    parts = []
    differences = [row.entries[place].difference for row in table.rows for place in places]
    if any(difference is not None and difference.significant for difference in differences):
        others = len(table.rows) - 1
        adjusted = "Holm-adjusted " if others > 1 else ""
        parts.append(f"* differs from {table.base} (paired test, {adjusted}p < 0.05).")
    parts.append("Brackets: 95 % intervals. Failed answers score the worst value.")
    return " ".join(parts)
