"""Records to tables on disk: needs no model, no GPU and no network. `python -m harness.tables` does all of them."""

import logging
import sys
from collections.abc import Iterable
from pathlib import Path

from harness import records
from harness.errors import StoreError
from harness.reports.csv import Csv
from harness.reports.latex import Latex
from harness.reports.markdown import Markdown
from harness.reports.terminal import Terminal
from harness.table import build
from harness.types import Report

log = logging.getLogger(__name__)


def write(folder: Path, reports: Iterable[Report]) -> str:
    """Write `folder`/table.* from the records in `folder`/records; return the table for the terminal.

    Raises:
        StoreError: a record cannot be read, or there is none.
    """
    paths = sorted((folder / "records").glob("*.jsonl"))
    if not paths:
        raise StoreError(f"{folder}: holds no records; run an experiment first")
    table = build([records.read(path) for path in paths])
    for report in reports:
        path = folder / f"table.{report.suffix}"
        path.write_text(report.render(table), encoding="utf-8")
    return f"{Terminal().render(table).rstrip()}\n\n{folder}/table.md"


def main() -> None:
    """Rebuild every table below the given folders (default: results)."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    roots = [Path(argument) for argument in sys.argv[1:]] or [Path("results")]
    folders = sorted({path.parent.parent for root in roots for path in root.rglob("records/*.jsonl")})
    failed = 0
    for folder in folders:
        try:
            print(f"{write(folder, (Markdown(), Csv(), Latex()))}\n")
        except StoreError as error:
            print(f"{folder}: {error}", file=sys.stderr)
            failed += 1
    if not folders:
        print("No records below " + ", ".join(map(str, roots)) + "; run an experiment first.", file=sys.stderr)
    sys.exit(1 if failed or not folders else 0)


if __name__ == "__main__":
    main()
