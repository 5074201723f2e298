"""Files beside the data that look like data and are not read: a user should see what was passed over, and why."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.qrels_layout import gold_files, layout_of
from harness.tasks.knowledge.beside import is_further, lookalikes, typed_name
from harness.tasks.rows import PACKED, READERS
from harness.tasks.split_names import is_list_of_rows, split_called
from harness.tasks.table_kind import holds_documents

FEW: Final = 5
"""names that a message lists"""


def remark_unread(place: Path, read: Collection[Path], has_documents: bool, complaints: Complaints) -> None:
    """Remark on data files that are not read.

    Args:
        place: folder of the task, or its one file; beside a file only those that are called like splits are named.
        read: files and folders that are.
        has_documents: whether the task has a knowledge base of its own.
        complaints: gets the remark.
    """
    folder = place if place.is_dir() else place.parent
    if place.is_file():
        left = [path for path in _data_in(folder) if path not in read and path.is_file() and split_called(path.stem)]
    else:
        left = _left(folder, read)
    packed = [path for path in left if path.suffix.lower() in PACKED]
    gold = [path for path in left if path in gold_files(folder) and layout_of(folder) is None]
    if plain := [path for path in left if path not in (*packed, *gold)]:
        base = "" if has_documents else _as_documents(plain)
        complaints.remark(("unread",), f"not read: {_some(plain, folder)} (task.splits.SPLIT=FILE uses one{base})")
    if gold:
        cure = "put the queries into queries.jsonl (_id, text, answer), or the ids into a column evidence"
        complaints.remark(("gold",), f"not read: the gold documents of {_some(gold, folder)}; {cure}")
    if lists := [path for path in sorted(folder.iterdir()) if path not in read and _is_list(path)]:
        cure = "a column with the split of each row says it, or a file per split"
        complaints.remark(("lists",), f"not read: the lists of rows {_some(lists, folder)}; {cure}")
    if packed:
        complaints.remark(("packed",), f"not read, as packed: {_some(packed, folder)}; unpack what is data")


def _as_documents(left: Sequence[Path]) -> str:
    """Return the key that makes a knowledge base of the first file with documents; "" where none has any."""
    found = next((path for path in left[:FEW] if holds_documents(path)), None)
    return f"; task.documents_file={typed_name(found)} takes that one as the knowledge base" if found else ""


def _left(folder: Path, read: Collection[Path]) -> list[Path]:
    """Return the data files that are not read, but for another version of the data and for knowledge bases."""
    inside = {parent for path in read for parent in (path, *path.parents)}
    there = [path for path in _data_in(folder) if path not in inside and folder not in (path, *read)]
    passed = {*lookalikes(folder, read), *_of_another_version(there, read)}
    left = [path for path in there if path not in passed and not is_further(path)]
    return left + [path for path in gold_files(folder) if path not in (*read, *left)]


def _data_in(folder: Path) -> Iterator[Path]:
    """Yield the data files of a folder, and the folders in it that hold some."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")):
            continue
        if path.is_dir():
            if _holds_data(path):
                yield path
        elif path.suffix.lower() in (*READERS, *PACKED):
            yield path


def _is_list(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() not in (*READERS, *PACKED) and is_list_of_rows(path)


def _holds_data(folder: Path) -> bool:
    try:
        return any(path.suffix.lower() in READERS and path.is_file() for path in folder.iterdir())
    except OSError:
        return False  # somebody else's


def _of_another_version(there: Collection[Path], read: Collection[Path]) -> set[Path]:
    """Return the files of another version of the data, kept beside the one that is read.

    Their names end alike, and one of them is the name of a file that is read with that end: questions_next.jsonl and
    documents_next.jsonl beside documents.jsonl.
    """
    ends = Counter(
        end for path in there for one in read if (end := path.stem.removeprefix(one.stem)) != path.stem and end
    )
    marked = [end for end in ends if end[:1] in "_-." and sum(path.stem.endswith(end) for path in there) > 1]
    return {path for path in there if any(path.stem.endswith(end) for end in marked)}


def _some(paths: Collection[Path], folder: Path) -> str:
    names = [f"{path.relative_to(folder)}{'/' * path.is_dir()}" for path in paths]
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")
