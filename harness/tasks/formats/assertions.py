"""Tests of prompts (promptfoo): variables, and what is asserted of the answer. Values that it must have are references.

Assertions that nobody can answer with (a rubric, a length, a program) are not read, which is said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.files.row import FileRow, FileShape

VARIABLES: Final = "vars"
ASSERTIONS: Final = "assert"
SAID: Final = ("equals", "contains", "icontains", "contains-any", "icontains-any", "similar")
"""kinds of assertions whose value is an answer, surest first; of several values any"""
ELSEWHERE: Final = ("file://", "javascript:", "python:")
"""how values begin that stand in another file"""
MOST: Final = 0.8
"""share of the rows that show it"""
REFERENCES: Final = "references"


def are_tests(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows are tests of prompts: variables, and a list of assertions.

    Args:
        rows: the first of a file.
    """
    return bool(rows) and sum(map(_is_test, rows)) >= MOST * len(rows)


def as_rows(rows: Iterable[FileRow], shape: FileShape) -> Iterator[FileRow]:
    """Return the tests with a column for each variable, and the references that their assertions name.

    Args:
        rows: of a file; all of them are held.
        shape: gets a note on the assertions that are read and those that are not.
    """
    every = list(rows)
    kinds = Counter(kind for row in every for kind, _ in _assertions(row.values))
    read, others = ([kind for kind in kinds if (kind in SAID) is known] for known in (True, False))
    shape.notes.append(f"tests of prompts: the variables are columns, values of {', '.join(read) or 'none'} references")
    if others:
        shape.notes.append("assertions not read: " + ", ".join(f"{kind} ({kinds[kind]:,})" for kind in others))
    return map(_as_row, every)


def _is_test(values: Mapping[str, Any]) -> bool:
    listed = values.get(ASSERTIONS)
    return isinstance(values.get(VARIABLES), dict) and isinstance(listed, list) and bool(_assertions(values))


def _assertions(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    listed = values.get(ASSERTIONS)
    items = listed if isinstance(listed, list) else []
    return [(str(item["type"]), item.get("value")) for item in items if isinstance(item, dict) and "type" in item]


def _as_row(row: FileRow) -> FileRow:
    given = row.values.get(VARIABLES)
    variables = given if isinstance(given, dict) else {}
    if len(variables) == 1:
        variables = {"input": next(iter(variables.values()))}
    rest = {name: cell for name, cell in row.values.items() if name not in (VARIABLES, ASSERTIONS)}
    said = _assertions(row.values)
    answers = [text for wanted in SAID for kind, value in said if kind == wanted for text in _texts(value)]
    return row._replace(values={**rest, **variables, REFERENCES: list(dict.fromkeys(answers))})


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [str(item) for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]
    return [text for text in texts if text.strip() and not text.startswith(ELSEWHERE)]
