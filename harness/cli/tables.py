"""Records to tables on disk, without model, GPU or network. `python -m harness.cli.tables` makes all of them again."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.analysis.costs.horizon import Costing
from harness.analysis.selection import SelectedRecords
from harness.analysis.table import Table, table_of
from harness.cli import decide_page, study_tables
from harness.cli.chosen import chosen_records
from harness.cli.command import configured, for_each_experiment
from harness.cli.config import costing, reports
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.errors import ArmError, ConfigError, CutleryError, joined
from harness.reports.links import linked
from harness.reports.protocols import CardPage, Page, PageInFiles, Report
from harness.reports.terminal import Terminal
from harness.store.files import keep_only, write_text
from harness.types import Record

SIDE_SUFFIX = ".js"
SCREEN = Terminal(width=100, colour="auto")


def write(
    folder: Path, formats: Iterable[Report | Page], costing: Costing | None = None, overrides: Sequence[str] = ()
) -> str:
    """Write `folder`/table.* and the pages from `folder`/records alone; return the table for the terminal.

    A record that cannot be read is left out; the table names it.

    Args:
        folder: of one task, model and settings.
        formats: one file each.
        costing: prices and use; without them the table says nothing about money.
        overrides: KEY=VALUE of the command, for the decisions that pages start from.

    Raises:
        StoreError: there is no record that can be read, or the folder cannot be written.
        DataError: no record belongs to what the last run compared.
    """
    return _written(folder, formats, costing, overrides)[0]


def _written(
    folder: Path, formats: Iterable[Report | Page], costing: Costing | None, overrides: Sequence[str]
) -> tuple[str, "Compared"]:
    result = compared(folder, costing)
    written = put(folder, formats, result, overrides)
    return f"{SCREEN.render(result.table).rstrip()}\n\n{written}", result


def put(
    folder: Path,
    formats: Iterable[Report | Page],
    result: "Compared",
    overrides: Sequence[str] = (),
    card: decide_page.PageCard | None = None,
) -> str:
    """Write the files of a comparison; return the line that says where they are.

    Arguments as for `write`; card: what pages decide from, where it is known already.
    """
    pages = []
    table = linked(result.table, folder)
    for report in formats:
        if isinstance(report, Report):
            write_text(folder / f"table{report.suffix}", report.render(table))
        if isinstance(report, Page):
            data = _card(folder, report, result, overrides, card)
            _write_page(folder, report, _files(report, table, result, data))
            pages.append(f"{folder / report.file}")
    return f"Written to {', '.join([f'{folder}/table.*', *pages])}"


def _write_page(folder: Path, report: Page, files: Iterable[tuple[str, str]]) -> None:
    """Write the page after the files beside it: one whose writing is stopped knows that they are not its own."""
    written = []
    for name, text in files:
        write_text(folder / name, text)
        written.append(folder / name)
    if isinstance(report, PageInFiles):
        keep_only(folder / report.beside, written, SIDE_SUFFIX)


def _card(
    folder: Path, report: Page, result: "Compared", overrides: Sequence[str], card: decide_page.PageCard | None
) -> Mapping[str, Any]:
    """Return what the page decides from; {} where nothing is to be decided."""
    if not isinstance(report, CardPage) or result.chosen is None:
        return {}
    return (card or decide_page.page_card(folder, result.chosen, result.costing, overrides)).data


def _files(report: Page, table: Table, result: "Compared", decide: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(report, PageInFiles):
        yield from report.files(table, result.arms, decide)
    elif isinstance(report, CardPage):
        yield report.file, report.card_page(table, result.arms, decide)
    else:
        yield report.file, report.page(table, result.arms)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a folder's records say."""

    table: Table
    """the comparison"""
    arms: Mapping[str, Sequence[Record]]
    """the records that it was made from, in the order of its rows"""
    left_out: Sequence[str] = ()
    """a line for each record that cannot be read"""
    chosen: SelectedRecords | None = None
    """all of `arms`, with what was measured; None: no page can decide"""
    costing: Costing | None = None
    """prices and use of the table"""


def compared(folder: Path, costing: Costing | None = None) -> Compared:
    """Return the comparison in `folder`/records.

    Raises:
        MetricError: the statistics fail their known answers.
        StoreError: there is no record that can be read.
        DataError: no record belongs to what the last run compared.
    """
    chosen, unreadable = chosen_records(folder)
    table = table_of(chosen, unreadable, costing=costing)
    return Compared(table, {row.arm: chosen.arms[row.arm] for row in table.rows}, unreadable, chosen, costing)


def fail_if_flagged(table: Table) -> None:
    """Raise ArmError with all that a reader of the table must act on: what strict=true fails on."""
    if table.flags:
        raise joined(ArmError, f"{table.title}: strict=true", [str(flag) for flag in table.flags])


@quiet_when_reader_goes
def main() -> None:
    """Make every table below `results` again; overrides as for the harness (results=DIR, prices=gcp_2025).

    Exit status 1: a table could not be made, a record had to be left out of one, or with strict=true something in one
    must be acted on ("!").
    """
    config = configured("harness.cli.tables", main.__doc__)
    try:
        formats, money = reports(config), costing(config)
        if not isinstance(config.strict, bool):
            raise ConfigError(f"strict is {config.strict}; it must be true or false")
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")

    def work(folder: Path) -> tuple[str, Sequence[str]]:
        if study_tables.is_study(folder):
            return _of_study(folder, config.strict)
        text, result = _written(folder, formats, money, sys.argv[1:])
        print(f"{text}\n", flush=True)
        if config.strict:
            fail_if_flagged(result.table)
        return "", result.left_out

    for_each_experiment(config, work, with_studies=True)


def _of_study(folder: Path, strict: bool) -> tuple[str, Sequence[str]]:
    table = study_tables.write(folder)
    print(f"{study_tables.on_screen(table, folder)}\n", flush=True)
    return "", [str(note) for note in table.notes if strict and note.level == "act"]


if __name__ == "__main__":
    main()
