"""Which columns of a documents file are text, title and id, and which column of the examples names documents."""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any, Final

from harness.tasks.columns import JOINT, DocumentColumns, look_up, plain
from harness.tasks.complaints import BadCellError, Complaints
from harness.tasks.document_names import DocumentNames
from harness.tasks.files.json_parts import documents_in
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.formats.passages import passages_of
from harness.tasks.knowledge.finding import readable_files
from harness.tasks.knowledge.nested_json import nested_documents, with_sections
from harness.tasks.knowledge.part_rows import IDS
from harness.tasks.known_columns import DOCUMENT_COLUMNS
from harness.tasks.locating import SENTENCE
from harness.tasks.mentions import as_mentions
from harness.tasks.rows import READERS, read_rows
from harness.tasks.suggestions import columns_of
from harness.tasks.text_search import TextIndex
from harness.text.tokens import words
from harness.types import Document

LOOKED_AT: Final = 1_000
"""rows of a file"""
NAMING: Final = 0.8
"""share of a column's values that must name documents"""
QUOTING: Final = 0.9
"""share of a column's texts that must stand in documents, as fewer are a fault of the file"""
DIGITS: Final = "0123456789"
LONGEST_ID: Final = 200
"""characters of an id, on average"""
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
NAMES_SOMETHING: Final = re.compile(
    r"doc|evidence|gold|source|article|passage|context|chunk|page|file|ref|url|link|title|kb|(?:^|_)id(?:_|s?$)"
)
"""names of columns whose numbers can be ids of documents"""
AGAINST: Final = re.compile(r"(?:^|_)(?:hard_?)?(?:neg(?:ative)?s?|wrong|distractors?|irrelevant|rejected)(?:_|\d*$)")
"""names of columns that name what does not hold the answer"""
FOR: Final = re.compile(r"(?:^|_)(?:pos(?:itives?)?|gold|golden|relevant|evidence|supporting)(?:_|\d*$)")
"""and of those that name what does"""
QUOTES: Final = re.compile(r"support|evidence|quot|excerpt|snippet|gold_(?:text|passage|context|span|sentence|chunk)")
"""and of those that quote it"""
NO_COLUMNS: Final = DocumentColumns(("id",), (), ())


def document_rows(path: Path, shape: FileShape | None = None, parts: Sequence[Path] = ()) -> list[FileRow]:
    """Return the first rows of a documents file, or of the files of rows in a folder; [] of texts and nested JSON.

    Args:
        path: of the file or folder.
        shape: what is told of how it is written.
        parts: of the folder that alone are read; (): all.
    """
    files = [
        file for file in (readable_files(path, parts) if path.is_dir() else [path]) if file.suffix.lower() in READERS
    ]
    inside = {file: documents_in(file) for file in files}
    if any(nested_documents(file, NO_COLUMNS, inside[file]) for file in files if file.suffix.lower() == ".json"):
        return []
    told = shape or FileShape(documents=True)
    shapes = {file: replace(told, notes=[], inside=keys, encoding="") for file, keys in inside.items()}
    every = (row for file in files for row in read_rows(file, Complaints(), shapes[file]))
    rows = list({repr(row.values): row for row in itertools.islice(every, LOOKED_AT)}.values())  # some stand twice
    return [] if with_sections(rows, NO_COLUMNS) else rows


def document_roles(rows: Sequence[FileRow]) -> dict[str, list[str]]:
    """Return role -> columns of these rows of documents; {} without rows.

    The text is a column of a common name, else the one with most words in texts: a list of numbers has none. Without a
    column for ids or titles a role is [].
    """
    values = [row.values for row in rows]
    names = {plain(name): name for row in values for name in row}
    if not names:
        return {}
    found: dict[str, str] = {}
    for role, wanted in DOCUMENT_COLUMNS.items():
        known = [names[name] for name in wanted if name in names and names[name] not in found.values()]
        if role == "id":  # where the ids of documents alone are there, rows of one id are its parts
            known.sort(key=lambda name: _distinct(values, name) <= IDS)
        if known:
            found[role] = known[0]
    if "text" not in found:
        found["text"] = max(names.values(), key=lambda name: _words(values, name))
    return {role: [found[role]] if role in found else [] for role in ("id", "title", "text")}


