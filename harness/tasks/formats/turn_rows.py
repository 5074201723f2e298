"""Tables in which each row is one turn of a conversation: its rows become one row with all of its turns.

Chats are exported so: a row for each message, with the conversation that it is of and who wrote it. The rows of
OpenAssistant name the message that they answer instead; of several answers the one ranked first goes on.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import listed
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.formats.asked_in_turn import FIRST_ALONE, are_some_unanswered, each_question, lists_of
from harness.tasks.formats.assertions import are_tests, as_rows
from harness.tasks.formats.chat_trees import SAYS as BRANCHES
from harness.tasks.formats.chat_trees import are_trees, as_branches
from harness.tasks.formats.issues import are_issues, as_threads
from harness.tasks.formats.message_lists import as_turns, message_list
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.speakers import Speakers, speakers_of
from harness.tasks.formats.turns import SPEAKERS
from harness.tasks.known_columns import COMMON, DEFAULTS

CONVERSATION: Final = (
    *("conversation_id", "conv_id", "conversation", "dialogue_id", "dialog_id", "chat_id", "session_id", "thread_id"),
    *("thread_ts", "ticket_id", "case_id", "session", "thread", "dialogue", "dialog", "ticket", "channel_id"),
)
"""columns that say which conversation a row is of"""
SPEAKER: Final = ("role", "from", "speaker", "sender", "author", "author_role", "sender_type", "participant", "side")
"""columns that say who speaks"""
CONTENT: Final = ("content", "text", "message", "utterance", "body", "value", "msg", "message_text", "nachricht")
"""columns with what is said"""
ORDER: Final = (
    *("turn", "turn_id", "turn_index", "turn_number", "turn_no", "message_index", "message_number", "position", "seq"),
    *(
        "sequence",
        "order",
        "step",
        "timestamp",
        "created_at",
        "create_time",
        "sent_at",
        "datetime",
        "date",
        "time",
        "ts",
    ),
)
"""columns that say in which order rows follow each other"""
ANSWERS: Final = frozenset((*COMMON["references"], *DEFAULTS.references, "intent", "emotion", "sentiment"))
"""columns with an answer or a label"""
PARENT: Final = ("parent_id", "parent_message_id")
MESSAGE: Final = ("message_id", "id")
RANK: Final = "rank"
MOST: Final = 0.8
"""share of the rows that show it"""
LOOKED_AT: Final = 1000
"""rows by which such a table is recognised"""
TURNS: Final = "messages"
"""column of the turns in the rows that are made"""
_NUMBER: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,+Zz -]{1,30})?")
_NUMBERED: Final = re.compile(r"(?:turn_?\d{1,3}_(?P<side>[a-z]{2,12})|(?P<name>[a-z]{2,12})_?\d{1,3})")


@dataclass(frozen=True)
class TurnColumns:
    """What the columns of such a table are."""

    speaker: str
    content: str
    conversation: str = ""
    """"" where rows name the message that they answer"""
    order: str = ""
    """"" : rows follow each other as they stand"""
    parent: str = ""
    message: str = ""
    rank: str = ""
    speakers: Speakers | None = None
    """who answers, where the speakers are names"""

    def __str__(self) -> str:
        sorted_by = f", in the order of {self.order}" if self.order else ""
        rows = f"rows of one {self.conversation} are" if self.conversation else f"rows that {self.parent} joins are"
        named = f"; {self.speakers}" if self.speakers else ""
        return f"{rows} the turns of a conversation{sorted_by}, and {self.speaker} says who speaks{named}"

    def turn(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a row says and who says it."""
        side = self.speakers.side(row) if self.speakers else row.get(self.speaker)
        return {"role": side, "content": row.get(self.content)}


