"""A folder's records: those that can be read, and of them those that can be compared."""

from collections.abc import Sequence
from pathlib import Path

from harness.analysis.selection import SelectedRecords, select_records
from harness.analysis.selftest import check_statistics
from harness.errors import StoreError
from harness.store.files import cell_file
from harness.store.portable import portable
from harness.store.records import last_run as lastrun
from harness.store.records import records
from harness.types import Example, Record


def chosen_records(folder: Path) -> tuple[SelectedRecords, Sequence[str]]:
    """Return the comparable records in `folder`/records, and a line for each that cannot be read.

    Raises:
        MetricError: the statistics fail their known answers.
        StoreError: there is no record that can be read.
        DataError: no record belongs to what the last run compared.
    """
    check_statistics()
    records_folder = folder / "records"
    readable, unreadable = _readable(records_folder)
    if not readable:
        raise StoreError("; ".join([f"{folder}: holds no records", *unreadable]) + "; run an experiment first")
    return select_records(readable, lastrun.refusals(records_folder), lastrun.read(records_folder)), unreadable


def _readable(folder: Path) -> tuple[Sequence[Record], Sequence[str]]:
    """Return the records, oldest first, and a line for each that cannot be read."""
    readable, unreadable = [], []
    alike: dict[bytes, Example] = {}
    for path in sorted(folder.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        try:
            record = records.read(path, alike)
            own = cell_file(folder, record.cell.arm, record.cell.seed, path.suffix)
            if path.name != own.name:
                raise StoreError(f"{path}: holds what belongs in {own.name}; it was copied or renamed")
            readable.append(record)
        except StoreError as error:
            unreadable.append(portable(str(error).removeprefix(f"{folder}/")))
    return readable, unreadable
