"""Columns that play roles: which columns rows are read by, and what tables and contexts need besides."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.tasks.columns import JOINT, Columns, look_up, plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.pairs import is_history
from harness.tasks.formats.passages import passages_of, supporting
from harness.tasks.formats.printed import printed
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.turns import is_conversation
from harness.tasks.known_columns import (
    CANDIDATES,
    COMMON,
    DEFAULTS,
    GOLD,
    OTHER_CONTEXTS,
    SAID_BY_MODELS,
    SUPPORTS,
    SURE_CONTEXTS,
)
from harness.tasks.looks import holds_passages

RETRIEVED: Final = ("contexts", "context")
"""beside a right answer with a name of its own these are no evidence"""
LISTS: Final = ("references", "evidence", "facts")
"""roles that take several values"""
FEWEST_TEXTS: Final = 5
"""texts from which on the questions of each are a group"""
MADE: Final = {"id": ("id",), "input": ("input",), "references": ("references",)}
"""columns of rows that a format has made"""


def context_column(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str], *, has_documents: bool) -> str | None:
    """Return the column with the texts that answer the questions, if it is one besides input and references.

    Args:
        rows: the first of a file.
        roles: role -> column.
        has_documents: whether the task has documents of its own: the column may then only name them.
    """
    own = [name for role, name in roles.items() if role not in ("group", "slice")]
    taken = {part.partition(".")[0] for name in own for part in (name, *name.split(JOINT))}
    known = {plain(name): name for name in reversed(column_names(rows))}
    for name in (*SURE_CONTEXTS, *OTHER_CONTEXTS, *SUPPORTS):
        column = known.get(name)
        if column is None or column in taken or _is_retrieved(name, known, roles):
            continue
        if is_history(rows, column, roles.get("references", "")):
            continue
        if has_documents or _holds_texts(rows, column, surely=name in SURE_CONTEXTS):
            return column
    return None


def _holds_texts(rows: Sequence[Mapping[str, Any]], column: str, *, surely: bool) -> bool:
    texts = [{column: passage.text} for row in rows for passage in passages_of(_as_list(row.get(column)))]
    return holds_passages(texts, column, surely=surely)


def _is_retrieved(name: str, known: Mapping[str, str], roles: Mapping[str, str]) -> bool:
    """Return whether a column holds what a pipeline had retrieved: rows with the right answer and what a model said."""
    right = plain(roles.get("references", ""))
    if right not in GOLD or name not in RETRIEVED:
        return False
    return not SAID_BY_MODELS.isdisjoint(known) or (name, right[:12]) == ("contexts", "ground_truth")


def evidence_texts(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column of evidence holds the texts themselves, and no names of documents."""
    cells = [row[column] for row in rows if row.get(column) not in (None, "", [])]
    texts = [{column: passage.text} for cell in cells for passage in passages_of(cell)]
    held = all(passages_of(cell) for cell in cells)
    return bool(texts) and held and holds_passages(texts, column, surely=False)


