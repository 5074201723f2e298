"""Names of the columns of the data.

A setting is a list of column names: in each row the first that has a value is used. A dot reaches into
nested columns: `answers.text` is `text` inside `answers`. A plus reads columns together: `title+body`.
"""

import difflib
import re
import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from harness.store.spec import ADDED

INPUT: Final = "@input"
"""as an evidence column, or as a value in it: the evidence is the input itself"""

UNKNOWN: Final = "@unknown"
"""as an evidence column: nothing is the evidence, and nothing is inferred to be it"""

REFERENCES: Final = "@references"
"""as the answerable column: an example is answerable if it has a reference"""


JOINT: Final = "+"
"""between columns that are read together"""


_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
"""between the words of a name like expectedOutput"""


class Together(list[Any]):
    """The values of columns that are read together, in their order: texts of an input, one below the other."""


@dataclass(frozen=True)
class Columns:
    """Columns of an example; an empty list means that the data has no such column."""

    KEY: ClassVar[str] = "harness.tasks.columns.Columns"
    VERSION: ClassVar[int] = 1

    id: tuple[str, ...]
    """unique name of the example; [] numbers the rows"""
    input: tuple[str, ...]
    """a text, a list of sentences, or a list of chat turns {role, content}"""
    references: tuple[str, ...]
    """correct answers: a text, or a list of texts, best first; [] for questions without answers"""
    evidence: tuple[str, ...]
    """ids, titles or texts of the gold documents, {document, start, end}, {text, answer_start}; a list of these; or
    @input; or @unknown"""
    answerable: tuple[str, ...]
    """true or false, or @references; [] means that all are answerable"""
    group: tuple[str, ...]
    """cluster for resampling"""
    slice: tuple[str, ...]
    """named kind of example by which tables can be split"""
    facts: tuple[str, ...]
    """facts that a correct answer must state: a text, or a list of texts"""
    previous: tuple[str, ...] = field(default=(), metadata=ADDED)
    """answers that were right in the version before: a text, or a list of texts (docs/STUDIES.md#update)"""

    choices: tuple[str, ...] = field(default=(), metadata=ADDED)
    """answers to choose among by their likelihood, texts with a reference among them (metrics acc, acc_norm)"""

    def problems(self) -> Sequence[str]:
        problems = [] if self.input else ["input is []: name at least one column"]
        if not self.references and REFERENCES in self.answerable:
            problems.append('answerable is "@references", and references is []: then nothing would be answerable')
        return problems + self._twice()

    def _twice(self) -> list[str]:
        """Return a line for each column in two roles that exclude each other."""
        return [
            f"{column} is a column of both {one} and {other}: {_EXCLUDES[one, other]}"
            for one, other in _EXCLUDES
            for column in dict.fromkeys(_parts(getattr(self, one)))
            if column in _parts(getattr(self, other)) and not column.startswith("@")
        ]


def _parts(names: Sequence[str]) -> list[str]:
    return [part for name in names for part in name.split(JOINT)]


_EXCLUDES: Final = {
    ("input", "references"): "every arm would be shown the answer",
    ("input", "answerable"): "a question is not true or false",
    ("input", "evidence"): 'evidence holds ids of documents; "@input" says that the input is the evidence',
    ("references", "evidence"): "evidence holds ids of documents, not answers",
    ("references", "answerable"): '"@references" says that an example without a reference is unanswerable',
}
"""Two roles that one column of an example cannot have -> why."""


@dataclass(frozen=True)
class DocumentColumns:
    """Columns of a document; an empty list means that the data has no such column."""

    KEY: ClassVar[str] = "harness.tasks.columns.DocumentColumns"
    VERSION: ClassVar[int] = 1

    id: tuple[str, ...]
    """unique name of the document; [] makes one from its text"""
    title: tuple[str, ...]
    """shown and indexed before the text"""
    text: tuple[str, ...]
    """the body: a text, or a list of texts"""
    metadata: tuple[str, ...] | None = field(default=None, metadata=ADDED)
    """all of these that a document has are kept as its metadata, shown with its passages and can be filtered by
    (retriever.allow); "*" stands for all other columns. None: date and section of a documents file, nothing of other
    rows"""


def look_up(values: Mapping[str, Any], candidates: Sequence[str]) -> tuple[str | None, Any]:
    """Return the first candidate that has a value, and the value; else the first that exists, and None.

    The name is None if no candidate is a column of this row.
    """
    empty = None
    for name in candidates:
        exists, value = _follow(values, name)
        if value is not None:
            return name, value
        if exists and empty is None:
            empty = name
    return empty, None


def plain(name: str) -> str:
    """Return a column's name without case, spaces and hyphens; expectedOutput is expected_output, ö one character."""
    apart = _HUMP.sub("_", unicodedata.normalize("NFC", name.strip()))
    return apart.casefold().replace(" ", "_").replace("-", "_")


def near_names(wanted: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the columns whose names are like one of the wanted."""
    by_plain = {plain(name): name for name in names}
    close = [one for name in wanted for one in difflib.get_close_matches(plain(name), by_plain, n=2, cutoff=0.7)]
    return [by_plain[name] for name in dict.fromkeys(close)]


def typed(name: str) -> str:
    """Return a column as it is typed in a list on the command line: in quotes of Hydra's and of the shell's if need be.

    'task.columns.input=[' + typed("Preis, netto") + ']' reaches the column of that name.
    """
    if re.fullmatch(r"[\w.@+-]+", name):
        return name
    escaped = re.sub(r'(\\*)(?="|$)', lambda found: found[1] * 2, name).replace('"', '\\"')
    return shlex.quote(f'"{escaped}"')


def _follow(values: Any, path: str) -> tuple[bool, Any]:
    """Return whether the column exists, and its value."""
    if isinstance(values, dict) and path in values:
        return True, values[path]
    if JOINT in path and isinstance(values, dict):
        return _together(values, path.split(JOINT))
    head, dot, rest = path.partition(".")
    if not dot or not isinstance(values, dict) or head not in values:
        return False, None
    inner = values[head]
    if isinstance(inner, list):
        pairs = [_follow(item, rest) for item in inner]
        return all(exists for exists, _ in pairs), _flat([value for _, value in pairs if value is not None])
    return _follow(inner, rest)


def _flat(values: list[Any]) -> list[Any]:
    """Return what lists hold, if all values are lists."""
    return [one for value in values for one in value] if all(isinstance(value, list) for value in values) else values


def _together(values: dict[str, Any], names: Sequence[str]) -> tuple[bool, Any]:
    """Return whether all of these columns exist, and their values; None where all are empty."""
    found = [_follow(values, name.strip()) for name in names]
    if not all(exists for exists, _ in found):
        return False, None
    lists = [value if isinstance(value, list) else [value] for _, value in found if value not in (None, "", [])]
    return True, Together(one for value in lists for one in value) if lists else None
