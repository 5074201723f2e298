"""A study's table as data, beside the pages that people read: what claims read, so that nothing is measured anew.

It is written with the pages, and holds a checksum of what it was made from: the study's file and its records. Where
these are others now, it is as if it were not there.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from harness.store.files import write_text
from harness.store.records.plain import restored
from harness.studies import files
from harness.studies.table import StudyTable

FILE: Final = "table.json"
FORMAT: Final = 1


def write(table: StudyTable, folder: Path) -> None:
    """Write the table of the study in a folder.

    Raises:
        StoreError: the study's file cannot be read, or the folder cannot be written.
    """
    entry = {"format": FORMAT, "made_from": files.made_from(folder, files.read(folder)), "table": asdict(table)}
    write_text(folder / FILE, json.dumps(entry, indent=1, ensure_ascii=False, default=_plain) + "\n")


def read(folder: Path, file: files.StudyFile) -> StudyTable | None:
    """Return the table that was made from the study and the records in a folder as they are now; None without one.

    Args:
        folder: of the study.
        file: the study's own, as `files.read` has it.
    """
    try:
        entry = dict(json.loads((folder / FILE).read_text(encoding="utf-8")))
        if (entry["format"], entry["made_from"]) != (FORMAT, files.made_from(folder, file)):
            return None
        return restored(StudyTable, entry["table"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _plain(value: np.generic) -> float | bool:
    """Return a number or a truth value of numpy as JSON has them."""
    return value.item()  # type: ignore[no-any-return]
