"""Records to tables on disk, without model, GPU or network. `python -m harness.tables` makes all of them again."""

import logging
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness import records
from harness.config import compose, reports
from harness.errors import CutleryError, StoreError
from harness.reports.terminal import Terminal
from harness.table import build
from harness.types import Report

log = logging.getLogger(__name__)

SCREEN = Terminal(width=100, colour="auto")


def write(folder: Path, formats: Iterable[Report], refused: Mapping[str, str] | None = None) -> str:
    """Write `folder`/table.* from the records in `folder`/records; return the table for the terminal.

    Args:
        folder: of one task, model and settings.
        formats: one file each.
        refused: arms that were asked for and failed, with the reason; the table names them.

    Raises:
        StoreError: a record cannot be read, or there is none.
    """
    paths = sorted((folder / "records").glob("*.jsonl"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not paths:
        raise StoreError(f"{folder}: holds no records; run an experiment first")
    table = build([records.read(path) for path in paths], refused)
    for report in formats:
        (folder / f"table{report.suffix}").write_text(report.render(table), encoding="utf-8")
    return f"{SCREEN.render(table).rstrip()}\n\nWritten to {folder}/table.*"


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
