"""Records to tables on disk, without model, GPU or network. `python -m harness.cli.tables` makes all of them again."""

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.analysis.costs.horizon import Costing
from harness.analysis.selection import select_records
from harness.analysis.table import Table, table_of
from harness.cli.config import compose, costing, reports
from harness.errors import ConfigError, CutleryError, StoreError
from harness.reports.links import linked
from harness.reports.protocols import Page, Report
from harness.reports.terminal import Terminal
from harness.store.files import write_text
from harness.store.records import last_run as lastrun
from harness.store.records import records
from harness.types import Record

log = logging.getLogger(__name__)

SCREEN = Terminal(width=100, colour="auto")


def write(folder: Path, formats: Iterable[Report | Page], costing: Costing | None = None) -> str:
    """Write `folder`/table.* and the pages from `folder`/records alone; return the table for the terminal.

    A record that cannot be read is left out; the table names it.

    Args:
        folder: of one task, model and settings.
        formats: one file each.
        costing: prices and use; without them the table says nothing about money.

    Raises:
        StoreError: there is no record that can be read, or the folder cannot be written.
        DataError: no record belongs to what the last run compared.
    """
    result = compared(folder, costing)
    written = put(folder, formats, result)
    return f"{SCREEN.render(result.table).rstrip()}\n\n{written}"


def put(folder: Path, formats: Iterable[Report | Page], result: "Compared") -> str:
    """Write the files of a comparison; return the line that says where they are."""
    pages = []
    table = linked(result.table, folder)
    for report in formats:
        if isinstance(report, Report):
            write_text(folder / f"table{report.suffix}", report.render(table))
        if isinstance(report, Page):
            write_text(folder / report.file, report.page(table, result.arms))
            pages.append(f"{folder / report.file}")
    return f"Written to {', '.join([f'{folder}/table.*', *pages])}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a folder's records say."""

    table: Table
    """the comparison"""
    arms: Mapping[str, Sequence[Record]]
    """the records that it was made from, in the order of its rows"""


def compared(folder: Path, costing: Costing | None = None) -> Compared:
    """Return the comparison in `folder`/records.

    Raises:
        StoreError: there is no record that can be read.
        DataError: no record belongs to what the last run compared.
    """
    place = folder / "records"
    found, unreadable = _readable(place)
    if not found:
        raise StoreError("; ".join([f"{folder}: holds no records", *unreadable]) + "; run an experiment first")
    chosen = select_records(found, lastrun.refusals(place), lastrun.read(place))
    table = table_of(chosen, unreadable, costing=costing)
    return Compared(table, {row.arm: chosen.arms[row.arm] for row in table.rows})


def result_folders(root: Path) -> list[Path]:
    """Return every folder below `root` that holds records."""
    return sorted({path.parent.parent for path in root.rglob("records/*.jsonl")})


def _readable(place: Path) -> tuple[Sequence[Record], Sequence[str]]:
    """Return the records, oldest first, and a line for each that cannot be read."""
    found, unreadable = [], []
    for path in sorted(place.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        try:
            found.append(records.read(path))
        except StoreError as error:
            unreadable.append(str(error).removeprefix(f"{place}/"))
    return found, unreadable


def check_keys(overrides: Sequence[str], program: str) -> None:
    """Raise ConfigError for what would choose experiments: all below `results` are taken."""
    for one in overrides:
        if one.split("=")[0] in ("task", "model", "arm", "seed", "limit"):
            text = f"{one}: {program} takes every experiment below results; name a folder instead"
            raise ConfigError(f"{text} (results=results/qa)")


def main() -> None:
    """Make every table below `results` again; overrides as for the harness (results=DIR, prices=gcp_2025)."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"python -m harness.cli.tables [KEY=VALUE …]\n\n{main.__doc__}")
        return
    try:
        check_keys(sys.argv[1:], "harness.cli.tables")
        config = compose(sys.argv[1:])
        formats, money = reports(config), costing(config)
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    root = Path(str(config.results)).expanduser()
    folders = result_folders(root)
    if not folders:
        sys.exit(f"No records below {root}; run an experiment first, or name another folder with results=DIR.")
    failed = 0
    for folder in folders:
        try:
            print(f"{write(folder, formats, money)}\n")
        except CutleryError as error:
            print(f"{folder}: {error}", file=sys.stderr)
            failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
