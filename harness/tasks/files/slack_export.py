"""The folder that Slack exports: a folder for each channel, in it a file for each day with a list of its messages.

A thread is a conversation: who begins it asks, whoever else writes in it answers. What is written outside of threads,
or in one whose beginning the export does not have, answers nothing for certain and is left out, which is said.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import Complaints, counted, listed
from harness.tasks.files.row import FileRow, FileShape

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\.json")
USERS: Final = "users.json"
ABOUT: Final = frozenset(
    (USERS, "channels.json", "groups.json", "dms.json", "mpims.json", "integration_logs.json", "canvases.json")
)
"""files beside the channels that say who and what there is"""
SAID: Final = frozenset(("", "thread_broadcast", "file_share", "me_message", "bot_message"))
"""kinds of messages that somebody wrote; others say that somebody joined or left"""
NAMES: Final = ("display_name", "real_name", "name")
AUTHORS: Final = ("user", "bot_id", "username")
"""who wrote a message: a person, else a program, surest first"""
Message = tuple[str, Mapping[str, Any]]
"""a message and its place"""
_MENTION: Final = re.compile(r"<@(?P<user>\w{1,30})(?:\|[^<>]{1,100})?>")
_LINK: Final = re.compile(r"<(?P<to>[^<>|]{1,2000})(?:\|(?P<shown>[^<>]{1,1000}))?>")


def slack_channels(folder: Path) -> list[Path]:
    """Return the folders of the channels in an export; [] for any other folder."""
    channels = [path for path in sorted(folder.iterdir()) if path.is_dir() and _days(path)]
    first: list[Any] = [next((found for day in _days(path) if (found := _read(day)) != []), []) for path in channels]
    return channels if any(first) and all(map(_are_messages, first)) else []


def slack_rows(folder: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield a row for each thread that was answered: id, slice (its channel), messages.

    Args:
        folder: with the folders of the channels.
        shape: gets a note on what was done and left out.
        complaints: collects files that cannot be read.
    """
    channels, names = slack_channels(folder), _names(folder)
    shape.kind, rows, count, alone = "Slack export", list[FileRow](), 0, 0
    for channel in channels:
        messages = [one for day in _days(channel) for one in _messages(day, complaints)]
        threads = _threads(messages)
        made = [row for own in threads.values() if (row := _row(own, channel.name, names, len(rows) + 1)) is not None]
        rows += [row._replace(number=number) for number, row in enumerate(made, start=len(rows) + 1)]
        count += len(messages)
        alone += sum(len(own) for own in threads.values() if not _is_answered(own))
    what = f"threads of {counted(len(channels), 'channel')} ({listed(channel.name for channel in channels)})"
    lost = f"; {alone:,} of {counted(count, 'message')} outside of answered threads are left out" if alone else ""
    shape.notes.append(f"Slack export: {what} are conversations: who begins one asks, others answer{lost}")
    yield from rows


def _days(channel: Path) -> list[Path]:
    return [path for path in sorted(channel.iterdir()) if DAY.fullmatch(path.name)]


def _are_messages(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, dict) and {"ts", "type"} <= one.keys() for one in found)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None


def _messages(day: Path, complaints: Complaints) -> list[Message]:
    """Return what people wrote on a day, each with its place."""
    found = _read(day)
    if not isinstance(found, list):
        complaints.add((day, "json"), f"{day}: want the list of the messages of a day")
        return []
    every = [one for one in found if isinstance(one, dict) and str(one.get("subtype") or "") in SAID]
    return [(f"{day}:1 item {at}", one) for at, one in enumerate(every, start=1) if str(one.get("text") or "").strip()]


def _threads(messages: Sequence[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for place, message in sorted(messages, key=lambda own: str(own[1].get("ts"))):
        found.setdefault(str(message.get("thread_ts") or message.get("ts")), []).append((place, message))
    return found


def _author(one: Message) -> str:
    """Return who wrote a message; where it does not say, nobody who wrote another one."""
    place, message = one
    return str(next((message[name] for name in AUTHORS if message.get(name)), place))


def _is_answered(thread: Sequence[Message]) -> bool:
    """Return whether a thread has its beginning, and a message of somebody else."""
    first = thread[0][1]
    is_whole = str(first.get("thread_ts") or first.get("ts")) == str(first.get("ts"))
    return is_whole and len(set(map(_author, thread))) > 1


def _row(thread: Sequence[Message], channel: str, names: Mapping[str, str], number: int) -> FileRow | None:
    """Return the row of a thread; None where nobody answered, or where its beginning is missing."""
    if not _is_answered(thread):
        return None
    (place, first), asker = thread[0], _author(thread[0])
    turns = [
        {"role": "user" if _author(one) == asker else "assistant", "content": _text(str(one[1]["text"]), names)}
        for one in thread
    ]
    return FileRow(place, number, {"id": f"{channel}-{first.get('ts')}", "slice": channel, "messages": turns})


def _text(text: str, names: Mapping[str, str]) -> str:
    """Return a text as it is shown: names in place of ids, links as they are written."""
    named = _MENTION.sub(lambda found: f"@{names.get(found['user'], found['user'])}", text)
    return html.unescape(_LINK.sub(lambda found: found["shown"] or found["to"], named)).strip()


def _names(folder: Path) -> dict[str, str]:
    users = _read(folder / USERS)
    known = [one for one in (users if isinstance(users, list) else []) if isinstance(one, dict) and "id" in one]
    return {str(one["id"]): _name(one) for one in known}


def _name(user: Mapping[str, Any]) -> str:
    inner = user.get("profile")
    every = {**user, **(inner if isinstance(inner, dict) else {})}
    return str(next((every[name] for name in NAMES if every.get(name)), user["id"]))
