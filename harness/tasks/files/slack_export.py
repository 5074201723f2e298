"""The folder that Slack exports: a folder for each channel, in it a file for each day with a list of its messages.

A thread is a conversation: who begins it asks, whoever else writes in it answers. What is written outside of threads
answers nothing for certain and is left out, which is said.
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
_MENTION: Final = re.compile(r"<@(?P<user>\w{1,30})(?:\|[^<>]{1,100})?>")
_LINK: Final = re.compile(r"<(?P<to>[^<>|]{1,2000})(?:\|(?P<shown>[^<>]{1,1000}))?>")


def slack_channels(folder: Path) -> list[Path]:
    """Return the folders of the channels in an export; [] for any other folder."""
    channels = [path for path in sorted(folder.iterdir()) if path.is_dir() and _days(path)]
    return channels if channels and all(_holds_messages(_days(path)[0]) for path in channels) else []


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
        alone += sum(len(own) for own in threads.values() if len({one[1].get("user") for one in own}) < 2)
    what = f"threads of {counted(len(channels), 'channel')} ({listed(channel.name for channel in channels)})"
    lost = f"; {alone:,} of {counted(count, 'message')} outside of answered threads are left out" if alone else ""
    shape.notes.append(f"Slack export: {what} are conversations: who begins one asks, others answer{lost}")
    yield from rows


def _days(channel: Path) -> list[Path]:
    return [path for path in sorted(channel.iterdir()) if DAY.fullmatch(path.name)]


def _holds_messages(day: Path) -> bool:
    found = _read(day)
    return isinstance(found, list) and all(isinstance(one, dict) and {"ts", "type"} & one.keys() for one in found)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None


def _messages(day: Path, complaints: Complaints) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what people wrote on a day, each with its place."""
    found = _read(day)
    if not isinstance(found, list):
        complaints.add((day, "json"), f"{day}: want the list of the messages of a day")
        return []
    every = [one for one in found if isinstance(one, dict) and str(one.get("subtype") or "") in SAID]
    return [(f"{day}:1 item {at}", one) for at, one in enumerate(every, start=1) if str(one.get("text") or "").strip()]


def _threads(messages: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for place, message in sorted(messages, key=lambda own: str(own[1].get("ts"))):
        found.setdefault(str(message.get("thread_ts") or message.get("ts")), []).append((place, message))
    return found


def _row(
    thread: Sequence[tuple[str, Mapping[str, Any]]], channel: str, names: Mapping[str, str], number: int
) -> FileRow | None:
    """Return the row of a thread; None where nobody answered."""
    (place, first), asker = thread[0], thread[0][1].get("user")
    turns = [
        {"role": "user" if one.get("user") == asker else "assistant", "content": _text(str(one["text"]), names)}
        for _, one in thread
    ]
    if all(turn["role"] == "user" for turn in turns):
        return None
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
