"""Numbers under pictures, and where in a table they are found."""

from collections.abc import Sequence
from typing import Final

from harness.analysis.result import Table, TableEntry
from harness.reports.text_width import printable

LONGEST: Final = 26
"""characters of a name in a picture"""


def place_of(table: Table, names: Sequence[str]) -> int | None:
    """Return the place of the first of these metrics that two arms at least have a value of; None without one."""
    measured = [column.metric for column in table.columns]
    for name in names:
        if name in measured:
            place = measured.index(name)
            if sum(row.entries[place].mean is not None for row in table.rows) >= 2:
                return place
    return None


def short(name: str) -> str:
    """Return a name as a picture can show it: no control characters, and not longer than its place."""
    text = printable(name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def interval(entry: TableEntry) -> str:
    """Return mean and interval in the form of the scoreboard."""
    if entry.mean is None:
        return "–"
    if entry.low is None or entry.high is None:
        return f"{entry.mean:.3f}"
    return f"{entry.mean:.3f} [{entry.low:.3f}, {entry.high:.3f}]"


def seconds(value: float) -> str:
    """Return a duration with three digits that say something."""
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
