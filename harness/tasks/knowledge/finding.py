"""Which file or folder is the knowledge base, and which others look like one. Nothing is read here."""

import difflib
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from harness.store.spec import digest, file_sha256
from harness.tasks.complaints import Complaints
from harness.tasks.files.qrels_layout import FOLDER as GOLD_FOLDER
from harness.tasks.files.qrels_layout import gold_files
from harness.tasks.knowledge.file_text import KINDS
from harness.tasks.rows import READERS

DEFAULT: Final = "documents"
"""the one name that may be missing, since the shipped yaml gives it"""
ENDINGS: Final = (*READERS, *(ending for ending in KINDS if ending not in READERS))
KNOWLEDGE: Final = re.compile(
    r"(?:^|[^a-z])(?:doc|docs|documents?|kb|knowledge|corpus|passages?|contexts?|faqs?|articles?|manuals?|wiki)(?:[^a-z]|$)"
)
ABOUT: Final = re.compile(r"(?:readme|licen[cs]e|copying|changelog|card|contributing|notes?|notice)\b", re.IGNORECASE)
"""texts about the data, not of it"""
NAMED: Final = 20
"""the most names in a message"""


def find_knowledge(folder: Path, name: str, complaints: Complaints) -> Path | None:
    """Return the file or folder that `task.documents_file` names; None if there is none.

    Args:
        folder: of the task.
        name: of a file or folder in it, with or without its ending; or a path.
        complaints: gets a line if nothing fits (the shipped default may be missing), or several do.
    """
    fits = _fits(folder / Path(name).expanduser(), name)
    if not fits and "/" in name:
        fits = _fits(Path(name).expanduser(), name)
    if problem := _problem(folder, name, fits):
        complaints.add((folder, name), problem)
        return None
    return fits[0] if fits else None


def _problem(folder: Path, name: str, fits: list[Path]) -> str:
    if len(fits) > 1:
        several = ", ".join(f"{path.name}/" if path.is_dir() else path.name for path in fits)
        return f"{folder}: {several} all fit {name!r}; name one of them as it stands here"
    if not fits:
        return "" if name == DEFAULT else _missing(folder, name)
    if fits[0].is_dir() and folder.resolve().is_relative_to(fits[0].resolve()):
        return f"{fits[0]}: the examples lie in this folder, too; put the documents into one of their own"
    if fits[0].is_file() and fits[0].suffix.lower() not in ENDINGS:
        kind = f"a {fits[0].suffix} file" if fits[0].suffix else "a file without an ending"
        return f"{fits[0]}: documents cannot be read from {kind}; want {', '.join(ENDINGS)}, or a folder of these"
    return ""


def _fits(path: Path, name: str) -> list[Path]:
    if name.endswith("/"):
        return [path] if path.is_dir() else []
    if path.suffix.lower() in ENDINGS or path.is_file() or path.is_symlink():
        return [path] if path.exists() or path.is_symlink() else []
    files = [path.with_name(path.name + ending) for ending in ENDINGS]
    return [other for other in files if other.is_file() or other.is_symlink()] + ([path] if path.is_dir() else [])


def _missing(folder: Path, name: str) -> str:
    wanted = folder / name if Path(name).suffix.lower() in ENDINGS or name.endswith("/") else f"{folder / name}{{,.*}}"
    names = sorted(f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir())
    stems = {each: each for each in names} | {Path(each.rstrip("/")).stem: each for each in names}
    asked = [name.rstrip("/"), Path(name.rstrip("/")).stem]
    near = [close for each in asked for close in difflib.get_close_matches(each, stems, n=3, cutoff=0.6)]
    close = dict.fromkeys(stems[each] for each in near)
    meant = f"; did you mean {' or '.join(close)}?" if close else ";"
    there = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return (
        f"{wanted}: no such file exists for documents (task.documents_file){meant} the folder has {there or 'nothing'}"
    )


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it, in the order of their paths; what is hidden is left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if not name.startswith((".", "~$")))


def readable_files(folder: Path) -> list[Path]:
    """Return the files of a folder that documents can be read from, in the order of their paths."""
    return sorted(path for path in files_below(folder) if path.suffix.lower() in ENDINGS)


def content_sha256(path: Path) -> str:
    """Return the sha256 of a file; of a folder that over names and content of the files that are read from it."""
    if not path.is_dir():
        return file_sha256(path)
    return digest({file.relative_to(path).as_posix(): file_sha256(file) for file in readable_files(path)})


def is_plain(path: Path) -> bool:
    """Return whether documents are rows that are read as they are written: nothing in them has to be recognised."""
    return not path.is_dir() and path.suffix.lower() in (".jsonl", ".ndjson", ".parquet")


def kinds_of(files: Collection[Path]) -> str:
    """Return how many files there are of each kind: "12 .md, 2 .pdf"."""
    counts = Counter(path.suffix.lower() or "without an ending" for path in files)
    return ", ".join(f"{count} {ending}" for ending, count in counts.most_common())


def described(path: Path) -> str:
    """Return a file or folder for messages and the record: "faq.csv", "docs/ (12 .md, 2 .pdf)"."""
    return f"{path.name}/ ({kinds_of(readable_files(path))})" if path.is_dir() else path.name


def remark_beside(folder: Path, read: Collection[Path], complaints: Complaints) -> None:
    """Remark on what lies beside the data, looks like a knowledge base, and is not read.

    Args:
        folder: of the task.
        read: the files and folders that are.
        complaints: gets the remark.
    """
    if like := [path for path in lookalikes(folder, read) if not _of_another_version(path, folder, read)]:
        names = ", ".join(map(described, like))
        hint = f"task.documents_file={named(like[0])}"
        complaints.remark(("beside",), f"not read, though it looks like a knowledge base: {names}; to use it: {hint}")


def lookalikes(folder: Path, read: Collection[Path]) -> list[Path]:
    """Return what lies in a folder, looks like a knowledge base, and is not among what is read."""
    known = {*read, *gold_files(folder), folder / GOLD_FOLDER}
    others = [path for path in sorted(folder.iterdir()) if path not in known and not path.name.startswith(".")]
    return [path for path in others if _looks_like_knowledge(path)]


def _of_another_version(path: Path, folder: Path, read: Collection[Path]) -> bool:
    """Return whether a file belongs to another version of the data that lies beside the one that is read.

    Its name is that of a file that is read and a suffix, and other files that are not read have the same suffix:
    documents_next.jsonl and questions_next.jsonl beside documents.jsonl.
    """
    suffixes = {path.stem.removeprefix(one.stem) for one in read if path.stem.startswith(one.stem)}
    unread = [one.stem for one in folder.iterdir() if one not in read and one != path]
    return any(suffix[:1] in set("_-.") and any(stem.endswith(suffix) for stem in unread) for suffix in suffixes - {""})


def named(path: Path) -> str:
    """Return what task.documents_file calls a file or folder beside the data."""
    return f"{path.name}/" if path.is_dir() else path.name


def _looks_like_knowledge(path: Path) -> bool:
    called_so = KNOWLEDGE.search((path.name if path.is_dir() else path.stem).lower()) is not None
    if path.is_dir():
        kinds = ENDINGS if called_so else KINDS
        return any(file.suffix.lower() in kinds and not ABOUT.match(file.name) for file in files_below(path))
    if path.suffix.lower() in READERS:
        return called_so
    return path.suffix.lower() in KINDS and not ABOUT.match(path.name)
