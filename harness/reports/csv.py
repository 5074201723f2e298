"""Table -> CSV, for spreadsheets and pandas: one row per arm, plain numbers."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.reports.width import printable
from harness.result import Entry, Row, Table

Value = str | int | float | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DECIMALS = 6


@dataclass(frozen=True)
class Csv:
    """Empty cells where there is no number; UTF-8; comma; names that a spreadsheet would run get a quote in front."""

    suffix: ClassVar[str] = ".csv"

    def render(self, table: Table) -> str:
        rows = [dict(_fields(table, row)) for row in table.rows]
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([_safe(name) for name in rows[0]])
        writer.writerows([[_plain(value) for value in row.values()] for row in rows])
        return stream.getvalue()


def _fields(table: Table, row: Row) -> Iterator[tuple[str, Value]]:
    yield from [("task", table.task), ("model", table.model), ("arm", row.arm)]
    yield from [("n", row.n), ("answers", row.answers), ("failed", row.failed), ("cut_off", row.cut_off)]
    yield from [("abstained", row.abstained), ("passages_dropped", row.passages_dropped)]
    yield ("inputs_cut", row.inputs_cut)
    for column, entry in zip(table.columns, row.entries, strict=True):
        for name, value in _numbers(entry):
            yield f"{column.metric}_{name}", value
    yield "quantisation", row.quantisation
    yield "seeds", " ".join(map(str, row.seeds))
    yield "fingerprints", " ".join(row.fingerprints)


def _numbers(entry: Entry) -> Iterator[tuple[str, Value]]:
    yield from [("mean", entry.mean), ("low", entry.low), ("high", entry.high)]
    yield from [("n", entry.n), ("unjudged", entry.unjudged)]
    for name in ("mean", "low", "high", "n", "p", "p_adjusted"):
        yield ("diff" if name == "mean" else f"diff_{name}"), getattr(entry.difference, name, None)


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = printable(text)
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain
