"""What lies beside the data and looks like a knowledge base: what can be read, and what must be converted first.

Nothing is read here. Whatever its kind, such a file is named: without a word the training pairs would be the knowledge
base in its place.
"""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.tasks.columns import typed
from harness.tasks.complaints import Complaints
from harness.tasks.files.qrels_layout import FOLDER as GOLD_FOLDER
from harness.tasks.files.qrels_layout import gold_files
from harness.tasks.knowledge.file_text import KINDS
from harness.tasks.rows import PACKED, READERS
from harness.tasks.split_names import is_list_of_rows, split_called

ENDINGS: Final = (*READERS, *(ending for ending in KINDS if ending not in READERS))
KNOWLEDGE: Final = re.compile(
    r"(?:^|[^a-z])(?:doc|docs|documents?|kb|knowledge(?:base|source)?|corpus|passages?|contexts?|faqs?|articles?|manuals?|wiki)(?:[^a-z]|$)"
)
ABOUT: Final = re.compile(
    r"(?:(?:readme|licen[cs]e|copying|changelog|contributing|notice|authors|citation)(?:[._-]\w{1,12})?"
    r"|(?:(?:data|dataset|model)[ ._-]?)?card|notes?|todo|requirements|code[ _-]of[ _-]conduct)",
    re.IGNORECASE,
)
"""whole names of texts about the data, not of it: a name that goes on, such as card-payments, is another"""
WORD: Final = "save it as .docx"
SLIDES: Final = "export it as PDF"
MARKUP: Final = "convert it to Markdown, say with pandoc"
ROWS: Final = "write its entries as rows of id, title and text into a .jsonl or .csv file"
SHEET: Final = "save it as .xlsx"
MAIL: Final = "save it as text"
CURES: Final[Mapping[str, str]] = {
    **dict.fromkeys((".doc", ".odt", ".rtf", ".pages", ".wpd"), WORD),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), SLIDES),
    **dict.fromkeys((".adoc", ".asciidoc", ".org", ".tex", ".textile", ".wiki", ".mediawiki", ".typ"), MARKUP),
    **dict.fromkeys((".epub", ".mobi", ".fb2", ".chm", ".ipynb", ".xhtml", ".mht", ".mhtml"), MARKUP),
    **dict.fromkeys((".xml", ".db", ".sqlite", ".sqlite3", ".duckdb", ".arrow", ".feather", ".avro", ".orc"), ROWS),
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), SHEET),
    **dict.fromkeys((".eml", ".msg", ".mbox"), MAIL),
}
"""ending of files that hold documents and cannot be read -> what to do with one"""
UNNAMED: Final = ROWS
"""the same for a file of any other kind that is called like a knowledge base"""
NO_DOCUMENTS: Final = frozenset(
    (
        *(".py", ".sh", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".css", ".js", ".ts", ".mp3", ".mp4"),
        *(".wav", ".sha256", ".md5", ".lock", ".log", ".ttf", ".woff", ".woff2", *PACKED),
    )
)
"""endings of files that are none, whatever they are called"""
OF_PROGRAMS: Final = frozenset(("node_modules", "bower_components", "__pycache__", "__macosx", "site-packages", "venv"))
"""names of folders with what programs installed or left: their texts are no knowledge base"""
FURTHER: Final = "documents_more"
"""file of further documents beside the data that a study alone reads: it grows the knowledge base by them"""
SHOWN: Final = 6
"""names that a message lists"""


def remark_beside(folder: Path, read: Collection[Path], complaints: Complaints) -> None:
    """Remark on what lies beside the data, looks like a knowledge base, and is not read.

    Args:
        folder: of the task.
        read: the files and folders that are.
        complaints: gets the remark.
    """
    if like := [path for path in lookalikes(folder, read) if not _of_another_version(path, folder, read)]:
        names = some([_with_kinds(path) for path in like])
        line = f"not read, though it looks like a knowledge base: {names}; {how_to_use(folder, like)}"
        complaints.remark(("beside",), line)
    if further := [path.name for path in sorted(folder.iterdir()) if is_further(path) and path not in read]:
        complaints.remark(("further",), f"{some(further)}: further documents, which study=corpus_size alone reads")
    if closed := unreadable(folder, read):
        cures = some([f"{_with_kinds(path)}: {_cure(path)}" for path in closed], "; ")
        complaints.remark(("beside", "closed"), f"not read, though it looks like a knowledge base: {cures}")


def lookalikes(folder: Path, read: Collection[Path]) -> list[Path]:
    """Return what lies in a folder, looks like a knowledge base, can be read, and is not among what is read."""
    return [path for path in _others(folder, read) if _looks_like_knowledge(path) and not is_further(path)]


def is_further(path: Path) -> bool:
    """Return whether it is a file or folder of further documents."""
    return path.stem == FURTHER


def texts_in(folder: Path) -> list[Path]:
    """Return the texts of a folder that are not about the data, and the folders in it that hold texts."""
    there = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~$"))]
    return [path for path in there if _is_text(path) or (path.is_dir() and any(map(_is_text, files_in(path))))]


