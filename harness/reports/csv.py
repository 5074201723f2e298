"""Table -> CSV, for spreadsheets and pandas: plain numbers; the scoreboard and the sections are a file each."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Figure, Section, SectionCell, Table, TableEntry, TableRow
from harness.reports.cells import printable

Value = str | int | float | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DECIMALS = 6
TINY = 1e-4
DIGITS = 4
"""of numbers below that, of which six decimals would leave too little: a thousandth of a cent is money, too"""
NOISE = 1e-12
"""what rounding leaves of a zero"""
SECTION_FIELDS = ("section", "row", "column", "unit", "value", "low", "high", "n", "text")


@dataclass(frozen=True)
class Csv:
    """Empty cells where a number is missing; UTF-8; comma; names that a spreadsheet would run get a quote in front."""

    KEY: ClassVar[str] = "harness.reports.csv.Csv"

    suffix: ClassVar[str] = ".csv"

    def render(self, table: Table) -> str:
        rows = [dict(_fields(table, row)) for row in table.rows]
        return csv_text([list(rows[0]), *(list(row.values()) for row in rows)])


@dataclass(frozen=True)
class SectionsCsv:
    """One row per cell of every section: section, row, column, unit, then the number with its interval, or the text."""

    KEY: ClassVar[str] = "harness.reports.csv.GridsCsv"

    suffix: ClassVar[str] = ".sections.csv"

    def render(self, table: Table) -> str:
        return sections_csv(table.sections)


def sections_csv(sections: Sequence[Section]) -> str:
    """Return sections as CSV, one line per cell."""
    rows = ((section, row) for section in sections for row in section.rows)
    cells = [_cell(section, row, place) for section, row in rows for place in range(1, len(row))]
    return csv_text([list(SECTION_FIELDS), *cells])


def _cell(section: Section, row: Sequence[SectionCell], place: int) -> list[Value]:
    column, cell = section.columns[place], row[place]
    name = row[0] if isinstance(row[0], str) else None
    where: list[Value] = [section.name, name, column.name, column.unit]
    if isinstance(cell, Figure):
        return [*where, cell.value, cell.low, None if cell.open_high else cell.high, cell.n, None]
    return [*where, None, None, None, None, cell]


def csv_text(rows: Sequence[Sequence[Value]]) -> str:
    """Return rows as CSV; texts that a spreadsheet would run get a quote in front."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([[_plain(value) for value in row] for row in rows])
    return stream.getvalue()


def _fields(table: Table, row: TableRow) -> Iterator[tuple[str, Value]]:
    yield from [("task", table.task), ("model", table.model), ("arm", row.arm)]
    yield from [("n", row.n), ("answers", row.answers), ("failed", row.failed), ("cut_off", row.cut_off)]
    yield from [("abstained", row.abstained), ("passages_dropped", row.passages_dropped)]
    yield ("inputs_cut", row.inputs_cut)
    for column, entry in zip(table.columns, row.entries, strict=True):
        for name, value in _numbers(entry):
            yield f"{column.metric}_{name}", value
        yield f"{column.metric}_references", None if column.references is None else column.references.value
    yield "quantisation", row.quantisation
    yield "seeds", " ".join(map(str, row.seeds))
    yield "fingerprints", " ".join(row.fingerprints)


def _numbers(entry: TableEntry) -> Iterator[tuple[str, Value]]:
    yield from [("mean", entry.mean), ("low", entry.low), ("high", entry.high)]
    yield from [("n", entry.n), ("unjudged", entry.unjudged)]
    for name in ("mean", "low", "high", "n", "p", "p_adjusted"):
        yield ("diff" if name == "mean" else f"diff_{name}"), getattr(entry.difference, name, None)


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, float):
        tiny = NOISE < abs(value) < TINY
        return float(f"{value:.{DIGITS}g}") if tiny else round(value, DECIMALS) + 0.0
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = printable(text)
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain
