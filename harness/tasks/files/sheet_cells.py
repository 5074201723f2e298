"""Cells of a sheet as who opens it sees them: dates, units, merged cells; errors, formulas without values."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from harness.tasks.complaints import counted, listed
from harness.tasks.files.amounts import Uncomputed
from harness.tasks.files.number_formats import UnreadFormatError, as_shown
from harness.tasks.files.row import is_filled
from harness.tasks.files.sieve import TableLine

DIGITS: Final = 15
"""of a number that spreadsheets show: 0.1 + 0.2 is 0.3"""
UNCOMPUTED: Final = Uncomputed()
Formulas = frozenset[tuple[int, int]]
"""row and column of the cells that hold one, from 1"""


class MergedCells(NamedTuple):
    """Cells that are merged."""

    name: str
    """as in A2:A4"""
    last: int
    """row"""
    columns: int


class SheetCells:
    """The rows of one sheet, and what was decided about its cells.

    Args:
        sheet: of openpyxl, with values for formulas.
        formulas: cells that hold one.
    """

    def __init__(self, sheet: Any, formulas: Formulas) -> None:
        self._sheet, self._formulas = sheet, formulas
        ranges = sheet.merged_cells.ranges if hasattr(sheet, "merged_cells") else ()
        self._spans: Mapping[tuple[int, int], MergedCells] = {
            (one.min_row, one.min_col): MergedCells(str(one), one.max_row, one.max_col - one.min_col + 1)
            for one in ranges
        }
        self._errors: list[str] = []
        self._merged: dict[str, None] = {}
        self._shown: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()

    def lines(self) -> Iterator[TableLine]:
        """Yield all rows from the first one on."""
        down: dict[int, tuple[Any, MergedCells]] = {}
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            cells = [self._value(cell, number, at) for at, cell in enumerate(row, start=1)]
            first = next((at for at, cell in enumerate(cells, start=1) if is_filled(cell)), 0)
            spans = {at: span for at in range(1, len(cells) + 1) if (span := self._spans.get((number, at)))}
            filled = self._filled_down(cells, down, number) if first else cells
            down |= {at: (cells[at - 1], span) for at, span in spans.items() if span.last > number}
            yield TableLine(number, filled, number - 1, spans[first].columns if first in spans else 1)

    def _filled_down(self, cells: Sequence[Any], down: Mapping[int, tuple[Any, MergedCells]], number: int) -> list[Any]:
        """Return the cells with those that are merged with one above; a row without cells of its own has none."""
        filled = list(cells)
        for at, (value, span) in down.items():
            if span.last >= number and at <= len(filled) and not is_filled(filled[at - 1]):
                filled[at - 1] = value
                self._merged[span.name] = None
        return filled

    def spans_in(self, line: TableLine) -> Mapping[int, int]:
        """Return column, from 0, -> columns that it spans, of the merged cells of a row."""
        return {at - 1: span.columns for (row, at), span in self._spans.items() if row == line.number}

    def _value(self, cell: Any, row: int, column: int) -> Any:
        value = cell.value
        if value is None:  # a formula that gives an empty text has the type of a text
            return UNCOMPUTED if (row, column) in self._formulas and cell.data_type != "str" else None
        if cell.data_type == "e":
            self._errors.append(f"{cell.coordinate} ({value})")
            return None
        if isinstance(value, date | time | timedelta):
            return self._as_date(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._as_number(value, str(cell.number_format or ""))
        return None if value == "" else value

    def _as_date(self, value: date | time | timedelta) -> str:
        if isinstance(value, datetime):
            value = value.date() if value.time() == time() else value
        text = str(value) if isinstance(value, timedelta) else value.isoformat()
        self._shown[f"dates and times are read as {text}"] += 1
        return text

    def _as_number(self, value: float, style: str) -> Any:
        rounded = float(f"{value:.{DIGITS}g}")
        plain = int(rounded) if rounded.is_integer() else rounded
        if not style.split(";")[0].rstrip().endswith("%"):
            return self._with_unit(plain, style)
        decimals = len(style.partition(".")[2].partition("%")[0].strip())
        text = f"{100 * rounded:.{decimals}f}%"
        self._shown[f"percentages are read as {text}"] += 1
        return text

    def _with_unit(self, value: float, style: str) -> Any:
        """Return a number with the unit, or the zeros in front, that its format shows."""
        try:
            text = as_shown(value, style)
        except UnreadFormatError:
            self._unread[style] += 1
            return value
        if text is None:
            return value
        self._shown[f"numbers are read with the unit or the zeros that their format shows: {text}"] += 1
        return text

    def said(self) -> Iterator[str]:
        """Yield what a user should know of how the cells were read."""
        first: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for text, count in self._shown.items():
            kind = text.partition(" ")[0]
            counts[kind] += count
            first.setdefault(kind, text)
        for kind, text in first.items():
            yield f"{text} ({counted(counts[kind], 'cell')})"
        if self._unread:
            formats = listed(map(repr, self._unread))
            yield f"numbers are read without their format, which shows more than digits: {formats}"
        if self._errors:
            yield f"{counted(len(self._errors), 'cell')} with an error read as empty: {listed(self._errors)}"
        if self._merged:
            yield f"merged cells count in each of their rows: {listed(self._merged)}"


def hidden(sheet: Any) -> str:
    """Return what a sheet hides of what is read; "" where it hides nothing."""
    rows = [number for number, own in getattr(sheet, "row_dimensions", {}).items() if own.hidden]
    columns = [name for name, own in getattr(sheet, "column_dimensions", {}).items() if own.hidden]
    parts = [f"row{'s' * (len(rows) > 1)} {listed(map(str, sorted(rows)))}"] if rows else []
    parts += [f"column{'s' * (len(columns) > 1)} {listed(sorted(columns))}"] if columns else []
    return f"hidden {' and '.join(parts)} read like the others: delete what should not be" if parts else ""
