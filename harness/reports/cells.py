"""The texts in a table's cells, the same for every format that people read."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.reports.width import display_width, printable
from harness.result import Column, Difference, Entry, Row, Table

NOTHING = "–"
DELTA = "Δ vs base"
ARROWS = {True: " ↑", False: " ↓", None: ""}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as text."""

    text: str
    """what is printed"""
    verdict: str = ""
    """better or worse where the difference to base is significant and the metric has a direction"""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns that stand side by side."""

    headings: tuple[str, ...]
    """the first is "arm" """
    rows: tuple[tuple[Cell, ...], ...]
    """one per arm"""


def blocks(table: Table, width: int) -> list[Block]:
    """Cut the table's columns into blocks of at most `width` terminal columns.

    Every block begins with the arm; a metric and its difference stay together, so a block of one metric may
    be wider than `width`.
    """
    arms = [Cell(printable(row.arm)) for row in table.rows]
    done: list[Block] = []
    group: list[tuple[str, list[Cell]]] = []
    for columns in [_counts(table), *(_metric(table, place) for place in range(len(table.columns)))]:
        if group and _width([("arm", arms), *group, *columns]) > width:
            done.append(_block([("arm", arms), *group]))
            group = []
        group.extend(columns)
    return [*done, _block([("arm", arms), *group])]


def _counts(table: Table) -> list[tuple[str, list[Cell]]]:
    return [
        ("n", [Cell(f"{row.n:,}") for row in table.rows]),
        ("failed", [Cell(_failed(row)) for row in table.rows]),
        ("abstained", [Cell(_of_all(row.abstained, row)) for row in table.rows]),
        ("seeds", [Cell(", ".join(map(str, row.seeds))) for row in table.rows]),
    ]


def _failed(row: Row) -> str:
    failed = _of_all(row.failed, row)
    return f"{failed} ({row.cut_off:,} cut off)" if row.cut_off else failed


def _of_all(count: int, row: Row) -> str:
    """A count of predictions; over several seeds there are more of them than examples, and it says so."""
    return f"{count:,} of {row.answers:,}" if count and row.answers > row.n else f"{count:,}"


def _metric(table: Table, place: int) -> list[tuple[str, list[Cell]]]:
    column = table.columns[place]
    entries = [row.entries[place] for row in table.rows]
    decimals = _decimals(entries)
    values = (
        printable(column.metric) + ARROWS[column.higher_is_better],
        [_value(entry, decimals) for entry in entries],
    )
    if all(entry.difference is None for entry in entries):
        return [values]
    rows = zip(table.rows, entries, strict=True)
    return [values, (DELTA, [_delta(row, entry, column, decimals) for row, entry in rows])]


def _decimals(entries: Sequence[Entry]) -> int:
    """One number of decimals per metric: three for shares, one for counts of words."""
    return 1 if max((abs(entry.mean or 0.0) for entry in entries), default=0.0) >= 2 else 3


def _value(entry: Entry, decimals: int) -> Cell:
    if entry.mean is None:
        return Cell(NOTHING)
    return Cell(f"{_number(entry.mean, decimals)}{_interval(entry.low, entry.high, decimals)}")


def _delta(row: Row, entry: Entry, column: Column, decimals: int) -> Cell:
    difference = entry.difference
    if difference is None:
        return Cell("" if row.arm == "base" else NOTHING)
    star = " *" if difference.significant else ""
    text = f"{_number(difference.mean, decimals, '+')}{_interval(difference.low, difference.high, decimals, '+')}{star}"
    return Cell(text, _verdict(difference, column))


def _verdict(difference: Difference, column: Column) -> str:
    if not difference.significant or column.higher_is_better is None:
        return ""
    return "better" if (difference.mean > 0) == column.higher_is_better else "worse"


def _number(number: float, decimals: int, sign: str = "") -> str:
    """A number without minus zero."""
    return f"{round(number, decimals) + 0.0:{sign}.{decimals}f}"


def _interval(low: float | None, high: float | None, decimals: int, sign: str = "") -> str:
    if low is None or high is None:
        return ""
    return f" [{_bound(low, decimals, sign)}, {_bound(high, decimals, sign)}]"


def _bound(number: float, decimals: int, sign: str) -> str:
    """A share without the zero before its point: intervals stay narrow enough for two metrics in a line."""
    text = _number(number, decimals, sign)
    bare = text.lstrip("+-")
    return text[: len(text) - len(bare)] + bare.removeprefix("0") if decimals == 3 and bare.startswith("0.") else text


def _width(columns: Sequence[tuple[str, Sequence[Cell]]]) -> int:
    widths = [
        max(display_width(text) for text in [heading, *(cell.text for cell in cells)]) for heading, cells in columns
    ]
    return sum(widths) + 2 * (len(widths) - 1)


def _block(columns: Sequence[tuple[str, Sequence[Cell]]]) -> Block:
    headings = tuple(heading for heading, _ in columns)
    return Block(headings, tuple(zip(*(cells for _, cells in columns), strict=True)))
