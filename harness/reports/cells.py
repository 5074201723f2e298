"""The texts in a table's cells, the same for every format that people read."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from harness.analysis.numbers import decimals_for, number
from harness.analysis.result import Column, Difference, Figure, Section, SectionCell, Table, TableEntry, TableRow

NOTHING = "–"
GAP = 2
"""between two columns"""
DELTA = "Δ vs base"
REFERENCES = "references"
"""the line under the arms"""
ARROWS = {True: " ↑", False: " ↓", None: ""}


@dataclass(frozen=True, slots=True)
class TextCell:
    """One cell as text."""

    text: str
    """what is printed"""
    verdict: str = ""
    """better or worse where the difference to base is significant and the metric has a direction"""


Strip = tuple[str, list[TextCell]]
"""One column: its heading and its cells."""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns side by side."""

    headings: tuple[str, ...]
    """the first is what the rows are named by"""
    rows: tuple[tuple[TextCell, ...], ...]
    """one per arm, or row of a section"""


Measure = Callable[[Strip], float]
"""How wide a column is."""


def printable(text: str) -> str:
    """Return `text` with control characters shown as escapes, so that a name cannot drive the terminal."""
    return "".join(
        character if unicodedata.category(character)[0] != "C" else f"\\u{ord(character):04x}" for character in text
    )


def terminal_columns(strip: Strip) -> float:
    """Return the columns that a terminal needs for it."""
    heading, cells = strip
    return max(cell_len(text) for text in [heading, *(cell.text for cell in cells)])


def blocks(table: Table, width: int, measure: Measure = terminal_columns, gap: float = GAP) -> list[Block]:
    """Cut the table's columns into blocks of at most `width`, as `measure` counts, with `gap` between columns.

    Every block begins with the arm; a metric and its difference stay together, so a block of one metric may
    be wider than `width`.
    """
    arms = [TextCell(printable(row.arm)) for row in table.rows]
    groups = [_counts(table)]
    for place in range(len(table.columns)):
        metric = _metric(table, place)
        groups.append(with_last(metric, [metric_cells(table, place).references]) if table.has_references else metric)
    if table.has_references:
        arms, groups[0] = [*arms, TextCell(REFERENCES)], with_last(groups[0], [])
    return cut(("arm", arms), groups, width, measure, gap)


def with_last(strips: Sequence[Strip], cells: Sequence[TextCell]) -> list[Strip]:
    """Return the columns with one more line, whose first cells are given; the others hold a dash."""
    last = [*cells, *[TextCell(NOTHING)] * (len(strips) - len(cells))]
    return [(heading, [*column, cell]) for (heading, column), cell in zip(strips, last, strict=True)]


def section_blocks(section: Section, width: int, measure: Measure = terminal_columns, gap: float = GAP) -> list[Block]:
    """Cut a section's columns into blocks as `blocks` does; each begins with the rows' names.

    A section without rows has no block: its notes say why.
    """
    if not section.rows:
        return []
    first, *others = ([_section_column(section, place)] for place in range(len(section.columns)))
    return cut(first[0], others, width, measure, gap)


def cut(
    first: Strip, groups: Sequence[list[Strip]], width: int, measure: Measure = terminal_columns, gap: float = GAP
) -> list[Block]:
    """Put groups of columns next to each other while they fit, each block behind `first`; no group is torn apart."""
    done: list[Block] = []
    taken: list[Strip] = []
    for group in groups:
        if taken and _width([first, *taken, *group], measure, gap) > width:
            done.append(_block([first, *taken]))
            taken = []
        taken.extend(group)
    return [*done, _block([first, *taken])]


def _section_column(section: Section, place: int) -> Strip:
    column, cells = section.columns[place], [row[place] for row in section.rows]
    values = [abs(cell.value) for cell in cells if isinstance(cell, Figure)]
    decimals = column.decimals if column.decimals is not None else decimals_for(values)
    return printable(column.name), [_section_cell(cell, decimals) for cell in cells]


def _section_cell(cell: SectionCell, decimals: int) -> TextCell:
    if cell is None:
        return TextCell(NOTHING)
    if isinstance(cell, str):
        return TextCell(printable(cell))
    star = " *" if cell.significant else ""
    above = ">" if cell.open_high else ""
    return TextCell(f"{number(cell.value, decimals, ',')}{_interval(cell.low, cell.high, decimals, ',', above)}{star}")


