"""Folders that are examples as a whole, as no file of theirs holds any by itself: Slack's exports, texts in pairs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.json_parts import is_of_programs
from harness.tasks.files.paired_texts import pair_rows, pairs_in
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.slack_export import ABOUT, slack_channels, slack_rows

ROWS: Final = (".jsonl", ".json", ".csv", ".parquet", ".tsv", ".xlsx", ".xlsm", ".ndjson")
"""endings of files of rows"""


def held_in(folder: Path) -> list[Path]:
    """Return the files and folders that are examples together; [] for a folder with data files, or none of these kinds.

    Args:
        folder: of the task.
    """
    held = _channels_in(folder) or _pairs_in(folder)
    return [] if held and any(map(_holds_rows, folder.iterdir())) else held


def _channels_in(folder: Path) -> list[Path]:
    if channels := slack_channels(folder):
        return [*channels, *(path for path in sorted(folder.iterdir()) if path.name in ABOUT)]
    return []


def _pairs_in(folder: Path) -> list[Path]:
    pairs, left = pairs_in(folder)
    above = {path.parent for pair in pairs for path in pair[1:]}
    if above and folder not in above:
        return sorted(above)
    return [*(path for pair in pairs for path in pair[1:]), *left]


def _holds_rows(path: Path) -> bool:
    """Return whether a file may hold examples by itself, so that its folder is none as a whole."""
    is_file = path.suffix.lower() in ROWS and path.name not in ABOUT and not path.name.startswith((".", "~$"))
    return is_file and not is_of_programs(path)


def folder_rows(folder: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the rows of such a folder.

    Args:
        folder: of the task.
        shape: gets a note on what was read as what.
        complaints: collects what cannot be read.
    """
    read = slack_rows if slack_channels(folder) else pair_rows
    yield from read(folder, shape, complaints)
