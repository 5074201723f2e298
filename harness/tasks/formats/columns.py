"""Rows whose columns are the roles themselves, under the configured or under common names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import INPUT, Columns, look_up, plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.printed import with_lists
from harness.tasks.formats.roles import CONTEXTS, ROLES

LISTS: Final = ("references", "evidence", "facts")
"""roles that take several values"""


def context_column(names: Sequence[str], roles: Mapping[str, str]) -> str | None:
    """Return the column with the texts that answer the questions, if it is one besides input and references."""
    taken = {name.partition(".")[0] for name in roles.values()}
    known = {plain(name): name for name in reversed(names)}
    return next((known[name] for name in CONTEXTS if name in known and known[name] not in taken), None)


def with_context(row: FileRow, column: str, title: str, evidence: str, gathered: Gathered) -> FileRow:
    """Return the row with the texts of a column as its evidence, and make documents of them.

    Args:
        row: as read.
        column: with a text or a list of texts.
        title: column with their title, or "".
        evidence: column that gets what evidence calls them.
        gathered: gets the documents.
    """
    value = row.values.get(column)
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text.strip()]
    heading = row.values.get(title) if isinstance(row.values.get(title), str) and len(texts) == 1 else ""
    names = [gathered.document(str(heading or ""), text, row.place) for text in texts]
    return row._replace(values={**row.values, evidence: names})


def renamed(row: FileRow, roles: Mapping[str, str], columns: Columns, untyped: bool, gathered: Gathered) -> FileRow:
    """Return the row with each role's value under the first name that is configured for it."""
    if untyped:
        row = with_lists(row, [roles[role] for role in LISTS if role in roles], gathered)
    values = dict(row.values)
    for role, column in roles.items():
        name = canonical(columns, role)
        if name is not None and column not in getattr(columns, role):
            values[name] = look_up(row.values, (column,))[1]
    return row._replace(values=values)


def canonical(columns: Columns, role: str) -> str | None:
    """Return the first column that is configured for a role; None if there is none."""
    return next((name for name in getattr(columns, role) if not name.startswith(INPUT[0])), None)


def numbered(rows: Iterator[FileRow], name: str, stem: str) -> Iterator[FileRow]:
    """Yield the rows with ids made of their number."""
    for number, row in enumerate(rows, start=1):
        yield row._replace(values={**row.values, name: f"{stem}-{number}"})


def placed(row: FileRow, columns: Columns) -> FileRow:
    """Return a converted row, whose columns are called like roles, with the names that are configured."""
    values: dict[str, Any] = {name: value for name, value in row.values.items() if name not in ROLES}
    for role in ROLES:
        name = canonical(columns, role)
        if role in row.values and name is not None:
            values[name] = row.values[role]
    return row._replace(values=values)
