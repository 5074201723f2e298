"""Rows with a list of messages, as help desks export a ticket or a conversation: its messages become turns.

Who speaks stands in the message (author: {type: admin}), or the message names its author by an id, and the row names
that of the customer, or by a name. Notes that the customer never saw are no turns.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import look_up, plain
from harness.tasks.files.row import FileRow
from harness.tasks.formats.roles import column_names
from harness.tasks.formats.speakers import Speakers, speakers_of
from harness.tasks.formats.turns import SPEAKERS, is_conversation, side_of
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.turn_lists import CONTENT, are_turns
from harness.tasks.values import as_truth

AUTHOR: Final = ("author", "sender", "from", "user", "by", "speaker", "author_type", "sender_type", "role", "type")
"""fields that say who speaks, by themselves or as an object"""
KIND: Final = ("type", "role", "kind")
"""fields of such an object"""
AUTHOR_ID: Final = ("author_id", "sender_id", "user_id", "from_id")
CUSTOMER_ID: Final = ("requester_id", "customer_id", "contact_id", "submitter_id", "client_id", "user_id")
"""columns of a row with the id of the one who asks"""
OPENING: Final = ("source", "first_message", "initial_message")
"""columns with the message that begins a conversation"""
SEEN: Final = ("public", "is_public")
UNSEEN: Final = ("private", "is_private", "internal", "is_internal", "is_note")
NOTES: Final = frozenset(("note", "assignment", "internal_note", "close", "open"))
"""kinds of entries that are no messages"""
ENTRY: Final = ("part_type", "message_type", "kind")
TURNS: Final = "messages"
MOST: Final = 0.8
"""share of the rows that show it"""
DEEPEST: Final = 2
"""names on the way to a list"""


class MessageList(NamedTuple):
    """Where the messages of a row are."""

    column: str
    """a dot reaches into objects"""
    opening: str
    """column with the first message; "" without"""
    speakers: Speakers | None = None
    """who answers, where messages give names; None where they say it otherwise"""

    def __str__(self) -> str:
        before = f"{self.opening} and " if self.opening else ""
        named = f"; {self.speakers}" if self.speakers else ""
        return f"{before}the messages in {self.column} are the turns of a conversation, without notes{named}"


def message_list(rows: Sequence[Mapping[str, Any]], told: Collection[str] = ()) -> MessageList | None:
    """Return where the messages are of rows that hold conversations between a customer and others; None for others.

    Args:
        rows: the first of a file.
        told: names of those who answer (task.assistant); (): recognised.
    """
    answers = {*COMMON["references"], *DEFAULTS.references}
    if not rows or any(plain(name) in answers for name in column_names(rows)):
        return None
    opening = next((name for name in column_names(rows) if plain(name) in OPENING), "")
    for column in dict.fromkeys(name for row in rows for name in _lists(row, "", DEEPEST)):
        chats = [_cell(row, column) for row in rows]
        if not told and not any(map(is_conversation, chats)) and _are_both(rows, MessageList(column, opening)):
            return MessageList(column, opening)
        by_name = speakers_of(chats, told) if all(are_turns(column, own) for own in chats if own) else None
        if by_name and _are_both(rows, found := MessageList(column, "", by_name)):
            return found
    return None


def _are_both(rows: Sequence[Mapping[str, Any]], found: MessageList) -> bool:
    """Return whether most rows have messages of both sides."""
    both = [{"user", "assistant"} <= {turn["role"] for turn in _turns(row, found)} for row in rows]
    return sum(both) >= MOST * len(rows)


def _cell(row: Mapping[str, Any], column: str) -> list[Mapping[str, Any]]:
    """Return the messages of a row that are objects."""
    cell = look_up(row, (column,))[1]
    return [one for one in cell if isinstance(one, Mapping)] if isinstance(cell, list) else []


def as_turns(rows: Iterable[FileRow], found: MessageList) -> Iterator[FileRow]:
    """Yield the rows with their messages as turns.

    Args:
        rows: of a file.
        found: where their messages are.
    """
    taken = {found.column.partition(".")[0], found.opening}
    for row in rows:
        rest = {name: cell for name, cell in row.values.items() if name not in taken}
        yield row._replace(values={**rest, TURNS: _turns(row.values, found)})


def _lists(values: Mapping[str, Any], above: str, depth: int) -> Iterator[str]:
    """Yield where lists of objects are that no format knows as turns, or only as turns of nobody known."""
    for name, cell in values.items():
        if isinstance(cell, list) and cell and isinstance(cell[0], Mapping) and not _is_known(cell):
            yield f"{above}{name}"
        elif isinstance(cell, Mapping) and depth > 1:
            yield from _lists(cell, f"{above}{name}.", depth - 1)


def _is_known(cell: Sequence[Any]) -> bool:
    return is_conversation(cell) and all(map(side_of, cell))


def _turns(values: Mapping[str, Any], found: MessageList) -> list[dict[str, str]]:
    cell, first = look_up(values, (found.column,))[1], values.get(found.opening)
    said = [first, *(cell if isinstance(cell, list) else [])]
    turns = [_turn(one, values, found) for one in said if isinstance(one, Mapping) and not _is_unseen(one)]
    return [turn for turn in turns if turn["content"] and turn["role"]]


def _turn(message: Mapping[str, Any], row: Mapping[str, Any], found: MessageList) -> dict[str, str]:
    text = _first(message, CONTENT)
    side = found.speakers.side(message) if found.speakers else _side(message, row)
    return {"role": side, "content": text.strip() if isinstance(text, str) else ""}


def _side(message: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return who speaks, user or assistant; "" where that is not known."""
    for name in AUTHOR:
        told = _first(message, (name,))
        told = _first(told, KIND) if isinstance(told, Mapping) else told
        if isinstance(told, str) and (side := SPEAKERS.get(told.strip().casefold(), "")):
            return side
    author, customer = _first(message, AUTHOR_ID), _first(row, CUSTOMER_ID)
    if author is None or customer is None:
        return ""
    return "user" if str(author) == str(customer) else "assistant"


def _is_unseen(message: Mapping[str, Any]) -> bool:
    """Return whether an entry is a note among those who answer, or says only what became of the ticket."""
    if as_truth(_first(message, SEEN)) is False or as_truth(_first(message, UNSEEN)) is True:
        return True
    return str(_first(message, ENTRY)).casefold() in NOTES


def _first(values: Mapping[str, Any], names: Sequence[str]) -> Any:
    known = {plain(name): cell for name, cell in values.items() if cell is not None}
    return next((known[name] for name in names if name in known), None)
