"""Lists of objects that are what speakers said, one after the other: no field of theirs is a column by itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.known_columns import COMMON, DEFAULTS

SURE: Final = ("role", "from")
"""fields that say who speaks, whatever the list is called"""
SPEAKER: Final = (
    *("speaker", "sender", "author", "from", "role", "user", "by", "name", "speaker_name", "sender_name"),
    *("author_name", "from_name", "user_name", "username", "display_name", "participant", "nickname", "nick"),
)
"""fields with the name of who speaks, by itself or in an object"""
INNER: Final = ("name", "display_name", "user_name", "username", "role", "type")
"""fields of such an object with the name"""
CONTENT: Final = (
    *("body", "plain_body", "body_text", "text", "content", "message", "html_body", "utterance", "value", "msg"),
    *("message_text", "nachricht"),
)
"""fields with what is said"""
CHATS: Final = frozenset(
    (
        *("message", "messages", "conversation", "conversations", "chat", "chats", "dialog", "dialogs", "dialogue"),
        *("dialogues", "turn", "turns", "utterance", "utterances", "thread", "transcript", "history", "talk"),
    )
)
"""words in names of columns that hold chats"""
SPEAKS: Final = frozenset(("speaker", "utterance"))
"""fields that nothing but a turn has"""


def are_turns(column: str, objects: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether objects of a column say who speaks: together they are a conversation, the text of one no input.

    Args:
        column: its name; a dot reaches into objects.
        objects: of one cell or of several.
    """
    if have_roles(objects):
        return True
    is_chat = bool(CHATS & set(plain(column.rstrip(".").rpartition(".")[2]).split("_")))
    return bool(objects) and all(_is_turn(one, is_chat=is_chat) for one in objects)


def have_roles(objects: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether objects have the field of a role each, which nothing but a turn has."""
    return all(isinstance(one.get("role", one.get("from")), str) for one in objects)


def has_answer(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a column answers by its name: chats beside it are what is asked about, a summary say."""
    answers = {*COMMON["references"], *DEFAULTS.references}
    return any(plain(name) in answers for row in rows for name in row)


def _is_turn(one: Mapping[str, Any], *, is_chat: bool) -> bool:
    fields = {plain(name) for name, cell in one.items() if cell is not None}
    said = bool(fields & {*CONTENT} and fields & {*SPEAKER})
    return said and (is_chat or bool(fields & SPEAKS))


def speaker_name(turn: Mapping[str, Any], field: str) -> str:
    """Return the name of who speaks in a turn, by one of its fields; "" without."""
    cell = next((cell for name, cell in turn.items() if plain(name) == field), None)
    if isinstance(cell, Mapping):
        known = {plain(name): inner for name, inner in cell.items()}
        cell = next((known[name] for name in INNER if isinstance(known.get(name), str)), None)
    return " ".join(cell.split()) if isinstance(cell, str) else ""