def speaker_column(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the column that says who speaks, where rows are turns of two sides; "" without one."""
    known = {plain(name): name for name in reversed(column_names(rows))}
    for column in (known[name] for name in SPEAKER if name in known):
        sides = [SPEAKERS.get(str(row.get(column)).strip().lower(), "") for row in rows]
        if {"user", "assistant"} <= set(sides) and sum(map(bool, sides)) >= MOST * len(sides):
            return column
    return ""


def turn_columns(rows: Sequence[Mapping[str, Any]], told: Collection[str] = ()) -> TurnColumns | None:
    """Return what the columns are of rows that are turns, if they say of which conversation; None for other rows.

    Args:
        rows: the first of a file.
        told: names of those who answer (task.assistant); (): recognised.
    """
    known = {plain(name): name for name in reversed(column_names(rows))}
    speaker = "" if told else speaker_column(rows)
    content = next((known[name] for name in CONTENT if name in known and _are_texts(rows, known[name])), "")
    if not content or _are_answered(rows, {speaker, content}):
        return None
    conversation = next((known[name] for name in CONVERSATION if name in known and repeats(rows, known[name])), "")
    order = next((known[name] for name in ORDER if name in known and _sorts(rows, known[name])), "")
    if not speaker:
        found = speakers_of(_grouped(rows, conversation, order), told) if conversation else None
        return TurnColumns(known[found.field], content, conversation, order, speakers=found) if found else None
    parent, message = (next((known[name] for name in names if name in known), "") for names in (PARENT, MESSAGE))
    if parent and message and any(row.get(parent) not in (None, "") for row in rows):
        return TurnColumns(speaker, content, parent=parent, message=message, rank=known.get(RANK, ""))
    return TurnColumns(speaker, content, conversation, order) if conversation else None


def _grouped(rows: Sequence[Mapping[str, Any]], conversation: str, order: str) -> list[list[Mapping[str, Any]]]:
    """Return the rows of each conversation, in their order."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: _sorted_by(row.get(order))) if order else rows:
        found.setdefault(row.get(conversation), []).append(row)
    return list(found.values())


def _are_answered(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> bool:
    """Return whether each turn has an answer or a label of its own: then it is an example by itself."""
    names = [name for name in column_names(rows) if plain(name) in ANSWERS and name not in taken]
    filled = (sum(isinstance(row.get(name), str | int) and row[name] != "" for row in rows) for name in names)
    return any(2 * count >= len(rows) for count in filled)


def _are_texts(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    cells = [row.get(column) for row in rows]
    return all(isinstance(cell, str | None) for cell in cells) and any(map(bool, cells))


def repeats(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether every row has a value in a column, and several rows have the same."""
    cells = [row.get(column) for row in rows]
    return all(isinstance(cell, str | int) and cell != "" for cell in cells) and len(set(cells)) * 3 <= len(cells) * 2


def _sorts(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    cells = [str(row.get(column)) for row in rows]
    return all(map(_NUMBER.fullmatch, cells)) or all(map(_ISO.fullmatch, cells))


def with_conversations(rows: Iterator[FileRow], shape: FileShape) -> Iterator[FileRow]:
    """Return the rows of a file; where each is a turn, or has turns in numbered columns, a row for each conversation.

    Args:
        rows: of a file; all of them are held where they are turns.
        shape: gets a note on what was done.
    """
    head = list(itertools.islice(rows, LOOKED_AT))
    values, every = [row.values for row in head], itertools.chain(head, rows)
    if (lists := lists_of(values)) is not None:
        shape.notes += [str(lists), *([FIRST_ALONE] if are_some_unanswered(values, lists) else [])]
        return each_question(every, lists)
    if are_tests(values):
        return as_rows(every, shape)
    if are_issues(values):
        return as_threads(every, shape)
    if are_trees(values):
        shape.notes.append(BRANCHES)
        return as_branches(every)
    if numbered := numbered_turns(values):
        names = f"{numbered[0]}, {numbered[1]}, …" if numbered[2:] else " and ".join(numbered)
        shape.notes.append(f"the columns {names} are the turns of a conversation")
        return (_of_columns(row, numbered) for row in every)
    if (listed_so := message_list(values, shape.assistant)) is not None:
        shape.notes.append(str(listed_so))
        return as_turns(every, listed_so)
    columns = turn_columns(values, shape.assistant)
    if columns is None:
        return every
    shape.notes.append(str(columns))
    if lost := _differing(values, columns):
        shape.notes.append(f"not read, as it differs from turn to turn: {listed(lost)}")
    return _joined(every, columns) if columns.conversation else _followed(every, columns)


def with_references(rows: Iterator[FileRow], shape: FileShape) -> Iterator[FileRow]:
    """Return the rows of a file of which the input alone is told; of tests of prompts with what they assert of it.

    Args:
        rows: of a file.
        shape: gets a note on what was done.
    """
    head = list(itertools.islice(rows, LOOKED_AT))
    every = itertools.chain(head, rows)
    return as_rows(every, shape, named=True) if are_tests([row.values for row in head]) else every


def _differing(rows: Sequence[Mapping[str, Any]], columns: TurnColumns) -> list[str]:
    """Return the columns whose values are not the same in all rows of a conversation."""
    own, groups = _own(columns), dict[Any, Mapping[str, Any]]()
    firsts = (
        [groups.setdefault(str(row.get(columns.conversation)), row) for row in rows] if columns.conversation else []
    )
    pairs = list(zip(rows, firsts, strict=False))
    return [
        name for name in column_names(rows) if name not in own and any(a.get(name) != b.get(name) for a, b in pairs)
    ]


def _own(columns: TurnColumns) -> set[str]:
    return {columns.speaker, columns.content, columns.conversation, columns.order, columns.parent, columns.message}


def numbered_turns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return columns like user_1, assistant_1, user_2 …, in their order; [] where there are none of both sides."""
    sides = {name: side for name in column_names(rows) if (side := _side(name))}
    count = {side: list(sides.values()).count(side) for side in ("user", "assistant")}
    return list(sides) if count["user"] > 1 and count["assistant"] > 1 else []


def _side(name: str) -> str:
    found = _NUMBERED.fullmatch(plain(name))
    return SPEAKERS.get(found["side"] or found["name"], "") if found else ""


def _of_columns(row: FileRow, names: Sequence[str]) -> FileRow:
    said = [(_side(name), row.values.get(name)) for name in names]
    turns = [{"role": side, "content": cell} for side, cell in said if isinstance(cell, str) and cell.strip()]
    rest = {name: cell for name, cell in row.values.items() if name not in names}
    return row._replace(values={**rest, TURNS: turns})


def _joined(rows: Iterable[FileRow], columns: TurnColumns) -> Iterator[FileRow]:
    """Yield the conversations in the order in which they begin."""
    found: dict[Any, list[FileRow]] = {}
    for row in rows:
        found.setdefault(row.values.get(columns.conversation), []).append(row)
    for number, (name, own) in enumerate(found.items(), start=1):
        in_order = sorted(own, key=lambda row: _sorted_by(row.values.get(columns.order))) if columns.order else own
        yield _conversation(in_order, number, columns, name)


def _sorted_by(cell: Any) -> tuple[float, str]:
    text = str(cell)
    return (float(text), "") if _NUMBER.fullmatch(text) else (0.0, text)


def _followed(rows: Iterable[FileRow], columns: TurnColumns) -> Iterator[FileRow]:
    """Yield a conversation for each message that answers none: and what answers it best, and so on."""
    roots, answers = list[FileRow](), dict[str, list[FileRow]]()
    for row in rows:
        above = row.values.get(columns.parent)
        answers.setdefault(str(above), []).append(row) if above not in (None, "") else roots.append(row)
    for number, root in enumerate(roots, start=1):
        own, last = [root], root
        while (after := answers.pop(str(last.values.get(columns.message)), None)) is not None:
            last = min(after, key=lambda row: _rank(row.values.get(columns.rank)))
            own.append(last)
        yield _conversation(own, number, columns, root.values.get(columns.message))


def _rank(cell: Any) -> float:
    return float(cell) if _NUMBER.fullmatch(str(cell)) else float("inf")


def _conversation(rows: Sequence[FileRow], number: int, columns: TurnColumns, name: Any) -> FileRow:
    """Return one row: its id, its turns, and the cells that are the same in all of its rows."""
    turns = [columns.turn(row.values) for row in rows]
    own, first = _own(columns), rows[0].values
    same = {key: cell for key, cell in first.items() if all(row.values.get(key) == cell for row in rows)}
    rest = {key: cell for key, cell in same.items() if key not in own and plain(key) != TURNS}
    turns = [turn for turn in turns if isinstance(turn["role"], str)]
    return FileRow(rows[0].place, number, {**rest, "id": name, TURNS: turns})