def unreadable(folder: Path, read: Collection[Path]) -> list[Path]:
    """Return what looks like a knowledge base, is not among what is read, and is of kinds that are not read."""
    return [path for path in _others(folder, read) if not _looks_like_knowledge(path) and _is_closed(path)]


def how_to_use(folder: Path, like: Sequence[Path]) -> str:
    """Return the keys that make a knowledge base of what looks like one."""
    one = f"task.documents_file={typed_name(like[0])}"
    if len(like) == 1:
        return f"to use it: {one}"
    every = value_of(folder, like)
    return f"to use all of them: task.documents_file={every}; or one: {one}" if every else f"to use one: {one}"


def value_of(folder: Path, like: Sequence[Path]) -> str:
    """Return what task.documents_file is called for several files and folders: ".", or their list; "" for too many."""
    if set(like) == set(texts_in(folder)):
        return "."
    return f"[{','.join(map(typed_name, like))}]" if len(like) <= SHOWN else ""


def named(path: Path) -> str:
    """Return what task.documents_file calls a file or folder beside the data."""
    return f"{path.name}/" if path.is_dir() else path.name


def typed_name(path: Path) -> str:
    """Return the same as it is typed on the command line."""
    return named(path) if re.fullmatch(r"[\w.-]+/?", named(path)) else typed(named(path))


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it; what is hidden, and what programs install, is left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name.lower() not in OF_PROGRAMS)
        yield from (Path(place, name) for name in sorted(files) if not name.startswith((".", "~$")))


def of_programs(folder: Path) -> list[str]:
    """Return the folders below a folder with what programs installed or left."""
    found = list[str]()
    for place, folders, _ in os.walk(folder):
        found += [f"{Path(place, name).relative_to(folder)}/" for name in folders if name.lower() in OF_PROGRAMS]
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() not in OF_PROGRAMS]
    return sorted(found)


def some(names: Sequence[str], between: str = ", ") -> str:
    """Return the first of these names and how many more there are."""
    hidden = len(names) - SHOWN
    return between.join(names[:SHOWN]) + (f" and {hidden} more" if hidden > 0 else "")


def _others(folder: Path, read: Collection[Path]) -> list[Path]:
    known = {*read, *gold_files(folder), folder / GOLD_FOLDER}
    inside = {above for path in read for above in path.parents}
    there = [path for path in sorted(folder.iterdir()) if path not in known and path not in inside]
    return [path for path in there if not path.name.startswith((".", "~$"))]


def _is_text(path: Path) -> bool:
    is_about = ABOUT.fullmatch(path.stem) is not None or is_list_of_rows(path)
    return path.suffix.lower() in KINDS and not is_about and path.is_file()


def _is_called_so(path: Path) -> bool:
    return KNOWLEDGE.search((path.name if path.is_dir() else path.stem).lower()) is not None


def _looks_like_knowledge(path: Path) -> bool:
    if path.is_dir():
        kinds = ENDINGS if _is_called_so(path) else KINDS
        return any(file.suffix.lower() in kinds and not ABOUT.fullmatch(file.stem) for file in files_in(path))
    return _is_called_so(path) if path.suffix.lower() in READERS else _is_text(path)


def _is_closed(path: Path) -> bool:
    """Return whether a file, or one of a folder, holds documents in a kind that is not read."""
    if not path.is_dir():
        return _holds_documents(path, called_so=_is_called_so(path))
    called_so = _is_called_so(path)
    return split_called(path.name) is None and any(_holds_documents(file, called_so) for file in files_in(path))


def _holds_documents(file: Path, called_so: bool) -> bool:
    ending = file.suffix.lower()
    if ABOUT.fullmatch(file.stem) or ending in ENDINGS or ending in NO_DOCUMENTS:
        return False
    return ending in CURES or called_so


def _cure(path: Path) -> str:
    files = [file for file in files_in(path) if _holds_documents(file, True)] if path.is_dir() else [path]
    cures = dict.fromkeys(CURES.get(file.suffix.lower(), UNNAMED) for file in files)
    cure = ", or ".join(cures)
    return cure.replace(" it ", " each ").replace(" its ", " their ") if path.is_dir() else cure


def _with_kinds(path: Path) -> str:
    if not path.is_dir():
        return path.name
    counts = Counter(file.suffix.lower() or "without an ending" for file in files_in(path))
    return f"{path.name}/ ({', '.join(f'{count} {ending}' for ending, count in counts.most_common())})"


def _of_another_version(path: Path, folder: Path, read: Collection[Path]) -> bool:
    """Return whether a file belongs to another version of the data that lies beside the one that is read.

    Its name is that of a file that is read and a suffix, and other files that are not read have the same suffix:
    documents_next.jsonl and questions_next.jsonl beside documents.jsonl.
    """
    suffixes = {path.stem.removeprefix(one.stem) for one in read if path.stem.startswith(one.stem)}
    unread = [one.stem for one in folder.iterdir() if one not in read and one != path]
    return any(suffix[:1] in set("_-.") and any(stem.endswith(suffix) for stem in unread) for suffix in suffixes - {""})
