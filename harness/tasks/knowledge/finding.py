"""Which file or folder is the knowledge base, and which others look like one. Nothing is read here."""

import difflib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from harness.store.spec import digest, file_sha256
from harness.tasks.complaints import Complaints
from harness.tasks.knowledge.beside import ENDINGS, files_in, texts_in
from harness.tasks.knowledge.file_text import KINDS

DEFAULT: Final = "documents"
"""the one name that may be missing, since the shipped yaml gives it"""
HERE: Final = "."
"""for the name: all texts in the folder of the task and below it"""
NAMED: Final = 20
"""the most names in a message"""
FEW: Final = 4
"""parts that are described one by one"""


def find_parts(folder: Path, names: Sequence[str] | str | None, complaints: Complaints) -> tuple[Path, ...]:
    """Return the files and folders that are the knowledge base together; () where it is one file, one folder or none.

    Args:
        folder: of the task.
        names: of `task.documents_file`: a list, or "." for the texts beside the examples.
        complaints: gets a line for each that is not there.
    """
    if isinstance(names, str) or names is None:
        return tuple(texts_in(folder)) if names is not None and Path(names) == Path(HERE) else ()
    if not names:
        complaints.add((folder, HERE), "task.documents_file=[] names no documents; null says that there are none")
    here = texts_in(folder) if HERE in names else []
    found = [path for name in names if name != HERE and (path := find_knowledge(folder, name, complaints))]
    return tuple(dict.fromkeys((*here, *found)))


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
        texts = ", ".join(KINDS)
        return (
            f"{fits[0]}: the examples lie in this folder, too, and no text ({texts}); name the folder of the documents"
        )
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


def readable_files(folder: Path, parts: Sequence[Path] = ()) -> list[Path]:
    """Return the files of a folder that documents can be read from, in the order of their paths.

    Args:
        folder: of the documents.
        parts: files and folders that alone are read; (): all.
    """
    if parts:
        return sorted({file for part in parts for file in (readable_files(part) if part.is_dir() else [part])})
    found = [path for path in files_in(folder) if path.suffix.lower() in ENDINGS]
    return sorted(path for path in found if not lists_pages(path))


def lists_pages(path: Path) -> bool:
    """Return whether a table only lists the pages in the folder of its name beside it, as Notion exports them."""
    folder = path.with_name(path.stem.removesuffix("_all"))
    if path.suffix.lower() != ".csv" or not folder.is_dir():
        return False
    return any(file.suffix.lower() in (".md", ".html") for file in files_in(folder))


def content_sha256(path: Path, parts: Sequence[Path] = ()) -> str:
    """Return the sha256 of a file; of a folder that over names and content of the files that are read from it."""
    if not path.is_dir():
        return file_sha256(path)
    return digest({name_in(path, file): file_sha256(file) for file in readable_files(path, parts)})


def name_in(folder: Path, file: Path) -> str:
    """Return what a file is called below a folder; the whole path of one that lies elsewhere."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.as_posix()


def is_plain(path: Path) -> bool:
    """Return whether documents are rows that are read as they are written: nothing in them has to be recognised."""
    return not path.is_dir() and path.suffix.lower() in (".jsonl", ".ndjson", ".parquet")


def kinds_of(files: Collection[Path]) -> str:
    """Return how many files there are of each kind: "12 .md, 2 .pdf"."""
    counts = Counter(path.suffix.lower() or "without an ending" for path in files)
    return ", ".join(f"{count} {ending}" for ending, count in counts.most_common())


def described(path: Path, parts: Sequence[Path] = ()) -> str:
    """Return a file or folder for messages and the record: "faq.csv", "docs/ (12 .md, 2 .pdf)", "12 .md, 2 .pdf"."""
    if parts:
        names = ", ".join(map(described, parts))
        return names if len(parts) <= FEW else f"{path.name}/ ({kinds_of(readable_files(path, parts))})"
    return f"{path.name}/ ({kinds_of(readable_files(path))})" if path.is_dir() else path.name
