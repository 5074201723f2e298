"""Records to tables on disk, without model, GPU or network. `python -m harness.tables` makes all of them again."""

import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness import lastrun, records
from harness.atomic import write_text
from harness.config import compose, reports
from harness.errors import CutleryError, StoreError
from harness.reports.terminal import Terminal
from harness.table import build
from harness.types import Record, Report

log = logging.getLogger(__name__)

SCREEN = Terminal(width=100, colour="auto")


def write(folder: Path, formats: Iterable[Report]) -> str:
    """Write `folder`/table.* from the files in `folder`/records alone; return the table for the terminal.

    A record that cannot be read is left out; the table names it.

    Args:
        folder: of one task, model and settings.
        formats: one file each.

    Raises:
        StoreError: there is no record that can be read, or the folder cannot be written.
        DataError: no record belongs to what the last run compared.
    """
    place = folder / "records"
    found, unreadable = _readable(place)
    if not found:
        raise StoreError("; ".join([f"{folder}: holds no records", *unreadable]) + "; run an experiment first")
    table = build(found, lastrun.refusals(place), lastrun.read(place), unreadable)
    for report in formats:
        write_text(folder / f"table{report.suffix}", report.render(table))
    return f"{SCREEN.render(table).rstrip()}\n\nWritten to {folder}/table.*"


def _readable(place: Path) -> tuple[Sequence[Record], Sequence[str]]:
    """Return the records, oldest first, and a line for each that cannot be read."""
    found, unreadable = [], []
    for path in sorted(place.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        try:
            found.append(records.read(path))
        except StoreError as error:
            unreadable.append(str(error).removeprefix(f"{place}/"))
    return found, unreadable


def main() -> None:
    """Make every table below `results` again; overrides as for the harness (results=DIR, report=[markdown])."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        config = compose(sys.argv[1:])
        formats = reports(config)
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    root = Path(str(config.results)).expanduser()
    folders = sorted({path.parent.parent for path in root.rglob("records/*.jsonl")})
    if not folders:
        sys.exit(f"No records below {root}; run an experiment first, or name another folder with results=DIR.")
    failed = 0
    for folder in folders:
        try:
            print(f"{write(folder, formats)}\n")
        except CutleryError as error:
            print(f"{folder}: {error}", file=sys.stderr)
            failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
