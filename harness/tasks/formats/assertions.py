"""Tests of prompts (promptfoo): variables, and what is asserted of the answer. Values that it must have are references.

All assertions of a test must hold, so that those of several kinds, or several of one, are no alternatives: the surest
kind alone is read. What an answer must contain are facts where it is several things, and the reference has them all.
Other assertions, and those that nobody can answer with (a rubric, a length, a program), are not read, which is said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.complaints import counted
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.formats.assertion_cells import EXPECTED, asserts_in_cells, with_assertions
from harness.tasks.known_columns import SURE_INPUTS

VARIABLES: Final = "vars"
ASSERTIONS: Final = "assert"
ALL: Final = ("contains", "icontains", "contains-all", "icontains-all")
"""kinds of assertions whose values an answer must all contain"""
SURE: Final = (("equals",), ALL, ("contains-any", "icontains-any"), ("similar",))
"""kinds of assertions whose value is an answer, surest first; of several values of one assertion any, but of ALL"""
ELSEWHERE: Final = ("file://", "javascript:", "python:")
"""how values begin that stand in another file"""
MOST: Final = 0.8
"""share of the rows that show it"""
REFERENCES: Final = "references"
FACTS: Final = "facts"


class _Asserted(NamedTuple):
    """What the assertions of a test say of its answer."""

    references: Sequence[str]
    facts: Sequence[str]
    """which the answer must all state; () for one alone"""
    kinds: Sequence[str]
    """of the assertions that are read"""


def are_tests(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows are tests of prompts: variables, and a list of assertions, or cells that hold them.

    Args:
        rows: the first of a file.
    """
    return any(map(asserts_in_cells, rows)) or (bool(rows) and sum(map(_is_test, rows)) >= MOST * len(rows))


def as_rows(rows: Iterable[FileRow], shape: FileShape, *, named: bool = False) -> Iterator[FileRow]:
    """Return the tests with a column for each variable, and the references that their assertions name.

    Args:
        rows: of a file; all of them are held.
        shape: gets a note on the assertions that are read and those that are not.
        named: whether the column that asks is told, so that the only variable keeps its name whatever it is.
    """
    every = list(map(_as_test, rows))
    asserted = [_asserted(row.values) for row in every]
    read = Counter(kind for own in asserted for kind in own.kinds)
    others = Counter(kind for row in every for kind, _ in _assertions(row.values)) - read
    shape.notes.append(f"tests of prompts: the variables are columns, values of {', '.join(read) or 'none'} references")
    several = sum(bool(own.facts) for own in asserted)
    if several:
        what = f"{counted(several, 'test')} whose answer must contain several values"
        shape.notes.append(f"{what}: they are facts, and the reference has all of them")
    if others:
        shape.notes.append("assertions not read: " + ", ".join(f"{kind} ({others[kind]:,})" for kind in others))
    pairs = ((row if named else _with_input(row), own) for row, own in zip(every, asserted, strict=True))
    return (_as_row(row, own, has_facts=several > 0) for row, own in pairs)


def _as_test(row: FileRow) -> FileRow:
    """Return a row of a table as a test; any other as it is."""
    if isinstance(row.values.get(VARIABLES), dict):
        return row
    in_cells = any(name.startswith(EXPECTED) for name in row.values)
    return row._replace(values=with_assertions(row.values, VARIABLES, ASSERTIONS)) if in_cells else row


def _with_input(row: FileRow) -> FileRow:
    """Return the test with its only variable as the input, unless the name of that says that it asks."""
    given = row.values.get(VARIABLES)
    if not isinstance(given, dict) or len(given) != 1 or plain(name := next(iter(given))) in SURE_INPUTS:
        return row
    return row._replace(values={**row.values, VARIABLES: {"input": given[name]}})


def _is_test(values: Mapping[str, Any]) -> bool:
    listed = values.get(ASSERTIONS)
    return isinstance(values.get(VARIABLES), dict) and isinstance(listed, list) and bool(_assertions(values))


def _assertions(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    listed = values.get(ASSERTIONS)
    items = listed if isinstance(listed, list) else []
    return [(str(item["type"]), item.get("value")) for item in items if isinstance(item, dict) and "type" in item]


def _asserted(values: Mapping[str, Any]) -> _Asserted:
    """Return what the surest kind of the assertions says."""
    said = [(kind, texts) for kind, value in _assertions(values) if (texts := _texts(value))]
    for kinds in SURE:
        own = [(kind, texts) for kind, texts in said if kind in kinds]
        if own and kinds is ALL:
            needed = list(dict.fromkeys(text for _, texts in own for text in texts))
            return _Asserted([", ".join(needed)], needed if len(needed) > 1 else (), [kind for kind, _ in own])
        if own:
            kind, texts = own[0]
            return _Asserted(list(dict.fromkeys(texts)), (), [kind])
    return _Asserted((), (), ())


def _as_row(row: FileRow, asserted: _Asserted, has_facts: bool) -> FileRow:
    given = row.values.get(VARIABLES)
    variables = given if isinstance(given, dict) else {}
    rest = {name: cell for name, cell in row.values.items() if name not in (VARIABLES, ASSERTIONS)}
    facts = {FACTS: list(asserted.facts)} if has_facts else {}
    return row._replace(values={**rest, **variables, REFERENCES: list(asserted.references), **facts})


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [str(item) for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]
    return [text for text in texts if text.strip() and not text.startswith(ELSEWHERE)]
