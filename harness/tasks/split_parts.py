"""Files that are a split together, and folders in which they lie."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from harness.tasks.files.paired_texts import pairs_in
from harness.tasks.files.qrels_layout import layout_of
from harness.tasks.knowledge.beside import lookalikes
from harness.tasks.missing_files import is_data, words_of
from harness.tasks.split_names import KNOWLEDGE, split_called
from harness.types import Split

SHARD: Final = re.compile(r"(?P<number>\d{1,9})[-_]of[-_](?P<count>\d{1,9})$")
"""how the name of a part of a split ends"""


def only_folder(inside: Sequence[Path], taken: Collection[Path]) -> Path | None:
    """Return the only folder with data files, or with folders that are called like splits; None for several.

    None, too, where documents lie in it: it is a task of its own.
    """
    left = (path for path in inside if path.is_dir() and path not in taken and not path.name.startswith("."))
    found = [path for path in left if not KNOWLEDGE & words_of(path) and _holds_data(path)]
    if len(found) != 1 or split_called(found[0].name) is not None or layout_of(found[0]) is not None:
        return None
    return None if lookalikes(found[0], []) else found[0]


def _holds_data(folder: Path) -> bool:
    there = list(folder.iterdir())
    of_splits = [path for path in there if path.is_dir() and split_called(path.name) is not None]
    return any(map(is_data, there)) or any(is_data(file) for path in of_splits for file in path.iterdir())


def are_parts(split: Split, files: Sequence[Path]) -> bool:
    """Return whether files are parts of one split: by how their names end, or numbered in a folder called like it."""
    if len(files) > 1 and all(SHARD.search(path.stem) for path in files):
        return True
    stems = {re.sub(r"\d+", "", path.stem) for path in files}
    alike = len(stems) == 1 and len({path.suffix for path in files}) == 1
    return len(files) > 1 and split_called(files[0].parent.name) == split and alike


def lost_part(files: Sequence[Path]) -> str:
    """Return which parts are not there, by how many their names say there are; "" where none is missing."""
    marks = [mark for path in files if (mark := SHARD.search(path.stem))]
    count = {int(mark["count"]) for mark in marks}
    there = {int(mark["number"]) for mark in marks}
    if not marks or (len(count) == 1 and len(there) >= min(count)):
        return ""
    return f"{len(there)} of {max(count)} parts are there: copy the others, too"


def in_folder_of(split: Split, inside: Sequence[Path], taken: Collection[Path]) -> list[Path]:
    """Return the data files in folders that are called like a split, as train/faq.csv; or those with texts in pairs."""
    folders = [path for path in inside if path.is_dir() and path not in taken and split_called(path.name) == split]
    files = [file for folder in folders for file in sorted(folder.iterdir()) if is_data(file)]
    return files or [folder for folder in folders if pairs_in(folder)[0]]