def is_shared(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether several rows ask about one text: what they measure hangs together."""
    every = [passages[0].text for row in rows if len(passages := list(passages_of(row.get(column)))) == 1]
    return are_groups(every)


def are_groups(texts: Sequence[str]) -> bool:
    """Return whether some of the texts stand above several questions; a few for all would leave hardly any groups."""
    return FEWEST_TEXTS <= len(set(texts)) < len(texts)


def with_context(
    row: FileRow, column: str, title: str, evidence: str, gathered: Gathered, *, shared: bool = False
) -> FileRow:
    """Return the row with the texts of a column as its evidence, and make documents of them.

    Args:
        row: as read.
        column: with a text, a list of texts, or objects that hold some.
        title: column with their title, or "".
        evidence: column that gets what evidence calls them.
        gathered: gets the documents.
        shared: whether rows of one text are a group.
    """
    passages = passages_of(_as_list(row.values.get(column)))
    heading = row.values.get(title) if isinstance(row.values.get(title), str) and len(passages) == 1 else ""
    every = {one: gathered.document(one.title or str(heading or ""), one.text, row.place) for one in passages}
    gold = supporting(passages)
    if plain(column) in CANDIDATES and len(passages) > 1 and all(one.gold is None for one in passages):
        gathered.decided(f"which of the texts of {column} answers is not said: none is evidence")
        gold = []
    elif len(gold) < len(passages):
        gathered.decided(f"of the texts of {column} those that are marked as right are the evidence")
    names = list(dict.fromkeys(every[one] for one in gold))
    if shared and len(names) == 1:
        gathered.decided(f"rows with one text in {column} are a group, which stays in one split")
    group = {"group": names[0]} if shared and len(names) == 1 else {}
    return row._replace(values={**row.values, **group, evidence: names})


PLACE: Final = frozenset(("text", "answer_start", "answer_end", "start", "end", "offset", "id"))
"""fields of an object that is a text with its place"""


def _as_list(cell: Any) -> Any:
    """Return the list that a cell holds in print, as tables have them; the cell, if it holds none."""
    opened = printed(cell) if isinstance(cell, str) and cell.lstrip().startswith("[") else None
    return opened if isinstance(opened, list) and all(isinstance(one, str) for one in opened) else cell


def object_column(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str], columns: Columns) -> str | None:
    """Return the column whose references are objects, or lists of objects, all of them; one among texts is a mistake.

    An object with a text is an answer with its place, of which the text counts.

    Args:
        rows: the first of a file.
        roles: role -> column.
        columns: as configured; lists count where the references are told, as they may be an answer's sources as well.
    """
    column, is_told = roles.get("references", ""), columns.references != DEFAULTS.references
    cells = [row[column] for row in rows if row.get(column) is not None]
    are_objects = all(isinstance(cell, dict) and "text" not in cell for cell in cells)
    return column if cells and (are_objects or (is_told and _are_lists_of_objects(cells))) else None


def _are_lists_of_objects(cells: Sequence[Any]) -> bool:
    """Return whether cells are lists of objects that say more than a text and its place; a row may have none."""
    are_so = all(isinstance(cell, list) and all(isinstance(one, dict) for one in cell) for cell in cells)
    if not are_so or not any(cells) or any(map(is_conversation, filter(None, cells))):
        return False
    return not all("text" in one and one.keys() <= PLACE for cell in cells for one in cell)


def with_json(row: FileRow, column: str, gathered: Gathered) -> FileRow:
    """Return the row with an object, or a list of objects, in this column as a text of JSON."""
    cell = row.values.get(column)
    if not isinstance(cell, dict | list):
        return row
    gathered.decided(f"{'lists of ' * isinstance(cell, list)}objects in {column} are read as texts of JSON")
    return row._replace(values={**row.values, column: json.dumps(cell, ensure_ascii=False, default=str)})


def with_printed_lists(row: FileRow, roles: Mapping[str, str], gathered: Gathered) -> FileRow:
    """Return the row of a table with the lists that stand printed in its cells."""
    named = [roles[role] for role in LISTS if role in roles]
    columns = dict.fromkeys(part for name in named for part in (name, *name.split(JOINT)))
    lists = {name: value for name in columns if isinstance(value := printed(row.values.get(name)), list)}
    for name in lists:
        gathered.decided(f"cells of {name} that hold a printed list are read as lists (as texts: use JSON lines)")
    return row._replace(values={**row.values, **lists}) if lists else row


def complements(rows: Sequence[Mapping[str, Any]], columns: Columns, roles: Mapping[str, str]) -> dict[str, list[str]]:
    """Return role -> columns that have a name for it, too, and values just where the column that plays it has none.

    Rows of several sources in one file may call the same thing differently: answer in some, response in others.
    """
    known = {plain(name): name for name in reversed(column_names(rows))}
    found: dict[str, list[str]] = {}
    for role in ("input", "references"):
        own, names = roles.get(role, ""), (*COMMON[role], *getattr(DEFAULTS, role))
        if (told := getattr(columns, role)) != getattr(DEFAULTS, role):
            read = {look_up(row, told)[0] for row in rows}
            found[role] = [name for name in told if name in read and name != own]
        elif own in known.values():
            others = dict.fromkeys(known[name] for name in names if name in known and known[name] not in roles.values())
            found[role] = [name for name in others if _completes(rows, own, name)]
    return {role: names for role, names in found.items() if names}


def _completes(rows: Sequence[Mapping[str, Any]], own: str, name: str) -> bool:
    """Return whether a column has values in rows where another one has none, and in no others."""
    both = {(_has(row, name), _has(row, own)) for row in rows}
    return (True, False) in both and (True, True) not in both


def _has(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, "", [])


def resolved(columns: Columns, roles: Mapping[str, str], more: Mapping[str, Sequence[str]], numbered: bool) -> Columns:
    """Return the columns by which the rows are read: the configured ones, or those that were found."""
    found = {role: _or_alone(role, name) for role, name in roles.items() if name not in getattr(columns, role)}
    for role, names in more.items():
        found[role] = tuple(dict.fromkeys((*found.get(role, getattr(columns, role)), *names)))
    return replace(columns, **found, **({"id": ()} if numbered else {}))


def _or_alone(role: str, name: str) -> tuple[str, ...]:
    """Return a column and, of several that are read together, the one that is enough where a row lacks the others."""
    first, *others = name.split(JOINT)
    if others and role == "references":
        return name, first
    return (name, others[-1]) if others and plain(first) in SURE_CONTEXTS else (name,)