def id_columns(rows: Sequence[FileRow]) -> list[str]:
    """Return the columns of documents that can be their ids: another value in each row."""
    values = [row.values for row in rows]
    names = dict.fromkeys(name for row in values for name in row)
    return [name for name in names if _distinct(values, name) == 1.0 and _length(values, name) <= LONGEST_ID]


def evidence_column(rows: Iterable[FileRow], known: DocumentNames, used: Collection[str]) -> str | None:
    """Return the column of examples whose values name documents, in any spelling that is found; None without one.

    Args:
        rows: of examples.
        known: names of the documents.
        used: columns that have a role already.
    """
    shares, read = dict[str, list[bool]](), list(rows)
    inner = [name for name in columns_of([row.values for row in read]) if "." in name]
    for row in read:
        cells = {**row.values, **{name: look_up(row.values, (name,))[1] for name in inner}}
        for name, value in cells.items():
            if name not in used and not AGAINST.search(plain(name)) and value not in (None, "", []):
                shares.setdefault(name, []).append(names_documents(name, value, known))
    best = max(shares, key=lambda name: (mean(shares[name]), len(shares[name]), _is_for(name)), default=None)
    naming = [name for name in shares if mean(shares[name]) >= NAMING]
    return _with_numbered(best, naming, read) if best in naming else None


def _with_numbered(best: str | None, naming: Collection[str], rows: Sequence[FileRow]) -> str | None:
    """Return a column of gold documents with its like, gold_1+gold_2: a question may have several."""
    if best is None or not _is_for(best) or not best[-1:].isdecimal():
        return best
    alike = [name for name in naming if name[-1:].isdecimal() and name.rstrip(DIGITS) == best.rstrip(DIGITS)]
    return JOINT.join(name for name in alike if name == best or all(name in row.values for row in rows))


def quoting_column(rows: Iterable[FileRow], documents: Sequence[Document], used: Collection[str]) -> str | None:
    """Return the column of examples that quotes documents and is called so; None without one.

    Args:
        rows: of examples.
        documents: the knowledge base.
        used: columns that have a role already.
    """
    quotes: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.values.items():
            if name not in used and QUOTES.search(plain(name)) and not AGAINST.search(plain(name)):
                quotes.setdefault(name, []).extend(passage.text for passage in passages_of(value))
    return next((name for name, texts in quotes.items() if texts and _stand_in(documents, texts)), None)


def _stand_in(documents: Sequence[Document], texts: Sequence[str]) -> bool:
    """Return whether hardly any of these texts stands in no document."""
    index = TextIndex(documents, texts)
    found = [bool(index.places(text) or index.nearly(text)) for text in texts if len(words(text)) >= SENTENCE]
    return sum(found) >= QUOTING * len(texts)


def _is_for(name: str) -> bool:
    """Return whether the name of a column says that it names what holds the answer."""
    return FOR.search(plain(name)) is not None


def names_documents(column: str, value: Any, known: DocumentNames) -> bool:
    """Return whether a cell names documents; numbers do only in a column that says so, as anything is numbered."""
    try:
        names = [mention.name for mention in as_mentions(value)]
    except BadCellError:
        return False
    if all(NUMBER.fullmatch(name) for name in names) and not NAMES_SOMETHING.search(plain(column)):
        return False
    return bool(names) and all(known.find(name).documents or known.listed(name) for name in names)


def _distinct(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    """Return how many values a column has for each row; below 1 where some repeat, or are missing."""
    return len({str(row[name]) for row in rows if row.get(name) not in (None, "")}) / len(rows)


def _length(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return mean(len(str(row.get(name) or "")) for row in rows)


def _words(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[float, float]:
    """Return how many words, then characters, the texts of a column have on average."""
    texts = [value if isinstance(value := row.get(name), str) else "" for row in rows]
    return mean(len(text.split()) for text in texts), mean(map(len, texts))
