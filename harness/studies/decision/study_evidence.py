"""What a study left in its folder: its records, and the figures of its table as the table's file has them."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from harness.analysis.result import Figure, Section, SectionCell, SectionColumn
from harness.errors import StoreError
from harness.studies import files
from harness.studies.decision.reading import StudyEvidence

TABLE: Final = "table.csv"
CONTROLS: Final = "controls"
"""section of what was checked first"""
RESULT: Final = "result"
FOUND: Final = "found"
PASSED: Final = "passed"


def study_evidence(folder: Path) -> StudyEvidence:
    """Return what a study shows.

    Its figures are those of table.csv: making them anew would take as long as the study's table takes.

    Raises:
        StoreError: a file of the study is missing or damaged.
    """
    file = files.read(folder)
    data, broken = files.load_scores(folder, file)
    if broken:
        raise StoreError("; ".join(broken))
    sections = read_sections(folder / TABLE)
    controls = next((one for one in sections if one.name == CONTROLS), None)
    failed = {} if controls is None else _failed(controls)
    return StudyEvidence(data, sections, not passed(controls), file.says, failed)


def failed_controls(table: Path) -> dict[str, str]:
    """Return what each control found that failed, by its title.

    Args:
        table: the file of a study's table.

    Raises:
        StoreError: it cannot be read.
    """
    controls = next((one for one in read_sections(table) if one.name == CONTROLS), None)
    return {} if controls is None else _failed(controls)


def _failed(controls: Section) -> dict[str, str]:
    at = {column.name: place for place, column in enumerate(controls.columns)}
    result, found = at.get(RESULT, 0), at.get(FOUND, 0)
    return {str(row[0]): str(row[found] or "") for row in controls.rows if row[result] != PASSED}


def passed(controls: Section | None) -> bool:
    """Return whether all controls of a study passed; False where none is there."""
    if controls is None:
        return False
    at = next((place for place, column in enumerate(controls.columns) if column.name == RESULT), 0)
    return bool(controls.rows) and all(row[at] == PASSED for row in controls.rows)


def read_sections(path: Path) -> tuple[Section, ...]:
    """Return the sections of a table's CSV (`harness.reports.csv`), without titles.

    Raises:
        StoreError: it cannot be read.
    """
    found: dict[str, dict[str, dict[str, SectionCell]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                found.setdefault(line["section"], {}).setdefault(line["row"], {})[line["column"]] = _cell(line)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise StoreError(f"{path}: cannot be read ({error!r}); make tables writes it anew") from error
    return tuple(_section(name, rows) for name, rows in found.items())


def _cell(line: Mapping[str, str]) -> SectionCell:
    if not line["value"]:
        return line["text"] or None
    value, low, high = (float(line[name]) if line[name] else None for name in ("value", "low", "high"))
    if value is not None and low is not None and high is None:  # no upper end was reached: as far up as down
        high = 2.0 * value - low
    return None if value is None else Figure(value, low, high)


def _section(name: str, rows: Mapping[str, Mapping[str, SectionCell]]) -> Section:
    columns = list(dict.fromkeys(column for own in rows.values() for column in own))
    cells = tuple((row, *_in_order(own, columns)) for row, own in rows.items())
    return Section(name, name.replace("_", " "), (SectionColumn("row"), *map(SectionColumn, columns)), cells)


def _in_order(own: Mapping[str, SectionCell], columns: Iterable[str]) -> list[SectionCell]:
    return [own.get(column) for column in columns]