def row_counts(table: Table) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the headings of the counts before the metrics, and each arm's."""
    strips = _counts(table)
    cells = zip(*([cell.text for cell in strip] for _, strip in strips), strict=True)
    return tuple(heading for heading, _ in strips), list(cells)


def _counts(table: Table) -> list[Strip]:
    return [
        ("n", [TextCell(f"{row.n:,}") for row in table.rows]),
        ("failed", [TextCell(_failed(row)) for row in table.rows]),
        ("abstained", [TextCell(_abstained(row)) for row in table.rows]),
        ("seeds", [TextCell(", ".join(map(str, row.seeds))) for row in table.rows]),
    ]


def _failed(row: TableRow) -> str:
    failed = _of_all(row.failed, row)
    return f"{failed} ({row.cut_off:,} cut off)" if row.cut_off else failed


def _abstained(row: TableRow) -> str:
    abstained = _of_all(row.abstained, row)
    return f"{abstained} ({row.not_recognised:,} not recognised)" if row.not_recognised else abstained


def _of_all(count: int, row: TableRow) -> str:
    """A count of predictions; over several seeds there are more of them than examples, and it says so."""
    return f"{count:,} of {row.answers:,}" if count and row.answers > row.n else f"{count:,}"


@dataclass(frozen=True, slots=True)
class MetricCells:
    """One metric, arm after arm."""

    heading: str
    """its name and direction"""
    values: list[TextCell]
    """mean and interval"""
    differences: list[TextCell]
    """to base; empty where there is none at all"""
    references: TextCell
    """what the references get; a dash where it was not measured"""


def metric_cells(table: Table, place: int) -> MetricCells:
    """Return the cells of one metric."""
    column = table.columns[place]
    entries = [row.entries[place] for row in table.rows]
    decimals = decimals_for([abs(entry.mean or 0.0) for entry in entries])
    references = NOTHING if column.references is None else number(column.references.value, decimals)
    rows = zip(table.rows, entries, strict=True)
    there = any(entry.difference is not None for entry in entries)
    return MetricCells(
        printable(column.metric) + ARROWS[column.higher_is_better],
        [_value(entry, decimals) for entry in entries],
        [_delta(row, entry, column, decimals) for row, entry in rows] if there else [],
        TextCell(references),
    )


def _metric(table: Table, place: int) -> list[Strip]:
    cells = metric_cells(table, place)
    values = (cells.heading, cells.values)
    return [values, (DELTA, cells.differences)] if cells.differences else [values]


def _value(entry: TableEntry, decimals: int) -> TextCell:
    if entry.mean is None:
        return TextCell(NOTHING)
    return TextCell(f"{number(entry.mean, decimals)}{_interval(entry.low, entry.high, decimals)}")


def _delta(row: TableRow, entry: TableEntry, column: Column, decimals: int) -> TextCell:
    difference = entry.difference
    if difference is None:
        return TextCell("" if row.role.plain else NOTHING)
    star = " *" if difference.significant else ""
    text = f"{number(difference.mean, decimals, '+')}{_interval(difference.low, difference.high, decimals, '+')}{star}"
    return TextCell(text, _verdict(difference, column))


def _verdict(difference: Difference, column: Column) -> str:
    if not difference.significant or column.higher_is_better is None:
        return ""
    return "better" if (difference.mean > 0) == column.higher_is_better else "worse"


def _interval(low: float | None, high: float | None, decimals: int, sign: str = "", above: str = "") -> str:
    if low is None or high is None:
        return ""
    return f" [{_bound(low, decimals, sign)}, {above}{_bound(high, decimals, sign)}]"


def _bound(end: float, decimals: int, sign: str) -> str:
    """A share without the zero before its point: intervals stay narrow enough for two metrics in a line."""
    text = number(end, decimals, sign)
    bare = text.lstrip("+-")
    return text[: len(text) - len(bare)] + bare.removeprefix("0") if decimals == 3 and bare.startswith("0.") else text


def _width(columns: Sequence[Strip], measure: Measure, gap: float) -> float:
    return sum(map(measure, columns)) + gap * (len(columns) - 1)


def _block(columns: Sequence[Strip]) -> Block:
    headings = tuple(heading for heading, _ in columns)
    return Block(headings, tuple(zip(*(cells for _, cells in columns), strict=True)))
