"""`python -m harness.cli.inventory task=…`: what each arm of an experiment needs to run and to keep."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.cli.config import ROOT, compose_job, experiment
from harness.cli.folders import result_folder
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.tables import compared
from harness.errors import CutleryError, StoreError
from harness.reports.csv import sections_csv
from harness.store.files import write_text
from harness.store.store import Store
from harness.studies import page
from harness.studies.inventory import Loads, inventory_of, inventory_sections, inventory_words, is_control
from harness.studies.table import StudyTable
from harness.types import Record

FILE: Final = "inventory"
WITHOUT: Final = "--records-only"
"""leaves out the processes that answer one question each"""
QUESTION: Final = "What does each arm need to run and to keep, and what does a change take?"


def inventory(overrides: Sequence[str], *, look: bool = True) -> tuple[Path, StudyTable]:
    """Return the folder of an experiment, and its inventory from its records and the store.

    Args:
        overrides: those that the experiment was run with.
        look: whether every arm answers one question in a process of its own, to see what it loads.

    Raises:
        CutleryError: the configuration is wrong, or the experiment has no records.
    """
    config, settings, _ = compose_job(overrides)
    wanted = experiment(config)
    folder = result_folder(wanted.results, wanted.task.name, wanted.model_name, settings)
    if not (folder / "records").is_dir():
        raise StoreError(f"{folder}: holds no records; run the experiment first (make experiment task=…)")
    records = {arm: own[0] for arm, own in compared(folder).arms.items() if not is_control(own[0])}
    return folder, _table(records, Store(wanted.store), overrides, look=look)


def _table(records: Mapping[str, Record], store: Store, overrides: Sequence[str], *, look: bool) -> StudyTable:
    arms = [inventory_of(record, store, _loads(arm, overrides) if look else None) for arm, record in records.items()]
    first = next(iter(records.values())).cell
    title = f"Inventory: {first.task}, {first.model}"
    return StudyTable(title, QUESTION, inventory_words(arms), inventory_sections(arms), (), withheld=False)


def _loads(arm: str, overrides: Sequence[str]) -> Loads | None:
    """Answer one question in a process of its own; None where it fails, which is printed."""
    command = [sys.executable, "-m", "harness.cli.loads_of_arm", arm, *overrides]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"{arm}: {(ended.stderr.strip().splitlines() or ['it failed'])[-1]}", file=sys.stderr)
        return None
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    return Loads(found["processes"], tuple(found["packages"]))


@quiet_when_reader_goes
def main() -> None:
    """Print and write the inventory of one experiment: overrides as it was run with; --records-only starts nothing."""
    given = sys.argv[1:]
    if {"-h", "--help"} & set(given):
        print(f"python -m harness.cli.inventory [{WITHOUT}] [KEY=VALUE …]\n\n{main.__doc__}")
        return
    try:
        folder, table = inventory([line for line in given if line != WITHOUT], look=WITHOUT not in given)
        write_text(folder / f"{FILE}.md", page.markdown(table))
        write_text(folder / f"{FILE}.csv", sections_csv(table.sections))
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(f"{page.terminal(table)}\n\nWritten to {folder}/{FILE}.*")


if __name__ == "__main__":
    main()
